import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const welcome: Feature = {
	routes: [{ path: '/welcome', title: m.nav_welcome, screen: () => import('./welcome.svelte'), needs: 'setup.follow' }],
};
