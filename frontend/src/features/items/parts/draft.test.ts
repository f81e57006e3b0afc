import { expect, test } from 'vitest';
import type { Item } from '../queries';
import { blank, draftOf, newOf, patchOf, updateOf } from './draft';

test('empty fields are left out, so that the server makes up what it can', () => {
	const draft = { ...blank('standard'), name: '  Bread ', codes: [{ code: ' ', quantity: '1' }] };
	expect(updateOf(draft)).toMatchObject({ name: 'Bread', sku: undefined, category_id: undefined, price_minor: 0, min_stock: '0' });
	expect(newOf(draft)).toMatchObject({ id: draft.id, barcodes: [] });
	expect('version' in newOf(draft)).toBe(false);
});

test('a cell changes one thing and leaves the barcodes and the picture alone', () => {
	const item = { id: 'i', name: 'Tea', sku: 'T', plu: '', unit: 'each', sold_by: 'each', tax_code: 'standard', price_minor: 100, cost_minor: 40, track_stock: true, min_stock: '2.0000', description: 'Green', favourite: true, active: true, barcodes: [{ code: '1', quantity: '1' }], picture_id: 'p', version: 7 } as Item;
	const patch = patchOf(item, { price_minor: 120 });
	expect(patch).toMatchObject({ name: 'Tea', price_minor: 120, cost_minor: 40, min_stock: '2', description: 'Green', version: 7 });
	expect('barcodes' in patch).toBe(false);
	expect('picture_id' in patch).toBe(false);
	expect(updateOf(draftOf(item)).picture_id).toBe('p');
	expect(updateOf({ ...draftOf(item), picture: '' }).picture_id).toMatch(/^[0-]+$/);
});
