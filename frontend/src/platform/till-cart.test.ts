import { describe, expect, it } from 'vitest';
import { asked, changed, emptyCart, multiplied, plus, times, withItem, without } from './till-cart';
import type { TillItem } from './till-types';

const item = (id: string, sold_by: TillItem['sold_by'] = 'each'): TillItem => ({ id, sku: id, name: id, unit: 'each', sold_by, tax_code: 'A', price_minor: 100, barcodes: [], favourite: false, track_stock: false, on_hand: '0', active: true });

describe('decimals as text', () => {
	it('adds exactly', () => {
		expect(plus('0.1', '0.2')).toBe('0.3');
		expect(plus('1.25', '0.75')).toBe('2');
		expect(plus('999999999', '1')).toBe('1000000000');
	});
	it('multiplies exactly', () => {
		expect(times('3', '1.245')).toBe('3.735');
		expect(times('0.1', '0.1')).toBe('0.01');
		expect(times('2', '6')).toBe('12');
	});
	it('reads how many of a code', () => {
		expect(multiplied('3*400')).toEqual({ count: '3', code: '400' });
		expect(multiplied('1.5*400')).toEqual({ count: '1.5', code: '400' });
		expect(multiplied('0*400')).toEqual({ count: '1', code: '0*400' });
		expect(multiplied('AB*12')).toEqual({ count: '1', code: 'AB*12' });
	});
});

describe('the cart', () => {
	it('joins pieces of the same price and selects their line', () => {
		const cart = withItem(withItem(withItem(emptyCart(), item('a'), { quantity: '1' }), item('b'), { quantity: '1' }), item('a'), { quantity: '2' });
		expect(cart.lines.map((l) => [l.item_id, l.quantity])).toEqual([['a', '3'], ['b', '1']]);
		expect(cart.selected).toBe(cart.lines[0]!.id);
	});
	it('keeps weighed, priced and discounted lines apart', () => {
		let cart = withItem(withItem(emptyCart(), item('w', 'weight'), { quantity: '1.2' }), item('w', 'weight'), { quantity: '0.4' });
		expect(cart.lines).toHaveLength(2);
		cart = withItem(withItem(emptyCart(), item('a'), { quantity: '1' }), item('a'), { quantity: '1', fixed_total_minor: 250 });
		expect(cart.lines).toHaveLength(2);
		cart = withItem(emptyCart(), item('a'), { quantity: '1' });
		cart = changed(cart, cart.lines[0]!.id, (l) => ({ ...l, discount: { kind: 'percent', percent: '10', amount_minor: 0, reason: '' } }));
		expect(withItem(cart, item('a'), { quantity: '1' }).lines).toHaveLength(2);
	});
	it('selects the line that moves up, and drops the discount with the last line', () => {
		let cart = withItem(withItem(emptyCart(), item('a'), { quantity: '1' }), item('b'), { quantity: '1' });
		cart = { ...cart, discount: { kind: 'amount', percent: '0', amount_minor: 100, reason: '' } };
		cart = without(cart, cart.lines[0]!.id);
		expect(cart.selected).toBe(cart.lines[0]!.id);
		expect(cart.discount).toBeDefined();
		cart = without(cart, cart.lines[0]!.id);
		expect(cart.discount).toBeUndefined();
		expect(asked(cart)).toEqual({ lines: [] });
	});
});
