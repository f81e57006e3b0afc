import { describe, expect, it } from 'vitest';
import type { MethodSetup } from '@/platform/till-types';
import { cashOf, dueFor, given, withTender } from './tender';

const cash: MethodSetup = { id: 'c', kind: 'cash', name: 'Cash', opens_drawer: true, position: 2 };
const card: MethodSetup = { id: 'k', kind: 'card', name: 'Card', opens_drawer: false, position: 1 };
const methods = [card, cash];
const cart = { total_minor: 1003, cash_due_minor: 1005 };

describe('paying', () => {
	it('rounds only what is paid in cash alone', () => {
		expect(dueFor(cart, [], methods)).toBe(1003);
		expect(dueFor(cart, [], methods, cash)).toBe(1005);
		expect(dueFor(cart, [], methods, card)).toBe(1003);
		expect(dueFor(cart, [{ method_id: 'k', amount_minor: 500 }], methods, cash)).toBe(1003);
		expect(dueFor(cart, [{ method_id: 'c', amount_minor: 500 }], methods)).toBe(1005);
	});
	it('adds to the same method, but keeps references apart', () => {
		const first = withTender([], { method_id: 'c', amount_minor: 500 });
		const grown = withTender(first, { method_id: 'c', amount_minor: 200 });
		expect(grown).toEqual([{ method_id: 'c', amount_minor: 700 }]);
		const apart = withTender(grown, { method_id: 'c', amount_minor: 100, reference: 'A1' });
		expect(apart).toHaveLength(2);
		expect(given(apart)).toBe(800);
	});
	it('knows which method the quick keys mean', () => {
		expect(cashOf(methods)?.id).toBe('c');
		expect(cashOf([card])).toBeUndefined();
	});
});
