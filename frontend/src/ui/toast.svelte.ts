import type { Tone } from './types';

export type Toast = { id: number; text: string; tone: Tone; detail?: string; undo?: () => void; action?: { label: string; run: () => void } };
export type ToastOptions = Omit<Partial<Toast>, 'id' | 'text'> & { lasts_ms?: number };

let last = 0;
const shown = $state<Toast[]>([]);
const timers = new Map<number, { handle?: ReturnType<typeof setTimeout>; left_ms: number; from: number }>();

/** Short words about what has just happened. `<Toasts />`, placed once by a shell, shows them. */
export const toasts = {
	get list(): readonly Toast[] {
		return shown;
	},
	/** Says something; with `undo` it stays long enough to think. Returns what removes it. */
	say(text: string, options: ToastOptions = {}): () => void {
		const { lasts_ms, ...rest } = options;
		const toast: Toast = { tone: 'neutral', ...rest, id: ++last, text };
		shown.push(toast);
		if (shown.length > 4) this.dismiss(shown[0]!.id);
		// What went wrong stays until it has been read.
		if (toast.tone !== 'bad') run(toast.id, lasts_ms ?? (toast.undo || toast.action ? 8000 : 4500));
		return () => this.dismiss(toast.id);
	},
	dismiss(id: number): void {
		clearTimeout(timers.get(id)?.handle);
		timers.delete(id);
		const at = shown.findIndex((t) => t.id === id);
		if (at >= 0) shown.splice(at, 1);
	},
	/** Time stands still while a pointer or the keyboard is on them. */
	hold(): void {
		for (const timer of timers.values()) {
			clearTimeout(timer.handle);
			timer.left_ms = Math.max(1500, timer.left_ms - (performance.now() - timer.from));
		}
	},
	resume(): void {
		for (const [id, timer] of [...timers]) run(id, timer.left_ms);
	},
};

function run(id: number, left_ms: number): void {
	timers.set(id, { left_ms, from: performance.now(), handle: setTimeout(() => toasts.dismiss(id), left_ms) });
}
