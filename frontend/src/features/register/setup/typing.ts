/** Watches a field grow, to tell a scanner that ends with no key from a hand. */
export class Typing {
	#began = 0;
	#last = 0;
	#length = 0;

	grew(length: number, at: number): void {
		if (this.#length === 0 || length < this.#length) this.#began = at;
		this.#length = length;
		this.#last = at;
	}
	/** Came faster than any hand types: a scanner's keys are a few milliseconds apart. */
	get fast(): boolean {
		return this.#length >= 6 && (this.#last - this.#began) / this.#length < 35;
	}
	/** What has been typed is finished; the silence behind it is not counted. */
	take(): { keys: number; took_ms: number } {
		const how = { keys: this.#length, took_ms: Math.round(this.#last - this.#began) };
		this.#length = 0;
		return how;
	}
}
