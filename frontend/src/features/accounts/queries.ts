import { api, type Answer, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type Account = Schema<'Account'>;
export type JournalEntry = Schema<'JournalEntry'>;
export type TrialBalance = Answer<'/api/trial-balance', 'get'>;

/** Books have no topic of their own: what posts to them announces itself by these. */
export const postedBy = ['sales.list', 'tills.shifts', 'inventory.stock'];

export const accountsQuery = () => ({ queryKey: ['ledger', 'accounts'], queryFn: () => body(api.GET('/api/accounts')) });
export const trialQuery = (on: string) => ({ queryKey: ['ledger', 'trial', on], queryFn: () => body(api.GET('/api/trial-balance', { params: { query: { on: on || undefined } } })) });
export const entryQuery = (id: string) => ({ queryKey: ['ledger', 'entry', id], queryFn: () => body(api.GET('/api/journal/{id}', { params: { path: { id } } })) });
export const journalPage = (from: string, to: string, account: string) => ({
	key: ['ledger', 'journal', from, to, account],
	fetch: (after: string | undefined) => body(api.GET('/api/journal', { params: { query: { from: from || undefined, to: to || undefined, account: account || undefined, after } } })),
});
