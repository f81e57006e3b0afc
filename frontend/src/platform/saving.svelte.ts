import { Problem } from './problem';

/** One thing being saved: whether it is under way, and what stood in its way. */
export class Saving {
	busy = $state(false);
	problem = $state.raw<Problem | null>(null);

	/** Runs it, unless it is running already; true if it was done. What it throws becomes `problem`. */
	async run(work: () => Promise<unknown>): Promise<boolean> {
		if (this.busy) return false;
		this.busy = true;
		this.problem = null;
		try {
			await work();
			return true;
		} catch (error) {
			this.problem = Problem.from(error);
			return false;
		} finally {
			this.busy = false;
		}
	}

	/** What the server said of one field. On a conflict the fields are what others stored, not mistakes. */
	of(field: string): string | undefined {
		return (!this.conflict && this.problem?.fields[field]) || undefined;
	}

	/** Someone else saved it first. */
	get conflict(): boolean {
		return !!this.problem?.code.endsWith('changed_meanwhile');
	}
}
