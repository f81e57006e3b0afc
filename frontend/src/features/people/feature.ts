import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const people: Feature = {
	routes: [
		{ path: '/people', title: m.nav_people, screen: () => import('./people.svelte'), needs: 'people.read' },
		{ path: '/settings/limits', title: m.nav_limits, screen: () => import('./limits.svelte'), needs: 'people.roles' },
		{ path: '/settings/roles', title: m.nav_roles, screen: () => import('./role-list.svelte'), needs: 'people.roles' },
		{ path: '/settings/roles/{key}', title: m.nav_roles, screen: () => import('./role.svelte'), needs: 'people.roles' },
	],
};
