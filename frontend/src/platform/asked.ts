import { m } from '@/paraglide.gen/messages';
import { money, percent, quantity } from './format';
import { region } from './region.svelte';
import type { Asked } from './till-types';

/** Actions that a limit can be set for, in the order in which they are shown. */
export const limited = ['discount', 'price', 'refund', 'refund_blind', 'void', 'cash_out', 'cash_drop', 'cash_in', 'no_sale', 'negative_stock', 'write_off'] as const;

const names: Record<string, () => string> = {
	discount: m.appr_discount,
	price: m.appr_price,
	refund: m.appr_refund,
	refund_blind: m.appr_refund_blind,
	void: m.appr_void,
	cash_out: m.appr_cash_out,
	cash_drop: m.appr_cash_drop,
	cash_in: m.appr_cash_in,
	no_sale: m.appr_no_sale,
	negative_stock: m.appr_negative_stock,
	write_off: m.appr_write_off,
	right: m.appr_right,
};

const rights: Record<string, () => string> = {
	'sales.x_report': m.appr_right_x,
	'sales.mail': m.appr_right_mail,
	'parties.edit': m.appr_right_customer,
};

const reasons: Record<string, () => string> = {
	petty: m.appr_reason_petty,
	supplier: m.appr_reason_supplier,
	bank: m.appr_reason_bank,
	safe: m.appr_reason_safe,
	owner: m.appr_reason_owner,
	change: m.appr_reason_change,
	check: m.appr_reason_check,
	other: m.appr_reason_other,
};

export const actionName = (action: string): string => names[action]?.() ?? action;

/** Measured in hundredths of a percent; the others are minor units, or done or not. */
export const inPercent = (action: string): boolean => action === 'discount' || action === 'price';
export const yesOrNo = (action: string): boolean => action === 'no_sale' || action === 'negative_stock' || action === 'right';

export function figure(action: string, amount: number): string {
	if (inPercent(action)) return percent((amount / 10_000).toFixed(6), region.locale, 2);
	return yesOrNo(action) ? '' : money(amount, region.currency, region.locale);
}

/** A limit in words; none is no limit. */
export function limitWords(action: string, most: number | null | undefined): string {
	if (most === undefined || most === null) return yesOrNo(action) ? m.lim_alone() : m.lim_free();
	return most === 0 ? m.lim_never() : figure(action, most);
}

/** What is wanted, in a few words: "Discount of 50%". */
export function askedTitle(asked: Asked): string {
	if (asked.action === 'right') return rights[asked.permission ?? '']?.() ?? m.appr_right();
	const size = figure(asked.action, asked.amount);
	return size ? m.appr_of({ action: actionName(asked.action), figure: size }) : actionName(asked.action);
}

/** How far whoever asks goes alone, as a sentence. */
export function limitText(asked: Asked): string {
	if (asked.limit === undefined || asked.limit === null) return '';
	if (yesOrNo(asked.action) || asked.limit === 0) return m.appr_limit_none();
	return m.appr_limit({ figure: figure(asked.action, asked.limit) });
}

/** The lines that it is done to, as they are shown. */
export function askedLines(asked: Asked) {
	const moves = asked.action.startsWith('cash_') || asked.action === 'no_sale';
	return asked.lines.map((line) => {
		const count = quantity(line.quantity.replace('-', ''), region.locale) + (line.unit ? ` ${line.unit}` : '');
		const name = moves ? (reasons[line.name]?.() ?? line.name) : line.name || '–';
		if (asked.action === 'no_sale') return { name };
		if (moves || asked.action.startsWith('refund') || asked.action === 'void') return { name, note: moves ? undefined : count, after_minor: line.before_minor };
		if (asked.action === 'negative_stock') return { name, note: count, text: m.appr_on_hand({ count: quantity(line.on_hand ?? '0', region.locale) }) };
		return { name, note: count, before_minor: line.before_minor, after_minor: line.after_minor };
	});
}
