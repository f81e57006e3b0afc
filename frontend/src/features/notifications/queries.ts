import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type RegisterRow = Schema<'RegisterRow'>;
export type ShiftRow = Schema<'ShiftRow'>;

/** No list is counted further than this: from there on it says "or more". */
export const most = 99;

export const exceptionsQuery = () => ({ queryKey: ['sync.exceptions', 'attention'], queryFn: () => body(api.GET('/api/sync/exceptions', { params: { query: { limit: most } } })) });
export const approvalsQuery = () => ({ queryKey: ['approvals.list', 'attention'], queryFn: () => body(api.GET('/api/approvals', { params: { query: { state: 'open' as const, limit: most } } })) });
export const lowQuery = () => ({ queryKey: ['inventory.stock', 'attention', 'low'], queryFn: () => body(api.GET('/api/stock/low', { params: { query: { limit: most } } })) });
export const negativeQuery = () => ({ queryKey: ['inventory.stock', 'attention', 'negative'], queryFn: () => body(api.GET('/api/stock', { params: { query: { state: 'negative' as const, limit: most } } })) });
export const openShiftsQuery = () => ({ queryKey: ['tills.shifts', 'attention'], queryFn: () => body(api.GET('/api/shifts', { params: { query: { open: true, limit: most } } })) });
export const registersQuery = () => ({ queryKey: ['tills.registers', 'list'], queryFn: () => body(api.GET('/api/registers')) });
