import { m } from '@/paraglide.gen/messages';
import type { MovementRow } from './queries';

export const kindNames: Record<MovementRow['kind'], () => string> = { in: m.reg_cash_in, out: m.reg_cash_out, drop: m.reg_drop, open: m.cash_opened };

export const reasonNames: Record<MovementRow['reason'], () => string> = {
	petty: m.reg_why_petty, supplier: m.reg_why_supplier, bank: m.reg_why_bank, safe: m.reg_why_safe, owner: m.reg_why_owner,
	change: m.reg_why_change, check: m.reg_why_check, other: m.reg_why_other,
};

/** What a movement does to the drawer; nothing where it was only opened. */
export function effect(row: MovementRow): number {
	if (row.kind === 'open') return 0;
	return row.kind === 'in' ? row.amount_minor : -row.amount_minor;
}
