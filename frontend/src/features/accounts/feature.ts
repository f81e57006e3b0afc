import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const accounts: Feature = {
	routes: [{ path: '/accounts', title: m.nav_accounts, screen: () => import('./accounts.svelte'), needs: 'ledger.read' }],
};
