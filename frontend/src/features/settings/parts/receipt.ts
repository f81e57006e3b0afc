import { m } from '@/paraglide.gen/messages';
import type { ReceiptDesign } from '../queries';

export type Part = NonNullable<ReceiptDesign['design']['parts']>[number];

export const partNames: Record<Part, () => string> = {
	store: m.receipts_part_store, till: m.receipts_part_till, cashier: m.receipts_part_cashier, customer: m.receipts_part_customer,
	item_codes: m.receipts_part_item_codes, unit_prices: m.receipts_part_unit_prices, saved: m.receipts_part_saved,
	items_sold: m.receipts_part_items_sold, taxes: m.receipts_part_taxes, policy: m.receipts_part_policy, footer: m.receipts_part_footer,
	code: m.receipts_part_code,
};
/** Parts with a place of their own, and those below the totals, which the shop orders. */
export const fixed: Part[] = ['store', 'till', 'cashier', 'customer', 'item_codes', 'unit_prices'];
export const movable: Part[] = ['saved', 'items_sold', 'taxes', 'policy', 'footer', 'code'];

/** A design as the form holds it: every choice is a text, every part is in the list, shown or not. */
export type Draft = {
	header: string; footer: string; policy: string; logo: string;
	paper: string; language: string; second: string; logoSize: string;
	headerAlign: string; headerEmphasis: string; footerAlign: string; footerEmphasis: string;
	shown: Part[]; order: Part[]; code: string; print: string; copies: string; gift: boolean;
};

export function draftOf(kept: ReceiptDesign): Draft {
	const d = kept.design;
	const parts = d.parts ?? [];
	return {
		header: kept.header, footer: kept.footer, policy: d.policy ?? '', logo: kept.logo_png ?? '',
		paper: String(d.paper_mm ?? 0), language: d.languages?.[0] ?? '', second: d.languages?.[1] ?? '', logoSize: d.logo_size ?? 'medium',
		headerAlign: d.header_style?.align ?? 'center', headerEmphasis: d.header_style?.emphasis ?? 'none',
		footerAlign: d.footer_style?.align ?? 'center', footerEmphasis: d.footer_style?.emphasis ?? 'none',
		shown: [...fixed, ...movable].filter((part) => parts.includes(part)),
		order: [...parts.filter((part) => movable.includes(part)), ...movable.filter((part) => !parts.includes(part))],
		code: d.code ?? '', print: d.print ?? 'always', copies: String(Math.max(1, d.copies ?? 1)), gift: d.gift ?? false,
	};
}

type Design = ReceiptDesign['design'];
type Style = NonNullable<Design['header_style']>;

export function designOf(draft: Draft, version: number): ReceiptDesign {
	const languages = [draft.language, draft.language ? draft.second : ''].filter((one, at, all) => one && all.indexOf(one) === at) as NonNullable<Design['languages']>;
	return {
		header: draft.header, footer: draft.footer, version, ...(draft.logo ? { logo_png: draft.logo } : {}),
		design: {
			paper_mm: Number(draft.paper) as Design['paper_mm'], languages, logo_size: draft.logoSize as Design['logo_size'],
			header_style: { align: draft.headerAlign as Style['align'], emphasis: draft.headerEmphasis as Style['emphasis'] },
			footer_style: { align: draft.footerAlign as Style['align'], emphasis: draft.footerEmphasis as Style['emphasis'] },
			policy: draft.policy, parts: [...fixed, ...draft.order].filter((part) => draft.shown.includes(part)),
			...(draft.code ? { code: draft.code as Design['code'] } : {}), print: draft.print as Design['print'], copies: Number(draft.copies), gift: draft.gift,
		},
	};
}

/** The widest that a logo is kept: more dots than any receipt printer has. */
const widest = 640;

/** A picture file as a PNG that is no larger than a printer can use, in base64. */
export async function logoOf(file: File): Promise<string> {
	const picture = await createImageBitmap(file);
	const scale = Math.min(1, widest / picture.width, widest / picture.height);
	const canvas = document.createElement('canvas');
	canvas.width = Math.max(1, Math.round(picture.width * scale));
	canvas.height = Math.max(1, Math.round(picture.height * scale));
	canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
	return canvas.toDataURL('image/png').split(',')[1]!;
}

const readable: { [Key in keyof Draft]?: () => string } = {
	header: m.receipts_header, footer: m.receipts_footer, policy: m.receipts_policy, logoSize: m.receipts_logo_size, paper: m.receipts_paper_width,
	language: m.receipts_language, second: m.receipts_second, code: m.receipts_code, print: m.receipts_when, copies: m.receipts_copies,
};

/** Where two drafts differ, in words a person can compare. */
export function differences(mine: Draft, theirs: Draft): { label: string; mine: string; theirs: string }[] {
	const texts = Object.entries(readable).filter(([key]) => mine[key as keyof Draft] !== theirs[key as keyof Draft]);
	const listed = texts.map(([key, label]) => ({ label: label(), mine: String(mine[key as keyof Draft]), theirs: String(theirs[key as keyof Draft]) }));
	const said = (draft: Draft) => [...fixed, ...draft.order].filter((part) => draft.shown.includes(part)).map((part) => partNames[part]()).join(', ');
	if (said(mine) !== said(theirs)) listed.push({ label: m.receipts_shown(), mine: said(mine), theirs: said(theirs) });
	return listed;
}
