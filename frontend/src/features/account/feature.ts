import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const account: Feature = {
	routes: [{ path: '/account', title: m.fac_account, screen: () => import('./account.svelte') }],
};
