import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const settings: Feature = {
	routes: [{ path: '/settings', title: m.nav_settings, screen: () => import('./settings.svelte'), needs: 'company.edit' }],
};
