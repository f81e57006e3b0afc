import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const dashboard: Feature = {
	routes: [{ path: '/', title: m.nav_today, screen: () => import('./today.svelte') }],
};
