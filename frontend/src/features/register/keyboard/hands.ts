/**
 * Tells whether somebody types on a keyboard with keys. A scanner's keys come in
 * bursts and say nothing about that; a lone key is taken for a scanner's first
 * until it is clear that no second one follows at once.
 */
export class Hands {
	#last = -Infinity;
	#open = -Infinity;
	#typed = -Infinity;
	#gap: number;

	constructor(gap_ms = 35) {
		this.#gap = gap_ms;
	}

	key(at: number): void {
		const burst = at - this.#last <= this.#gap;
		if (!burst) this.#settle();
		this.#open = burst ? -Infinity : at;
		this.#last = at;
	}

	/** Whether a hand pressed a key within so many ms. */
	within(ms: number, now: number): boolean {
		if (now - this.#last > this.#gap) this.#settle();
		return now - this.#typed <= ms;
	}

	#settle(): void {
		if (this.#open > this.#typed) this.#typed = this.#open;
		this.#open = -Infinity;
	}
}
