/** How many of a line come back. Quantities are decimal text of at most four decimals. */

const scale = 10_000;

function whole(text: string): number {
	return Math.round(Number(text) * scale);
}
function written(units: number): string {
	return String(units / scale);
}

/** a less b, and never below nothing. */
export function less(a: string, b: string): string {
	return written(Math.max(0, whole(a) - whole(b)));
}

/** One more, or all that is left where that is less than one. */
export function more(count: string, left: string): string {
	return written(Math.min(whole(count) + scale, whole(left)));
}

export function none(count: string): boolean {
	return whole(count) === 0;
}
