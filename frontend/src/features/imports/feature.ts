import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';
import { navigate } from '@/platform/router.svelte';

export const imports: Feature = {
	routes: [
		{ path: '/items/import', title: m.import_title, screen: () => import('./imports.svelte'), needs: 'catalog.edit' },
		{ path: '/items/import/{id}', title: m.import_title, screen: () => import('./import.svelte'), needs: 'catalog.edit' },
	],
	commands: () => [{ id: 'imports.open', label: m.import_title(), icon: 'package', needs: 'catalog.edit', run: () => navigate('/items/import') }],
};
