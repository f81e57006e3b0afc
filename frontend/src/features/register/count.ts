/** Counting a drawer: which notes and coins a currency has, in whole units and hundredths. */
const sets: Record<string, { notes: number[]; cents: number[] }> = {
	USD: { notes: [100, 50, 20, 10, 5, 2, 1], cents: [50, 25, 10, 5, 1] },
	EUR: { notes: [500, 200, 100, 50, 20, 10, 5, 2, 1], cents: [50, 20, 10, 5, 2, 1] },
	GBP: { notes: [50, 20, 10, 5, 2, 1], cents: [50, 20, 10, 5, 2, 1] },
	CHF: { notes: [1000, 200, 100, 50, 20, 10, 5, 2, 1], cents: [50, 20, 10, 5] },
	CAD: { notes: [100, 50, 20, 10, 5, 2, 1], cents: [25, 10, 5] },
	AUD: { notes: [100, 50, 20, 10, 5, 2, 1], cents: [50, 20, 10, 5] },
	INR: { notes: [500, 200, 100, 50, 20, 10, 5, 2, 1], cents: [] },
	LKR: { notes: [5000, 1000, 500, 100, 50, 20, 10, 5, 2, 1], cents: [] },
	AED: { notes: [1000, 500, 200, 100, 50, 20, 10, 5, 1], cents: [50, 25] },
	SAR: { notes: [500, 200, 100, 50, 20, 10, 5, 2, 1], cents: [50, 25, 10, 5] },
	JPY: { notes: [10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1], cents: [] },
};

/** Notes and coins in minor units, largest first; none for a currency whose set is not kept here. */
export function denominations(currency: string, digits: number): number[] {
	const set = sets[currency];
	if (!set || (set.cents.length && digits !== 2)) return [];
	return [...set.notes.map((note) => note * 10 ** digits), ...set.cents];
}

/** What was counted, in minor units; null if the count is beyond exact integers. */
export function counted(counts: Readonly<Record<number, string>>): number | null {
	const sum = Object.entries(counts).reduce((all, [note, count]) => all + Number(note) * Number(count || 0), 0);
	return Number.isSafeInteger(sum) ? sum : null;
}
