import type { Column, GridLayout } from './types';

/** A grid's columns as a person laid them out. The first cannot be left out: it opens the row. */
export function laidOut<Row>(columns: Column<Row>[], layout: GridLayout | undefined): Column<Row>[] {
	if (!layout?.columns.length) return columns.filter((c) => !c.optional);
	const first = columns.find((c) => c.narrow === 'primary') ?? columns[0];
	const wanted = layout.columns.flatMap((key) => columns.find((c) => c.key === key && c !== first) ?? []);
	return first ? [first, ...wanted] : wanted;
}

/** Every column with whether it is shown: those shown first, in their order. */
export function choices<Row>(columns: Column<Row>[], layout: GridLayout | undefined): { column: Column<Row>; shown: boolean }[] {
	const shown = laidOut(columns, layout);
	return [...shown.map((column) => ({ column, shown: true })), ...columns.filter((c) => !shown.includes(c)).map((column) => ({ column, shown: false }))];
}

/** The keys of the columns after one was shown, left out, or moved by so many places. */
export function arranged(keys: readonly string[], key: string, change: 'show' | 'hide' | 1 | -1): string[] {
	if (change === 'show') return [...keys, key];
	if (change === 'hide') return keys.filter((k) => k !== key);
	const from = keys.indexOf(key);
	const to = Math.max(0, Math.min(keys.length - 1, from + change));
	const rest = keys.filter((k) => k !== key);
	return [...rest.slice(0, to), key, ...rest.slice(to)];
}
