import { m } from '@/paraglide.gen/messages';

const screens: Record<string, () => string> = {
	items: m.help_items, sales: m.help_sales, customers: m.help_customers, stock: m.help_stock, shifts: m.help_shifts, exceptions: m.help_exceptions,
	tills: m.help_tills, people: m.help_people, stores: m.help_stores, accounts: m.help_accounts, settings: m.help_settings,
};

/** What the screen at a path is for, in a sentence or two. */
export function aboutOf(path: string): string {
	if (path === '/') return m.help_today();
	return (screens[path.split('/')[1] ?? ''] ?? m.help_other)();
}
