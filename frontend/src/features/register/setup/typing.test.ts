import { expect, test } from 'vitest';
import { Typing } from './typing';

test('a hand is slow', () => {
	const typing = new Typing();
	for (let n = 1; n <= 8; n++) typing.grew(n, n * 120);
	expect(typing.fast).toBe(false);
	expect(typing.take()).toEqual({ keys: 8, took_ms: 840 });
});

test('a scanner without an end is fast, even when its keys come as one', () => {
	const typing = new Typing();
	typing.grew(1, 1000);
	typing.grew(2, 1004);
	typing.grew(13, 1140);
	expect(typing.fast).toBe(true);
	expect(typing.take()).toEqual({ keys: 13, took_ms: 140 });
	expect(typing.fast).toBe(false);
});
