import { describe, expect, it } from 'vitest';
import type { Terms } from './queries';
import { draftOf, kinds, standing, termsOf } from './terms';

const examples: Terms[] = [
	{ kind: 'percent', goods: { categories: ['c'] }, percent: '12.5', amount_minor: 0, min_quantity: 3, max_uses: 2, members: true, coupon: 'TEN', stores: ['s'], from: '2026-01-01', until: '2026-01-31', days: [5, 6], from_hour: '17:00', until_hour: '19:00', priority: -2, stacks: true },
	{ kind: 'amount', goods: {}, percent: '0', amount_minor: 50 },
	{ kind: 'price', goods: { items: ['i'] }, percent: '0', amount_minor: 0 },
	{ kind: 'buy_get', goods: {}, percent: '100', amount_minor: 0, buy: 2, get: 1, gets: { items: ['i'] } },
	{ kind: 'multi_buy', goods: {}, percent: '0', amount_minor: 500, count: 3 },
	{ kind: 'bundle', goods: {}, percent: '0', amount_minor: 999, parts: [{ items: ['a'], count: 1 }, { categories: ['c'], count: 2 }] },
	{ kind: 'spend', goods: {}, percent: '0', amount_minor: 500, min_spend_minor: 5000 },
	{ kind: 'spend', goods: {}, percent: '10', amount_minor: 0, min_spend_minor: 5000 },
];

describe('terms', () => {
	it('are what they were after the form had them', () => {
		expect(new Set(examples.map((e) => e.kind))).toEqual(new Set(kinds));
		for (const terms of examples) expect(termsOf(draftOf(terms))).toEqual(terms);
	});
	it('lose what another kind had no use for', () => {
		const draft = { ...draftOf(examples[0]), kind: 'multi_buy' as const, amount_minor: 500, count: '3' };
		expect(termsOf(draft)).not.toHaveProperty('min_quantity');
		expect(termsOf(draft).percent).toBe('0');
	});
	it('stand as the day says', () => {
		const p = (active: boolean, from?: string, until?: string) => standing({ active, terms: { ...examples[1]!, from, until } }, '2026-05-05');
		expect([p(false), p(true), p(true, '2026-05-06'), p(true, '2026-05-05', '2026-05-05'), p(true, undefined, '2026-05-04')]).toEqual(['stopped', 'running', 'scheduled', 'running', 'over']);
	});
});
