import { m } from '@/paraglide.gen/messages';

const kinds: Record<string, () => string> = { asset: m.accounts_asset, liability: m.accounts_liability, equity: m.accounts_equity, income: m.accounts_income, expense: m.accounts_expense };
const sources: Record<string, () => string> = { sale: m.sales_kind_sale, refund: m.sales_kind_refund, void: m.sales_kind_void, shift: m.accounts_from_shift, shift_close: m.accounts_from_shift, stock_adjustment: m.accounts_from_stock, adjustment: m.accounts_from_stock, count: m.accounts_from_stock, opening: m.accounts_from_stock, transfer_out: m.stock_transfer_out, transfer_in: m.stock_transfer_in };

export const kindName = (kind: string): string => kinds[kind]?.() ?? kind;
export const sourceName = (source: string): string => sources[source]?.() ?? source.replaceAll('_', ' ');
