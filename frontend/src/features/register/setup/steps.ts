import { m } from '@/paraglide.gen/messages';

/** The parts of setting a till up, in their order. */
export const steps = ['language', 'server', 'pair', 'fetch', 'printer', 'scanner', 'sound', 'ready'] as const;
export type Step = (typeof steps)[number];

/** Where setting up goes on: what was kept, but nothing that needs a server before there is one, and no second pairing where there is one. */
export function stepAt(kept: string, paired: boolean): Step {
	const step = steps.find((s) => s === kept) ?? 'language';
	if (!paired && steps.indexOf(step) > steps.indexOf('pair')) return 'server';
	return paired && step === 'pair' ? 'fetch' : step;
}

export function after(step: Step): Step {
	return steps[Math.min(steps.indexOf(step) + 1, steps.length - 1)]!;
}
export function before(step: Step): Step {
	return steps[Math.max(steps.indexOf(step) - 1, 0)]!;
}

export const names: Record<Step, () => string> = {
	language: m.dev_step_language,
	server: m.dev_step_server,
	pair: m.dev_step_pair,
	fetch: m.dev_step_fetch,
	printer: m.dev_step_printer,
	scanner: m.dev_step_scanner,
	sound: m.dev_step_sound,
	ready: m.dev_step_ready,
};
