import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const system: Feature = {
	routes: [{ path: '/settings/system', title: m.nav_system, screen: () => import('./system.svelte'), needs: 'system.operate' }],
};
