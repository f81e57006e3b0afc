import { api, type Answer, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type ShiftRow = Schema<'ShiftRow'>;
export type ZReport = Answer<'/api/shifts/{id}/z', 'get'>;

export const shiftPage = (from: string, to: string, open: boolean, register: string, store: string) => ({
	key: ['tills.shifts', 'list', from, to, open, register, store],
	fetch: (after: string | undefined) => body(api.GET('/api/shifts', { params: { query: { from: from || undefined, to: to || undefined, open: open || undefined, register_id: register || undefined, store_id: store || undefined, after } } })),
});
export const zQuery = (id: string) => ({ queryKey: ['tills.shifts', 'z', id], queryFn: () => body(api.GET('/api/shifts/{id}/z', { params: { path: { id } } })) });
export type MovementRow = Schema<'MovementRow'>;
export type MovementFilter = { from: string; to: string; kind: '' | MovementRow['kind']; store: string; register: string; shift: string; person: string };

const asked = ({ from, to, kind, store, register, shift, person }: MovementFilter) => ({
	from: from || undefined, to: to || undefined, kind: kind || undefined, store_id: store || undefined, register_id: register || undefined,
	shift_id: shift || undefined, person_id: person || undefined,
});
export const movementPage = (filter: MovementFilter) => ({
	key: ['sales.cash', 'list', filter],
	fetch: (after: string | undefined) => body(api.GET('/api/cash-movements', { params: { query: { ...asked(filter), after } } })),
});
export const movementSums = (filter: MovementFilter) => ({ queryKey: ['sales.cash', 'sums', filter], queryFn: () => body(api.GET('/api/cash-movement-sums', { params: { query: asked(filter) } })) });
export const exportMovements = (filter: MovementFilter, format: 'csv' | 'xlsx') => body(api.POST('/api/cash-movements/exports', { body: { ...asked(filter), format } }));
export const peopleQuery = () => ({ queryKey: ['people.list', 'list'], queryFn: () => body(api.GET('/api/people')) });
export const registersQuery = () => ({ queryKey: ['tills.registers', 'list'], queryFn: () => body(api.GET('/api/registers')) });
