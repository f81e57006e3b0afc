import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const approvals: Feature = {
	routes: [{ path: '/approvals', title: m.nav_approvals, screen: () => import('./approvals.svelte'), needs: 'approvals.answer' }],
};
