/** Round marks that span the values and always include zero, smallest first: [3, 1480] → [0, 500, 1000, 1500]. */
export function ticks(values: readonly (number | null)[], wanted = 4): number[] {
	const known = values.filter((v): v is number => v !== null && Number.isFinite(v));
	const low = Math.min(0, ...known);
	const high = Math.max(0, ...known);
	if (low === high) return [0, 1];
	const rough = (high - low) / wanted;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999) ?? 10 * power;
	const from = Math.floor(low / step);
	const to = Math.ceil(high / step);
	return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step);
}
