import { expect, test } from 'vitest';
import { blank, codeChanges, newOf, updateOf } from './draft';

test('a barcode whose quantity changed is taken away and added again, others stay', () => {
	const before = [{ code: '1', quantity: '1' }, { code: '2', quantity: '6' }];
	const after = [{ code: '1', quantity: '1' }, { code: '2', quantity: '12' }, { code: '3', quantity: '1' }];
	expect(codeChanges(before, after)).toEqual({ remove: ['2'], add: [{ code: '2', quantity: '12' }, { code: '3', quantity: '1' }] });
});

test('empty fields are left out, so that the server makes up what it can', () => {
	const draft = { ...blank('standard'), name: '  Bread ', codes: [{ code: ' ', quantity: '1' }] };
	expect(updateOf(draft)).toMatchObject({ name: 'Bread', sku: undefined, category_id: undefined, price_minor: 0, min_stock: '0' });
	expect(newOf(draft)).toMatchObject({ id: draft.id, barcodes: [] });
	expect('version' in newOf(draft)).toBe(false);
});
