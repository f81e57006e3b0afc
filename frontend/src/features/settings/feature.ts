import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const settings: Feature = {
	routes: [
		{ path: '/settings', title: m.nav_settings, screen: () => import('./settings.svelte'), needs: 'company.edit' },
		{ path: '/stores', title: m.nav_stores, screen: () => import('./stores.svelte'), needs: 'stores.edit' },
		{ path: '/stores/{id}', title: m.nav_stores, screen: () => import('./store.svelte'), needs: 'stores.edit' },
		{ path: '/settings/receipts', title: m.nav_receipts, screen: () => import('./receipts.svelte'), needs: 'stores.edit' },
		{ path: '/settings/payments', title: m.nav_payments, screen: () => import('./payments.svelte'), needs: 'payments.manage' },
		{ path: '/settings/taxes', title: m.nav_taxes, screen: () => import('./taxes.svelte'), needs: 'catalog.edit' },
	],
};
