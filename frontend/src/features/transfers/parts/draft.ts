import { tidy } from '@/platform/format';
import { uuid } from '@/platform/uuid';
import type { NewTransfer, Transfer } from '../queries';

export type DraftLine = { item_id: string; name: string; sku: string; unit: string; decimals: number; quantity: string | null };

/** A transfer as its form holds it before it is sent. */
export type Draft = { id: string; from: string; to: string; note: string; lines: DraftLine[] };

export const blank = (from: string, to: string): Draft => ({ id: uuid(), from, to, note: '', lines: [] });

export const draftOf = (t: Transfer): Draft => ({
	id: t.id,
	from: t.from_location_id,
	to: t.to_location_id,
	note: t.note,
	lines: t.lines.map((l) => ({ item_id: l.item_id, name: l.name, sku: l.sku, unit: l.unit, decimals: l.decimals, quantity: tidy(l.quantity) })),
});

export const newOf = (draft: Draft): NewTransfer => ({
	id: draft.id,
	from_location_id: draft.from,
	to_location_id: draft.to,
	note: draft.note.trim() || undefined,
	lines: draft.lines.map(({ item_id, quantity }) => ({ item_id, quantity: quantity ?? '0' })),
});

/** One more of an item: a line of its own, or one more on the line that it has. */
export function withOneMore(lines: DraftLine[], line: Omit<DraftLine, 'quantity'>): DraftLine[] {
	const at = lines.findIndex((l) => l.item_id === line.item_id);
	if (at < 0) return [...lines, { ...line, quantity: '1' }];
	const [whole = '0', fraction] = (lines[at]!.quantity ?? '0').split('.');
	return lines.with(at, { ...lines[at]!, quantity: String(BigInt(whole) + 1n) + (fraction ? '.' + fraction : '') });
}

/** a < b for two non-negative decimals given as text, exactly. */
export function less(a: string, b: string): boolean {
	const places = Math.max(a.split('.')[1]?.length ?? 0, b.split('.')[1]?.length ?? 0);
	const whole = (text: string) => {
		const [units = '0', fraction = ''] = text.replace('-', '').split('.');
		const size = BigInt(units + fraction.padEnd(places, '0'));
		return text.startsWith('-') ? -size : size;
	};
	return whole(a) < whole(b);
}
