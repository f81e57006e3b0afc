import { api, type Answer } from '@/api/client';
import { body } from '@/platform/http';

export type Dashboard = Answer<'/api/dashboard', 'get'>;

export const dashboardQuery = () => ({ queryKey: ['sales.list', 'dashboard'], queryFn: () => body(api.GET('/api/dashboard')) });
export const lowQuery = () => ({ queryKey: ['inventory.stock', 'low'], queryFn: () => body(api.GET('/api/stock/low', { params: { query: { limit: 8 } } })) });
export const registersQuery = () => ({ queryKey: ['tills.registers', 'list'], queryFn: () => body(api.GET('/api/registers')) });
export const exceptionsQuery = () => ({ queryKey: ['sync.exceptions', 'list'], queryFn: () => body(api.GET('/api/sync/exceptions')) });
