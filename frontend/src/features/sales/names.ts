import { say } from '@/platform/terms.svelte';
import { m } from '@/paraglide.gen/messages';
import type { Tone } from '@/ui/types';

const kinds: Record<string, () => string> = { sale: () => say('sale', m.sales_kind_sale), refund: m.sales_kind_refund, void: m.sales_kind_void };
const flags: Record<string, () => string> = {
	price_differs: m.flag_price_differs,
	tax_differs: m.flag_tax_differs,
	item_unknown: m.flag_item_unknown,
	item_inactive: m.flag_item_inactive,
	customer_unknown: m.flag_customer_unknown,
	shift_unknown: m.flag_shift_unknown,
	shift_closed: m.flag_shift_closed,
	method_unknown: m.flag_method_unknown,
	clock_skew: m.flag_clock_skew,
	refund_offline: m.flag_refund_offline,
	stock_negative: m.flag_stock_negative,
	number_gap: m.flag_number_gap,
	series_unknown: m.flag_series_unknown,
	register_differs: m.flag_register_differs,
	currency_differs: m.flag_currency_differs,
	refund_exceeds: m.flag_refund_exceeds,
	unapproved: m.flag_unapproved,
	promotion_unknown: m.flag_promotion_unknown,
};

export const kindName = (kind: string): string => kinds[kind]?.() ?? kind;
export const kindTone = (kind: string): Tone => (kind === 'sale' ? 'neutral' : 'warn');
export const flagOptions = () => Object.entries(flags).map(([value, label]) => ({ value, label: label() }));
export const flagName = (flag: string): string => flags[flag]?.() ?? flag.replaceAll('_', ' ');
