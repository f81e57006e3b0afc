import { m } from '@/paraglide.gen/messages';
import type { Progress } from './queries';

export type Step = { id: string; title: string; text: string; note?: string; done: boolean; action: string; href: string; other?: { label: string; href: string }; samples?: boolean };

/** What an owner has to do before the shop can sell, in the order in which it is needed. */
export function steps(now: Progress): Step[] {
	return [
		{
			id: 'items', title: m.welcome_items(), text: m.welcome_items_text(), note: now.items ? m.welcome_items_count({ count: now.items >= 1000 ? '1000+' : String(now.items) }) : undefined,
			done: now.items > 0, action: m.welcome_items_action(), href: '/items?item=new', other: { label: m.welcome_import_action(), href: '/items/import' },
			samples: !now.items,
		},
		{ id: 'receipt', title: m.welcome_receipt(), text: m.welcome_receipt_text(), done: now.receipt_named, action: m.welcome_receipt_action(), href: '/settings' },
		{ id: 'people', title: m.welcome_people(), text: m.welcome_people_text(), done: now.people > 0, action: m.welcome_people_action(), href: '/people' },
		{ id: 'stock', title: m.welcome_stock(), text: m.welcome_stock_text(), done: now.stocked, action: m.welcome_stock_action(), href: '/stock' },
		{
			id: 'till', title: m.welcome_till(), text: m.welcome_till_text(), done: now.till_paired, action: m.welcome_till_action(), href: '/tills',
			other: now.browser_register ? { label: m.welcome_browser_action(), href: '/register' } : undefined,
		},
		{ id: 'shift', title: m.welcome_shift(), text: m.welcome_shift_text(), done: now.shift_opened, action: m.welcome_shift_action(), href: '/register' },
		{ id: 'sale', title: m.welcome_sale(), text: m.welcome_sale_text(), done: now.sold, action: m.welcome_sale_action(), href: '/sales' },
	];
}
