import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';
import { say } from '@/platform/terms.svelte';

export const sales: Feature = {
	routes: [{ path: '/sales', title: () => say('sales', m.nav_sales), screen: () => import('./sales.svelte'), needs: 'sales.read' }],
};
