import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';
import { uuid } from '@/platform/uuid';

export type Result = Schema<'Result'>;
export type Group = Schema<'AttackGroup'>;
export type Breach = Schema<'Breach'>;
export type Row = Schema<'ResultRow'>;

export const overviewQuery = () => ({ queryKey: ['selftest.runs', 'all'], queryFn: () => body(api.GET('/api/self-tests')) });
export const testQuery = (id: string | undefined) => ({
	queryKey: ['selftest.runs', 'one', id],
	queryFn: () => body(api.GET('/api/self-tests/{id}', { params: { path: { id: id! } } })),
	enabled: id !== undefined,
});
export const beginTest = () => body(api.POST('/api/self-tests', { body: { id: uuid() } }));
/** A self-test's job has its id. */
export const stopTest = (id: string) => body(api.PUT('/api/jobs/{id}/cancellation', { params: { path: { id } } }));
export const paperAddress = (id: string, language: string) => `/api/self-tests/${id}/paper?language=${language}`;
export const underWay = (state: string | undefined) => state === 'waiting' || state === 'running';
