import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';
import { say } from '@/platform/terms.svelte';

export const stock: Feature = {
	routes: [{ path: '/stock', title: () => say('stock', m.nav_stock), screen: () => import('./stock.svelte'), needs: 'inventory.read' }],
};
