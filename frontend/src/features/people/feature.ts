import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const people: Feature = {
	routes: [{ path: '/people', title: m.nav_people, screen: () => import('./people.svelte'), needs: 'people.read' }],
};
