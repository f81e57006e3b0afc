import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';
import { say } from '@/platform/terms.svelte';

export const settings: Feature = {
	routes: [
		{ path: '/settings', title: m.nav_settings, screen: () => import('./settings.svelte'), needs: 'company.edit' },
		{ path: '/stores', title: m.nav_stores, screen: () => import('./stores.svelte'), needs: 'stores.edit' },
		{ path: '/stores/{id}', title: m.nav_stores, screen: () => import('./store.svelte'), needs: 'stores.edit' },
		{ path: '/settings/modules', title: m.nav_modules, screen: () => import('./modules.svelte'), needs: 'company.modules' },
		{ path: '/settings/receipts', title: () => say('receipts', m.nav_receipts), screen: () => import('./receipts.svelte'), needs: 'stores.edit' },
		{ path: '/settings/payments', title: m.nav_payments, screen: () => import('./payments.svelte'), needs: 'payments.manage' },
		{ path: '/settings/taxes', title: m.nav_taxes, screen: () => import('./taxes.svelte'), needs: 'catalog.edit' },
	],
};
