import { describe, expect, it } from 'vitest';
import { counted, denominations } from './count';

describe('counting the drawer', () => {
	it('lists notes and coins in minor units', () => {
		expect(denominations('USD', 2).slice(0, 3)).toEqual([10000, 5000, 2000]);
		expect(denominations('USD', 2).at(-1)).toBe(1);
		expect(denominations('JPY', 0)[0]).toBe(10000);
		expect(denominations('XXX', 2)).toEqual([]);
	});
	it('adds up what was counted', () => {
		expect(counted({ 10000: '2', 25: '3', 1: '' })).toBe(20075);
		expect(counted({})).toBe(0);
		expect(counted({ 10000: '999999999999999' })).toBeNull();
	});
});
