import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';
import { navigate } from '@/platform/router.svelte';

export const items: Feature = {
	routes: [{ path: '/items', title: m.nav_items, screen: () => import('./items.svelte'), needs: 'catalog.read' }],
	commands: () => [{ id: 'items.add', label: m.items_add(), icon: 'package', needs: 'catalog.edit', run: () => navigate('/items?item=new') }],
};
