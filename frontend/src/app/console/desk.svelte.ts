import type { Me, Step } from './calls';

type State = { status: 'unknown' } | { status: 'out'; ended: boolean } | { status: 'step'; step: Step } | { status: 'in'; me: Me };

let state = $state.raw<State>({ status: 'unknown' });
let waiting = $state.raw<((done: boolean) => void)[]>([]);

/** Who is signed in at the console, and whether a fresh code is asked for. */
export const desk = {
	get state(): State {
		return state;
	},
	be(next: State): void {
		state = next;
	},
	/** Some call was answered 401. */
	ended(): void {
		if (state.status === 'in') state = { status: 'out', ended: true };
	},
	get proofAsked(): boolean {
		return waiting.length > 0;
	},
	askProof(): Promise<boolean> {
		return new Promise((resolve) => (waiting = [...waiting, resolve]));
	},
	settle(done: boolean): void {
		const all = waiting;
		waiting = [];
		for (const resolve of all) resolve(done);
	},
};
