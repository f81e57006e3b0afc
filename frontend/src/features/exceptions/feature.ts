import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const exceptions: Feature = {
	routes: [{ path: '/exceptions', title: m.nav_exceptions, screen: () => import('./exceptions.svelte'), needs: 'sync.review' }],
};
