import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const shifts: Feature = {
	routes: [
		{ path: '/shifts', title: m.nav_shifts, screen: () => import('./shifts.svelte'), needs: 'tills.read' },
		{ path: '/cash-movements', title: m.nav_cash, screen: () => import('./cash.svelte'), needs: 'sales.cash' },
	],
};
