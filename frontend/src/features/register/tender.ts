import type { CartView, MethodSetup, TenderIn } from '@/platform/till-types';

/**
 * What is shown while a sale is being paid. Only given amounts are taken from a
 * due that the till has named; what goes back is said by the till when the sale
 * is finished.
 */

/** What is due if the payments so far are topped up by this method: rounded only where all of it is cash. */
export function dueFor(cart: Pick<CartView, 'total_minor' | 'cash_due_minor'>, tenders: readonly TenderIn[], methods: readonly MethodSetup[], next?: MethodSetup): number {
	const kinds = tenders.map((t) => methods.find((m) => m.id === t.method_id)?.kind);
	if (next) kinds.push(next.kind);
	return kinds.length > 0 && kinds.every((kind) => kind === 'cash') ? cart.cash_due_minor : cart.total_minor;
}

/** What was handed over so far. */
export function given(tenders: readonly TenderIn[]): number {
	return tenders.reduce((sum, tender) => sum + tender.amount_minor, 0);
}

/** Methods in the order the shop has them; cash is what the quick keys mean. */
export function inOrder(methods: readonly MethodSetup[]): MethodSetup[] {
	return [...methods].sort((a, b) => a.position - b.position || a.name.localeCompare(b.name));
}

export function cashOf(methods: readonly MethodSetup[]): MethodSetup | undefined {
	return inOrder(methods).find((m) => m.kind === 'cash');
}

/** Adds a payment; the same method without a reference grows. */
export function withTender(tenders: readonly TenderIn[], tender: TenderIn): TenderIn[] {
	const at = tenders.findIndex((t) => t.method_id === tender.method_id && !t.reference && !tender.reference);
	if (at < 0) return [...tenders, tender];
	return tenders.map((t, index) => (index === at ? { ...t, amount_minor: t.amount_minor + tender.amount_minor } : t));
}
