import { expect, test } from 'vitest';
import { Hands } from './hands';

test('a hand at the keys is noticed, and forgotten after a while', () => {
	const hands = new Hands();
	expect(hands.within(60_000, 0)).toBe(false);
	hands.key(1000);
	expect(hands.within(60_000, 1010)).toBe(false);
	expect(hands.within(60_000, 1100)).toBe(true);
	hands.key(1200);
	hands.key(1400);
	expect(hands.within(60_000, 2000)).toBe(true);
	expect(hands.within(60_000, 70_000)).toBe(false);
});

test('scans are no hands', () => {
	const hands = new Hands();
	for (let scan = 0; scan < 3; scan++) for (let n = 0; n < 14; n++) hands.key(1000 + scan * 500 + n * 6);
	expect(hands.within(60_000, 5000)).toBe(false);
	hands.key(6000);
	expect(hands.within(60_000, 6200)).toBe(true);
});
