import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const audit: Feature = {
	routes: [{ path: '/settings/audit', title: m.nav_audit, screen: () => import('./audit.svelte'), needs: 'audit.read' }],
};
