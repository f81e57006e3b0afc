import { api } from '@/api/client';
import { body } from '@/platform/http';

export type Filter = { state?: 'open' | 'past'; action?: string };
export type Approval = Awaited<ReturnType<ReturnType<typeof approvalPage>['fetch']>>['rows'][number];

export const approvalPage = (filter: Filter) => ({
	key: ['approvals.list', 'page', filter],
	fetch: (after: string | undefined) => body(api.GET('/api/approvals', { params: { query: { ...filter, after } } })),
});
export const decide = (id: string, approve: boolean, answer: string) => body(api.POST('/api/approvals/{id}/decision', { params: { path: { id } }, body: { approve, ...(answer && { answer }) } }));
