import { say } from '@/platform/terms.svelte';
import { m } from '@/paraglide.gen/messages';
import type { Reason } from './queries';

const reasons: Record<Reason, () => string> = { damaged: m.stock_damaged, expired: m.stock_expired, lost: m.stock_lost, stolen: m.stock_stolen, found: m.stock_found, own_use: m.stock_own_use, other: m.stock_other };
/** Why an arrival is not what was sent; nobody corrects stock by hand for it. */
const arrivals: Record<string, () => string> = { miscounted: m.transfers_miscounted };
const sources: Record<string, () => string> = { sale: () => say('sale', m.sales_kind_sale), refund: m.sales_kind_refund, void: m.sales_kind_void, adjustment: m.stock_adjustment, count: m.stock_count, opening: m.stock_opening, transfer_out: m.stock_transfer_out, transfer_in: m.stock_transfer_in };

export const reasonOptions = () => Object.entries(reasons).map(([value, label]) => ({ value, label: label() }));
export const reasonName = (reason: string): string => reasons[reason as Reason]?.() ?? arrivals[reason]?.() ?? reason;
export const sourceName = (source: string): string => sources[source]?.() ?? source.replaceAll('_', ' ');
