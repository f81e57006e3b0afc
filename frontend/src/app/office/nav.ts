import { nav } from '@/api/modules.gen';
import { m } from '@/paraglide.gen/messages';
import type { NavEntry, NavSection } from '@/platform/feature';
import { say } from '@/platform/terms.svelte';

const sections: Record<string, () => string> = { Selling: m.nav_selling, Stock: m.nav_section_stock, Books: m.nav_books, Shop: m.nav_shop };
const labels: Record<string, () => string> = {
	'/sales': () => say('sales', m.nav_sales),
	'/customers': () => say('customers', m.nav_customers),
	'/promotions': m.nav_promotions,
	'/shifts': m.nav_shifts,
	'/exceptions': m.nav_exceptions,
	'/items': () => say('items', m.nav_items),
	'/stock': () => say('stock', m.nav_stock),
	'/transfers': m.nav_transfers,
	'/barcodes': m.nav_barcodes,
	'/accounts': m.nav_accounts,
	'/welcome': m.nav_welcome,
	'/cash-movements': m.nav_cash,
	'/people': m.nav_people,
	'/settings/roles': m.nav_roles,
	'/settings/limits': m.nav_limits,
	'/approvals': m.nav_approvals,
	'/stores': m.nav_stores,
	'/tills': m.nav_tills,
	'/settings': m.nav_settings,
	'/settings/modules': m.nav_modules,
	'/settings/receipts': () => say('receipts', m.nav_receipts),
	'/settings/payments': m.nav_payments,
	'/settings/taxes': m.nav_taxes,
	'/settings/mail': m.nav_mail,
	'/settings/audit': m.nav_audit,
	'/settings/system': m.nav_system,
	'/settings/isolation': m.nav_isolation,
	'/settings/support': m.nav_support,
};
/** Sections and what is in them, in the order of a shop's day; what is not named here comes last. */
const order = ['Selling', 'Stock', 'Books', 'Shop'];
const first = ['/sales', '/customers', '/promotions', '/shifts', '/cash-movements', '/approvals', '/exceptions', '/items', '/stock', '/transfers', '/barcodes', '/accounts', '/welcome', '/people', '/settings/roles', '/settings/limits', '/stores', '/tills', '/settings', '/settings/modules', '/settings/receipts', '/settings/payments', '/settings/taxes', '/settings/mail', '/settings/audit'];

/** The menu: the start, then what the modules declare, named in the reader's language. */
export function menu(): NavSection[] {
	const place = (list: string[], name: string) => (list.includes(name) ? list.indexOf(name) : list.length);
	const names = [...new Set(nav.map((n) => n.section))].sort((a, b) => place(order, a) - place(order, b));
	const declared = names.map((section) => ({
		label: sections[section]?.() ?? section,
		entries: nav
			.filter((n) => n.section === section && n.path !== '/')
			.sort((a, b) => place(first, a.path) - place(first, b.path))
			.map((n): NavEntry => ({ label: labels[n.path]?.() ?? n.label, path: n.path, icon: n.icon, module: n.module, needs: n.needs === 'signed_in' ? undefined : n.needs })),
	}));
	return [{ label: '', entries: [{ label: m.nav_today(), path: '/', icon: 'home', module: 'reports' }] }, ...declared];
}
