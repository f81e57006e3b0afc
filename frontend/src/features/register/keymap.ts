import type { Shortcut } from '@/platform/keys';
import type { CashKind } from '@/platform/till-types';
import { toggleFullscreen } from '@/platform/till-wails';
import { m } from '@/paraglide.gen/messages';
import type { Register } from './store.svelte';
import { cashOf } from './tender';
import { bringUnsent, saveUnsent } from './unsent';

/** What the register's keys do. Each can be given another key; `id` is what that choice is kept under. */
export function shortcuts(register: Register, toFind: () => void): Shortcut[] {
	const key = (name: string, combo: string, label: string, run: () => void, inFields = true): Shortcut => ({ id: `register.${name}`, combo, label, group: m.reg_keys_group(), run, inFields });
	return [
		key('help', 'F1', m.reg_key_help(), () => register.open({ kind: 'keys' })),
		key('why', 'Shift+F1', m.reg_key_why(), () => why(register)),
		key('find', 'F2', m.reg_key_find(), toFind),
		key('find-too', '/', m.reg_key_find(), toFind, false),
		key('check', 'Shift+F2', m.reg_key_check(), () => register.open({ kind: 'check', code: '' })),
		key('customer', 'F3', m.reg_key_customer(), () => register.open({ kind: 'customer' })),
		key('quantity', 'F4', m.reg_key_quantity(), () => changeLine(register, 'quantity')),
		key('price', 'F5', m.reg_key_price(), () => changeLine(register, 'price')),
		key('note', 'Shift+F3', m.reg_key_note(), () => note(register)),
		key('coupon', 'Shift+F12', m.reg_key_coupon(), () => coupon(register)),
		key('hold', 'F6', m.reg_key_hold(), () => hold(register)),
		key('recall', 'F7', m.reg_key_recall(), () => register.open({ kind: 'held' })),
		key('return', 'F8', m.reg_key_return(), () => takeBack(register)),
		key('receipts', 'Shift+F9', m.reg_recent(), () => !register.paying && register.open({ kind: 'recent', text: '' })),
		key('cash-in', 'Shift+F5', m.reg_cash_in(), () => moveCash(register, 'in')),
		key('cash-out', 'Shift+F6', m.reg_cash_out(), () => moveCash(register, 'out')),
		key('drop', 'Shift+F7', m.reg_drop(), () => moveCash(register, 'drop')),
		key('drawer', 'Shift+F4', m.reg_no_sale(), () => moveCash(register, 'open')),
		key('x', 'Shift+F8', m.reg_x(), () => void register.readX()),
		key('pay', 'F9', m.reg_key_pay(), () => register.pay()),
		key('exact', 'F10', m.reg_key_exact(), () => void register.whenStill(() => exactCash(register))),
		key('fullscreen', 'F11', m.reg_key_fullscreen(), () => void toggleFullscreen().catch(() => undefined)),
		...(register.till.setup ? [key('unsent-save', 'Ctrl+Shift+S', m.reg_unsent_save(), () => void saveUnsent(register)), key('unsent-bring', 'Ctrl+Shift+O', m.reg_unsent_bring(), () => void bringUnsent(register))] : []),
		key('lock', 'F12', m.reg_key_lock(), () => void register.do((till) => till.lock())),
		key('void', 'Delete', m.reg_key_void(), () => voidLine(register), false),
		key('undo', 'Ctrl+Z', m.reg_key_undo(), () => undo(register), false),
		key('up', 'ArrowUp', m.reg_key_up(), () => step(register, -1), false),
		key('down', 'ArrowDown', m.reg_key_down(), () => step(register, 1), false),
	];
}

export function changeLine(register: Register, kind: 'quantity' | 'price'): void {
	const line = register.selected;
	if (!line || register.paying) return;
	register.open({ kind, line });
}

/** Says something of the line that is chosen, or of the sale. */
export function note(register: Register): void {
	if (register.paying || register.panel) return;
	const line = register.selected;
	register.open({ kind: 'note', line: line?.quantity.startsWith('-') ? undefined : line });
}

/** How the line that is chosen came to its price. */
export function why(register: Register): void {
	const line = register.selected;
	if (line?.steps?.length && !register.panel) register.open({ kind: 'why', line });
}

export function coupon(register: Register): void {
	if (!register.paying && !register.panel) register.open({ kind: 'coupon' });
}

export function moveCash(register: Register, what: CashKind): void {
	if (!register.paying && !register.panel) register.open({ kind: 'cash', what });
}

export function takeBack(register: Register): void {
	if (!register.paying) register.open({ kind: 'return', number: '' });
}

export function hold(register: Register): void {
	if (register.cart?.lines.length) register.open({ kind: 'hold' });
}

/** The exact amount in cash, and done: the quickest sale there is. */
export function exactCash(register: Register): void {
	const cash = cashOf(register.state?.methods ?? []);
	// Never from under a dialog: what is asked there may change the sale.
	if (cash && register.cart?.lines.length && !register.tenders.length && !register.panel) void register.complete([{ method_id: cash.id, amount_minor: register.cart.cash_due_minor }]);
}

export function voidLine(register: Register): void {
	const line = register.selected;
	if (line && !register.paying && !register.panel) void register.do((till) => till.removeLine(line.id));
}

export function undo(register: Register): void {
	if (register.cart?.can_undo && !register.paying && !register.panel) void register.do((till) => till.undo());
}

/** Moves the selection in the cart. */
export function step(register: Register, by: 1 | -1): void {
	const lines = register.cart?.lines ?? [];
	const next = lines[lines.findIndex((l) => l.id === register.selected?.id) + by];
	if (next && !register.panel) void register.do((till) => till.selectLine(next.id));
}
