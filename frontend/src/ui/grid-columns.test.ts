import { expect, test } from 'vitest';
import { arranged, choices, laidOut } from './grid-columns';
import type { Column } from './types';

const columns: Column<unknown>[] = [
	{ key: 'name', label: 'Name', narrow: 'primary' },
	{ key: 'sku', label: 'SKU' },
	{ key: 'cost', label: 'Cost', optional: true },
];
const keys = (list: Column<unknown>[]) => list.map((c) => c.key);

test('without a layout every column but the optional ones is shown', () => {
	expect(keys(laidOut(columns, undefined))).toEqual(['name', 'sku']);
	expect(keys(laidOut(columns, { columns: [], dense: true }))).toEqual(['name', 'sku']);
});

test('the column that opens a row stays first, and what no longer exists is passed over', () => {
	expect(keys(laidOut(columns, { columns: ['cost', 'gone', 'name', 'sku'], dense: false }))).toEqual(['name', 'cost', 'sku']);
});

test('columns are shown, left out and moved', () => {
	expect(arranged(['a', 'b'], 'c', 'show')).toEqual(['a', 'b', 'c']);
	expect(arranged(['a', 'b'], 'a', 'hide')).toEqual(['b']);
	expect(arranged(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
	expect(arranged(['a', 'b', 'c'], 'c', 1)).toEqual(['a', 'b', 'c']);
	expect(choices(columns, undefined).map((c) => c.shown)).toEqual([true, true, false]);
});
