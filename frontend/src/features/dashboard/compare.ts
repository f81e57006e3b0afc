/** How a figure stands against an earlier one, as a ratio: 0.062 is 6.2 % more. Null when there is nothing to compare with. */
export function changeOf(now: number, before: number): number | null {
	return before === 0 ? null : (now - before) / Math.abs(before);
}

/** Margin as a part of what was sold without tax; null when nothing was sold, or costs are not shown. */
export function marginOf(totals: { net_minor: number; margin_minor?: number | null }): number | null {
	return totals.margin_minor == null || totals.net_minor === 0 ? null : totals.margin_minor / totals.net_minor;
}

type Hour = { hour: number; total_minor: number; last_week_minor: number };

/** Every hour between the first and the last that sold something; the sums of those that did not are zero. A day that ends at 4 begins at 5. */
export function wholeDay(hours: readonly Hour[]): Hour[] {
	const first = hours[0]?.hour;
	const last = hours.at(-1)?.hour;
	if (first === undefined || last === undefined) return [];
	const length = (last - first + 24) % 24;
	return Array.from({ length: length + 1 }, (_, at) => {
		const hour = (first + at) % 24;
		return hours.find((h) => h.hour === hour) ?? { hour, total_minor: 0, last_week_minor: 0 };
	});
}
