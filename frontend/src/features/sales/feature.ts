import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const sales: Feature = {
	routes: [{ path: '/sales', title: m.nav_sales, screen: () => import('./sales.svelte'), needs: 'sales.read' }],
};
