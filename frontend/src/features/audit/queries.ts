import { api, type Answer } from '@/api/client';
import { body } from '@/platform/http';

export type AuditRow = Answer<'/api/audit', 'get'>['rows'][number];
export type AuditEntry = Answer<'/api/audit/{seq}', 'get'>;
export type Trail = Answer<'/api/audit-trail', 'get'>;
export type AuditFilter = { from: string; to: string; person: string; table: string; op: '' | AuditRow['op']; entity: string };

const asked = ({ from, to, person, table, op, entity }: AuditFilter) => ({
	from: from || undefined, to: to || undefined, person_id: person || undefined, table: table || undefined, op: op || undefined, entity: entity || undefined,
});

export const auditPage = (filter: AuditFilter) => ({
	key: ['audit', 'list', filter],
	fetch: (after: string | undefined) => body(api.GET('/api/audit', { params: { query: { ...asked(filter), after } } })),
});
export const entryQuery = (seq: number) => ({ queryKey: ['audit', 'one', seq], queryFn: () => body(api.GET('/api/audit/{seq}', { params: { path: { seq } } })), staleTime: Infinity });
export const trailQuery = () => ({ queryKey: ['jobs.list', 'audit-trail'], queryFn: () => body(api.GET('/api/audit-trail')) });
export const peopleQuery = () => ({ queryKey: ['people.list', 'list'], queryFn: () => body(api.GET('/api/people')) });

export const exportAudit = (filter: AuditFilter, format: 'csv' | 'xlsx') => body(api.POST('/api/audit/exports', { body: { ...asked(filter), format } }));
export const takeProof = () => body(api.POST('/api/audit/proofs', { body: {} }));
