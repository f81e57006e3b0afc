import { describe, expect, it } from 'vitest';
import type { MethodSetup } from '@/platform/till-types';
import { cashOf, dueFor, given, withTender } from './tender';

const cash: MethodSetup = { id: 'c', kind: 'cash', name: 'Cash', opens_drawer: true, position: 2 };
const card: MethodSetup = { id: 'k', kind: 'card', name: 'Card', opens_drawer: false, position: 1 };
const methods = [card, cash];

describe('paying', () => {
	it('rounds only what is left for cash', () => {
		const due = (tenders: Parameters<typeof dueFor>[1], next?: MethodSetup, total_minor = 1003) => dueFor({ total_minor }, tenders, methods, 5, next);
		expect(due([])).toBe(1003);
		expect(due([], cash)).toBe(1005);
		expect(due([], card)).toBe(1003);
		expect(due([{ method_id: 'k', amount_minor: 501 }], cash)).toBe(1001);
		expect(due([{ method_id: 'k', amount_minor: 1003 }], cash)).toBe(1003);
		expect(due([{ method_id: 'c', amount_minor: 500 }])).toBe(1005);
		expect(due([], cash, -1003)).toBe(-1005);
		expect(due([{ method_id: 'k', amount_minor: -501 }], cash, -1003)).toBe(-1001);
		expect(dueFor({ total_minor: 1003 }, [], methods, 1, cash)).toBe(1003);
	});
	it('adds to the same method, but keeps references apart', () => {
		const first = withTender([], { method_id: 'c', amount_minor: 500 });
		const grown = withTender(first, { method_id: 'c', amount_minor: 200 });
		expect(grown).toEqual([{ method_id: 'c', amount_minor: 700 }]);
		const apart = withTender(grown, { method_id: 'c', amount_minor: 100, reference: 'A1' });
		expect(apart).toHaveLength(2);
		expect(given(apart)).toBe(800);
	});
	it('knows which method the quick keys mean', () => {
		expect(cashOf(methods)?.id).toBe('c');
		expect(cashOf([card])).toBeUndefined();
	});
});
