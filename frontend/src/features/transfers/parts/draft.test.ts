import { expect, test } from 'vitest';
import { less, withOneMore } from './draft';

const milk = { item_id: 'milk', name: 'Milk', sku: 'M', unit: 'each', decimals: 0 };

test('scanning an item again counts it up, whatever was typed before', () => {
	const once = withOneMore([], milk);
	expect(once).toEqual([{ ...milk, quantity: '1' }]);
	expect(withOneMore(once, milk)[0]!.quantity).toBe('2');
	expect(withOneMore([{ ...milk, quantity: '1.25' }], milk)[0]!.quantity).toBe('2.25');
	expect(withOneMore([{ ...milk, quantity: null }], milk)[0]!.quantity).toBe('1');
});

test('quantities are compared exactly', () => {
	expect(less('9', '10')).toBe(true);
	expect(less('0.30000000000000001', '0.3')).toBe(false);
	expect(less('2', '2.0000')).toBe(false);
	expect(less('-1', '0')).toBe(true);
});
