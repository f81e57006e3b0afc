import { m } from '@/paraglide.gen/messages';
import type { Tone } from '@/ui/types';
import type { Entry, Shop, Use } from './calls';

const states: Record<Shop['state'], { tone: Tone; label: () => string }> = {
	active: { tone: 'good', label: m.console_active },
	suspended: { tone: 'warn', label: m.console_suspended },
	closed: { tone: 'bad', label: m.console_closed },
	opening: { tone: 'neutral', label: m.console_opening },
};
export const stateOf = (state: string) => states[state as Shop['state']] ?? states.opening;

export const useName: Record<Use['kind'], () => string> = {
	people: m.support_people, stores: m.support_stores, tills: m.support_tills, items: m.support_items, sales_month: m.support_sales,
};

/** What an operator did, in words. */
export function did(entry: Entry): string {
	const text = (key: string) => String(entry.detail[key] ?? '');
	switch (entry.action) {
		case 'standing': return m.console_did_standing({ was: stateOf(text('was')).label(), is: stateOf(text('is')).label() });
		case 'shop_plan': return text('name') ? m.console_did_shop_plan({ name: text('name') }) : m.console_did_no_plan();
		case 'plan': return m.console_did_plan({ name: text('name') });
		case 'plan_removed': return m.console_did_plan_removed({ name: text('name') });
		case 'support': return m.console_did_support();
		case 'signed_in': return m.console_did_signed_in();
		default: return entry.action;
	}
}
