import { api, type Answer } from '@/api/client';
import { body } from '@/platform/http';

export type Dashboard = Answer<'/api/dashboard', 'get'>;

export const dashboardQuery = (store: string) => ({ queryKey: ['sales.list', 'dashboard', store], queryFn: () => body(api.GET('/api/dashboard', { params: { query: { store_id: store || undefined } } })) });
export const lowQuery = (store: string) => ({ queryKey: ['inventory.stock', 'low', store], queryFn: () => body(api.GET('/api/stock/low', { params: { query: { store_id: store || undefined, limit: 8 } } })) });
export const registersQuery = () => ({ queryKey: ['tills.registers', 'list'], queryFn: () => body(api.GET('/api/registers')) });
export const exceptionsQuery = () => ({ queryKey: ['sync.exceptions', 'list'], queryFn: () => body(api.GET('/api/sync/exceptions')) });
