import { expect, test } from 'vitest';
import { changeOf, marginOf, wholeDay } from './compare';

test('nothing is compared with nothing', () => {
	expect(changeOf(500, 0)).toBeNull();
	expect(changeOf(1100, 1000)).toBeCloseTo(0.1);
	expect(changeOf(-50, -100)).toBeCloseTo(0.5);
});

test('a margin needs sales and the right to see costs', () => {
	expect(marginOf({ net_minor: 1000, margin_minor: 250 })).toBe(0.25);
	expect(marginOf({ net_minor: 0, margin_minor: 0 })).toBeNull();
	expect(marginOf({ net_minor: 1000 })).toBeNull();
});

test('quiet hours between busy ones are drawn, also past midnight', () => {
	const of = (hour: number) => ({ hour, total_minor: 10, last_week_minor: 5 });
	expect(wholeDay([of(9), of(12)]).map((h) => [h.hour, h.total_minor])).toEqual([[9, 10], [10, 0], [11, 0], [12, 10]]);
	expect(wholeDay([of(23), of(1)]).map((h) => h.hour)).toEqual([23, 0, 1]);
	expect(wholeDay([])).toEqual([]);
});
