import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const stock: Feature = {
	routes: [{ path: '/stock', title: m.nav_stock, screen: () => import('./stock.svelte'), needs: 'inventory.read' }],
};
