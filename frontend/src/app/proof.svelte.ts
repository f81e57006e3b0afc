/** Asks whoever is signed in to show once more who it is, while what asked for it waits. */
let waiting = $state.raw<((done: boolean) => void)[]>([]);

export const proof = {
	get asked(): boolean {
		return waiting.length > 0;
	},
	ask(): Promise<boolean> {
		return new Promise((resolve) => (waiting = [...waiting, resolve]));
	},
	settle(done: boolean): void {
		const all = waiting;
		waiting = [];
		for (const resolve of all) resolve(done);
	},
};
