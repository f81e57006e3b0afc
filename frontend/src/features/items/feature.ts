import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';
import { navigate } from '@/platform/router.svelte';
import { say } from '@/platform/terms.svelte';

export const items: Feature = {
	routes: [
		{ path: '/items', title: () => say('items', m.nav_items), screen: () => import('./items.svelte'), needs: 'catalog.read' },
		{ path: '/barcodes', title: m.nav_barcodes, screen: () => import('./barcode-lab.svelte'), needs: 'catalog.read' },
	],
	commands: () => [{ id: 'items.add', label: say('item_add', m.items_add), icon: 'package', needs: 'catalog.edit', run: () => navigate('/items?item=new') }],
};
