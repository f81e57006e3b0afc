import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const isolation: Feature = {
	routes: [{ path: '/settings/isolation', title: m.nav_isolation, screen: () => import('./isolation.svelte'), needs: 'selftest.run' }],
};
