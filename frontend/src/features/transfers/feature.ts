import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';
import { navigate } from '@/platform/router.svelte';

export const transfers: Feature = {
	routes: [{ path: '/transfers', title: m.nav_transfers, screen: () => import('./transfers.svelte'), needs: 'transfers.read' }],
	commands: () => [{ id: 'transfers.add', label: m.transfers_add(), icon: 'truck', needs: 'transfers.send', run: () => navigate('/transfers?transfer=new') }],
};
