import type { BackAsked, Cart, CartLine, TillItem } from './till-types';
import { uuid } from './uuid';

/**
 * The cart of a browser register: what was asked for, in the order of asking.
 * It knows no totals; the server prices it.
 */
export type PageCart = Cart & { id: string; selected?: string; customer_name?: string; note?: string };

export function emptyCart(): PageCart {
	return { id: uuid(), lines: [] };
}

/** Adds two non-negative decimals given as text, exactly: ("1.25", "0.5") → "1.75". */
export function plus(a: string, b: string): string {
	return scaled(a, b, (x, y) => x + y, Math.max);
}

/** Multiplies two non-negative decimals given as text, exactly. */
export function times(a: string, b: string): string {
	return scaled(a, b, (x, y) => x * y, (x, y) => x + y, true);
}

function scaled(a: string, b: string, join: (x: bigint, y: bigint) => bigint, placesOf: (x: number, y: number) => number, own = false): string {
	const [fa, fb] = [a.split('.')[1] ?? '', b.split('.')[1] ?? ''];
	const places = placesOf(fa.length, fb.length);
	const whole = (text: string, fraction: string) => BigInt((text.split('.')[0] || '0') + (own ? fraction : fraction.padEnd(places, '0')));
	const digits = join(whole(a, fa), whole(b, fb)).toString().padStart(places + 1, '0');
	const cut = digits.length - places;
	const fraction = digits.slice(cut).replace(/0+$/, '');
	return digits.slice(0, cut) + (fraction ? '.' + fraction : '');
}

/** "3*code" asks for three; anything else for one. */
export function multiplied(code: string): { count: string; code: string } {
	const [, count, rest] = /^\s*(\d+(?:\.\d+)?)\s*\*(.+)$/.exec(code) ?? [];
	return count && rest && /[1-9]/.test(count) ? { count, code: rest } : { count: '1', code };
}

/** How an item is to be put on the cart. */
export type Wanted = { quantity: string; barcode?: string; price_minor?: number; fixed_total_minor?: number };

/** Puts an item on the cart: pieces of the same price join a line, anything weighed, priced or discounted stands alone. */
export function withItem(cart: PageCart, item: TillItem, want: Wanted): PageCart {
	const at = cart.lines.findLastIndex((l) => joins(l, item, want));
	if (at >= 0) {
		const line = cart.lines[at]!;
		return { ...cart, lines: cart.lines.with(at, { ...line, quantity: plus(line.quantity, want.quantity) }), selected: line.id };
	}
	return withLine(cart, { id: uuid(), item_id: item.id, ...want });
}

function joins(line: CartLine, item: TillItem, want: Wanted): boolean {
	return (
		line.item_id === item.id &&
		item.sold_by === 'each' &&
		!line.discount &&
		!line.note &&
		line.fixed_total_minor === undefined &&
		want.fixed_total_minor === undefined &&
		line.price_minor === want.price_minor &&
		(line.barcode ?? '') === (want.barcode ?? '')
	);
}

export function withLine(cart: PageCart, line: CartLine): PageCart {
	return { ...cart, lines: [...cart.lines, line], selected: line.id };
}

/** Changes one line; an unknown line changes nothing. */
export function changed(cart: PageCart, lineId: string, change: (line: CartLine) => CartLine): PageCart {
	return { ...cart, lines: cart.lines.map((l) => (l.id === lineId ? change(l) : l)), selected: lineId };
}

/** Takes a line off; the one that moves up is selected. A discount on the whole goes with the last line. */
export function without(cart: PageCart, lineId: string): PageCart {
	const at = cart.lines.findIndex((l) => l.id === lineId);
	if (at < 0) return cart;
	const lines = cart.lines.toSpliced(at, 1);
	return { ...cart, lines, selected: lines[Math.min(at, lines.length - 1)]?.id, discount: lines.length ? cart.discount : undefined };
}

/** Nothing is sold and nothing comes back. */
export function bare(cart: PageCart): boolean {
	return !cart.lines.length && !cart.back;
}

/** No longer takes back a line of the earlier sale. */
export function kept(cart: PageCart, lineNo: number): PageCart {
	const lines = cart.back?.lines.filter((l) => l.line_no !== lineNo) ?? [];
	const back: BackAsked | undefined = cart.back && lines.length ? { ...cart.back, lines } : undefined;
	return { ...cart, back, selected: undefined };
}

/** What the server is asked to price. */
export function asked({ lines, discount, customer_id, coupons, back, approvals }: PageCart): Cart {
	return { lines, ...(discount && { discount }), ...(customer_id && { customer_id }), ...(coupons?.length && { coupons }), ...(back && { back }), ...(approvals?.length && { approvals }) };
}
