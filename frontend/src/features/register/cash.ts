import type { CashKind, CashReason } from '@/platform/till-types';
import { m } from '@/paraglide.gen/messages';

/** Why money may move, the likeliest reason first; the till allows no others. */
export const cashReasons: Record<CashKind, readonly CashReason[]> = {
	in: ['change', 'bank', 'owner', 'other'],
	out: ['petty', 'supplier', 'bank', 'owner', 'other'],
	drop: ['safe'],
	open: ['change', 'check', 'other'],
};

export const reasonWords: Record<CashReason, () => string> = {
	petty: m.reg_why_petty,
	supplier: m.reg_why_supplier,
	bank: m.reg_why_bank,
	safe: m.reg_why_safe,
	owner: m.reg_why_owner,
	change: m.reg_why_change,
	check: m.reg_why_check,
	other: m.reg_why_other,
};

export const cashWords: Record<CashKind, Record<'title' | 'text' | 'verb' | 'done', () => string>> = {
	in: { title: m.reg_cash_in, text: m.reg_cash_in_text, verb: m.reg_cash_in_verb, done: m.reg_cash_in_done },
	out: { title: m.reg_cash_out, text: m.reg_cash_out_text, verb: m.reg_cash_out_verb, done: m.reg_cash_out_done },
	drop: { title: m.reg_drop, text: m.reg_drop_text, verb: m.reg_drop_verb, done: m.reg_drop_done },
	open: { title: m.reg_no_sale, text: m.reg_no_sale_text, verb: m.reg_no_sale_verb, done: m.reg_no_sale_done },
};
