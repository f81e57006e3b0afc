import type { CartView, MethodSetup, TenderIn } from '@/platform/till-types';

/**
 * What is shown while a sale is being paid. Only given amounts are taken from a
 * due that the till has named; what goes back is said by the till when the sale
 * is finished.
 */

type Owed = Pick<CartView, 'total_minor'>;

/**
 * What is due if the payments so far are topped up by this method. Only what is
 * left for cash is rounded, to the smallest coin; what goes back (less than
 * nothing) is the mirror of it.
 */
export function dueFor(cart: Owed, tenders: readonly TenderIn[], methods: readonly MethodSetup[], step: number, next?: MethodSetup): number {
	const total = cart.total_minor;
	const kindOf = (tender: TenderIn) => methods.find((m) => m.id === tender.method_id)?.kind;
	const other = given(tenders.filter((t) => kindOf(t) !== 'cash'));
	const cash = next?.kind === 'cash' || tenders.some((t) => kindOf(t) === 'cash');
	const sign = total < 0 ? -1 : 1;
	const rest = sign * (total - other);
	return cash && rest > 0 ? other + sign * roundedTo(rest, step) : total;
}

/** To the nearest amount that coins can pay, half up. */
function roundedTo(minor: number, step: number): number {
	if (step <= 1) return minor;
	const over = minor % step;
	return over * 2 < step ? minor - over : minor - over + step;
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
