import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';
import { m } from '@/paraglide.gen/messages';

export type Given = Schema<'Grant'>;
export type Use = Schema<'Use'>;

export const grantsQuery = () => ({ queryKey: ['support.grants', 'all'], queryFn: () => body(api.GET('/api/support/grants')) });
export const looksQuery = (id: string) => ({
	queryKey: ['support.grants', 'looks', id],
	queryFn: () => body(api.GET('/api/support/grants/{id}/looks', { params: { path: { id } } })),
	staleTime: 0,
});
export const planQuery = () => ({ queryKey: ['support.plan'], queryFn: () => body(api.GET('/api/plan')), staleTime: 0 });
export const give = (grant: { id: string; hours: 1 | 4 | 24; reason: string; role: Given['role']; view_only: boolean }) => body(api.POST('/api/support/grants', { body: grant }));
export const revoke = (id: string) => body(api.PUT('/api/support/grants/{id}/revocation', { params: { path: { id } } }));

/** The roles that support can be given, in words. The owner's is none of them. */
export const roles = (): { value: string; label: string }[] => [
	{ value: 'manager', label: m.role_manager() },
	{ value: 'system_manager', label: m.role_system_manager() },
	{ value: 'accounts_manager', label: m.role_accounts_manager() },
	{ value: 'sales_manager', label: m.role_sales_manager() },
	{ value: 'stock_manager', label: m.role_stock_manager() },
	{ value: 'cashier', label: m.role_cashier() },
	{ value: 'report_user', label: m.role_report_user() },
];
export const roleName = (role: string): string => roles().find((r) => r.value === role)?.label ?? role;
