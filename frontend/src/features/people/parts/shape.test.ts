import { expect, test } from 'vitest';
import type { Role } from '../queries';
import { copied, differing, has, sameShape, shapeOf, wordsOf } from './shape';

const floor = new Set(['sales.sell', 'sales.refund']);

test('a role has what it stands on gives it, unless it says otherwise', () => {
	const words = wordsOf({ grants: ['sales.void'], denials: ['sales.refund'] });
	expect(['sales.sell', 'sales.refund', 'sales.void', 'sales.drawer'].filter((p) => has(floor, words, p))).toEqual(['sales.sell', 'sales.void']);
});

test('what is left to the default is not sent', () => {
	expect(shapeOf({ 'sales.void': 'granted', 'sales.refund': 'denied', 'sales.sell': 'default' })).toEqual({ grants: ['sales.void'], denials: ['sales.refund'] });
	expect(sameShape({ grants: ['a', 'b'], denials: [] }, { grants: ['b', 'a'], denials: [] })).toBe(true);
	expect(sameShape({ grants: ['a'], denials: [] }, { grants: [], denials: ['a'] })).toBe(false);
});

test('what two people said differently is named', () => {
	expect(differing({ a: 'granted', b: 'denied', c: 'default' }, { a: 'denied', b: 'denied', d: 'granted' })).toEqual(['a', 'd']);
});

test('a copy of a built-in role stands on it, one of an own role beside it', () => {
	const role = { key: 'cashier', base: 'cashier', own: false, grants: ['x'], denials: [] } as unknown as Role;
	expect(copied(role)).toEqual({ base: 'cashier', words: {} });
	expect(copied({ ...role, own: true })).toEqual({ base: 'cashier', words: { x: 'granted' } });
});
