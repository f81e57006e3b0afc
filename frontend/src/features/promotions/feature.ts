import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';
import { navigate } from '@/platform/router.svelte';

export const promotions: Feature = {
	routes: [{ path: '/promotions', title: m.nav_promotions, screen: () => import('./promotions.svelte'), needs: 'promotions.read' }],
	commands: () => [{ id: 'promotions.add', label: m.promo_add(), icon: 'badge-percent', needs: 'promotions.edit', run: () => navigate('/promotions?promotion=new') }],
};
