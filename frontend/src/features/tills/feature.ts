import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const tills: Feature = {
	routes: [{ path: '/tills', title: m.nav_tills, screen: () => import('./tills.svelte'), needs: 'tills.read' }],
};
