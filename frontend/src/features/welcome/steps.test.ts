import { expect, test } from 'vitest';
import type { Progress } from './queries';
import { steps } from './steps';

const empty: Progress = { items: 0, samples: 0, stocked: false, people: 0, receipt_named: false, tills: 1, till_paired: false, shift_opened: false, sold: false, browser_register: true };

test('each step ticks itself off from what is there, and only that one', () => {
	expect(steps(empty).filter((s) => s.done)).toEqual([]);
	const changes: [string, Partial<Progress>][] = [
		['items', { items: 1 }], ['receipt', { receipt_named: true }], ['people', { people: 1 }], ['stock', { stocked: true }],
		['till', { till_paired: true }], ['shift', { shift_opened: true }], ['sale', { sold: true }],
	];
	for (const [id, change] of changes) {
		expect(steps({ ...empty, ...change }).filter((s) => s.done).map((s) => s.id)).toEqual([id]);
	}
});

test('selling in the browser is offered where there is a register for it', () => {
	const till = (now: Progress) => steps(now).find((s) => s.id === 'till')?.other;
	expect(till(empty)?.href).toBe('/register');
	expect(till({ ...empty, browser_register: false })).toBeUndefined();
});

test('samples are offered to an empty shop only', () => {
	const offered = (now: Progress) => steps(now).filter((s) => s.samples).map((s) => s.id);
	expect(offered(empty)).toEqual(['items']);
	expect(offered({ ...empty, items: 1 })).toEqual([]);
});
