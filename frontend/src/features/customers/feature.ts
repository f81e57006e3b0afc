import { m } from '@/paraglide.gen/messages';
import type { Feature } from '@/platform/feature';
import { navigate } from '@/platform/router.svelte';
import { say } from '@/platform/terms.svelte';

export const customers: Feature = {
	routes: [{ path: '/customers', title: () => say('customers', m.nav_customers), screen: () => import('./customers.svelte'), needs: 'parties.read' }],
	commands: () => [{ id: 'customers.add', label: say('customer_add', m.customers_add), icon: 'contact', needs: 'parties.edit', run: () => navigate('/customers?customer=new') }],
};
