import { expect, test } from 'vitest';
import { nextRate, rateOn, rateText, today } from './rates';

const rates = [{ from: '2000-01-01', rate: '7' }, { from: '2026-03-01', rate: '7.5' }, { from: '2027-01-01', rate: '8' }];

test('a rate holds from its day until the next one', () => {
	expect(rateOn(rates, '1999-12-31')).toBeUndefined();
	expect(rateOn(rates, '2026-02-28')?.rate).toBe('7');
	expect(rateOn(rates, '2026-03-01')?.rate).toBe('7.5');
	expect(nextRate(rates, '2026-03-01')?.rate).toBe('8');
	expect(nextRate(rates, '2027-01-01')).toBeUndefined();
});

test('the day is the shop\'s own', () => {
	const at = new Date('2026-03-01T23:30:00Z');
	expect(today('UTC', at)).toBe('2026-03-01');
	expect(today('Asia/Colombo', at)).toBe('2026-03-02');
});

test('rates are written with the decimals they have', () => {
	expect(rateText('8.375')).toBe('8.375%');
	expect(rateText('19.0')).toBe('19%');
	expect(rateText('0')).toBe('0%');
	expect(rateText('112.5')).toBe('112.5%');
});
