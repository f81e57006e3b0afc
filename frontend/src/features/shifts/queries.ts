import { api, type Answer, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type ShiftRow = Schema<'ShiftRow'>;
export type ZReport = Answer<'/api/shifts/{id}/z', 'get'>;

export const shiftPage = (from: string, to: string, open: boolean, register: string, store: string) => ({
	key: ['tills.shifts', 'list', from, to, open, register, store],
	fetch: (after: string | undefined) => body(api.GET('/api/shifts', { params: { query: { from: from || undefined, to: to || undefined, open: open || undefined, register_id: register || undefined, store_id: store || undefined, after } } })),
});
export const zQuery = (id: string) => ({ queryKey: ['tills.shifts', 'z', id], queryFn: () => body(api.GET('/api/shifts/{id}/z', { params: { path: { id } } })) });
export const registersQuery = () => ({ queryKey: ['tills.registers', 'list'], queryFn: () => body(api.GET('/api/registers')) });
