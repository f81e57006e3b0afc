import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const support: Feature = {
	routes: [{ path: '/settings/support', title: m.nav_support, screen: () => import('./support.svelte'), needs: 'support.allow' }],
};
