import { tidy } from '@/platform/format';
import { uuid } from '@/platform/uuid';
import type { Item, ItemUpdate, NewItem } from '../queries';

type Code = { code: string; quantity: string };

/** An item as its form holds it: empty fields are empty text or null. */
export type Draft = {
	id: string;
	name: string;
	sku: string;
	plu: string;
	category: string;
	unit: string;
	soldBy: Item['sold_by'];
	tax: string;
	price: number | null;
	cost: number | null;
	track: boolean;
	least: string | null;
	description: string;
	favourite: boolean;
	active: boolean;
	codes: Code[];
	/** The picture's id; empty for none. */
	picture: string;
	version: number;
};

export function blank(tax: string): Draft {
	return { id: uuid(), name: '', sku: '', plu: '', category: '', unit: 'each', soldBy: 'each', tax, price: null, cost: null, track: true, least: null, description: '', favourite: false, active: true, codes: [], picture: '', version: 0 };
}

export function draftOf(item: Item): Draft {
	return {
		id: item.id,
		name: item.name,
		sku: item.sku,
		plu: item.plu,
		category: item.category_id ?? '',
		unit: item.unit,
		soldBy: item.sold_by,
		tax: item.tax_code,
		price: item.price_minor,
		cost: item.cost_minor ?? null,
		track: item.track_stock,
		least: tidy(item.min_stock),
		description: item.description,
		favourite: item.favourite,
		active: item.active,
		codes: item.barcodes.map((b) => ({ code: b.code, quantity: tidy(b.quantity) })),
		picture: item.picture_id ?? '',
		version: item.version,
	};
}

/** Left out, a picture would stay. */
const noPicture = '00000000-0000-0000-0000-000000000000';

export function updateOf(draft: Draft): ItemUpdate {
	return {
		name: draft.name.trim(),
		sku: draft.sku.trim() || undefined,
		plu: draft.plu.trim() || undefined,
		category_id: draft.category || undefined,
		unit: draft.unit,
		sold_by: draft.soldBy,
		tax_code: draft.tax,
		price_minor: draft.price ?? 0,
		cost_minor: draft.cost ?? 0,
		track_stock: draft.track,
		min_stock: draft.least ?? '0',
		description: draft.description,
		favourite: draft.favourite,
		barcodes: codesOf(draft),
		picture_id: draft.picture || noPicture,
		version: draft.version,
	};
}

export function newOf(draft: Draft): NewItem {
	const { version: _, ...facts } = updateOf(draft);
	return { ...facts, id: draft.id };
}

/** An item with one thing of it changed, as a cell of the list changes it; its barcodes and its picture stay. */
export function patchOf(item: Item, change: Partial<Pick<ItemUpdate, 'name' | 'price_minor'>>): ItemUpdate {
	const { barcodes: _, picture_id: __, ...facts } = updateOf(draftOf(item));
	return { ...facts, ...change };
}

/** The barcodes that were filled in. */
export function codesOf(draft: Draft): Code[] {
	return draft.codes.map((c) => ({ code: c.code.trim(), quantity: c.quantity || '1' })).filter((c) => c.code);
}
