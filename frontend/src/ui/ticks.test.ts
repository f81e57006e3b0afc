import { expect, test } from 'vitest';
import { ticks } from './ticks';

test('marks are round, span the values and include zero', () => {
	expect(ticks([3, 1480])).toEqual([0, 500, 1000, 1500]);
	expect(ticks([-30, 90, null])).toEqual([-50, 0, 50, 100]);
	expect(ticks([])).toEqual([0, 1]);
	expect(ticks([40, 80])).toEqual([0, 20, 40, 60, 80]);
});
