import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';

export const mails: Feature = {
	routes: [{ path: '/settings/mail', title: m.nav_mail, screen: () => import('./mails.svelte'), needs: 'mails.manage' }],
};
