import { describe, expect, it } from 'vitest';
import { centsFirst, digitsOf, numberText, sellable } from './entry';

describe('money typed from the cents', () => {
	it('fills from the right as keys are pressed', () => {
		let digits = '';
		const shown: (number | null)[] = [];
		for (const key of '1234') shown.push(centsFirst((digits = digitsOf(digits + key))));
		expect(shown).toEqual([1, 12, 123, 1234]);
	});
	it('reads a field that shows a point and groups', () => {
		expect(digitsOf('1,234.56')).toBe('123456');
		expect(digitsOf('0.05')).toBe('5');
		expect(digitsOf('١٢٫٥٠')).toBe('1250');
	});
	it('takes the last digit away when the field loses a character', () => {
		expect(centsFirst(digitsOf('12.3'))).toBe(123);
	});
	it('is nothing, not zero, while nothing was typed', () => {
		expect(centsFirst(digitsOf(''))).toBeNull();
		expect(centsFirst(digitsOf('0.00'))).toBeNull();
	});
	it('stops at twelve digits', () => {
		expect(digitsOf('1234567890123456')).toBe('123456789012');
	});
});

describe('quantities', () => {
	it('keeps one point and no more decimals than the unit has', () => {
		expect(numberText('1.2456', 3)).toBe('1.245');
		expect(numberText('1,5', 3)).toBe('1.5');
		expect(numberText('.5', 3)).toBe('0.5');
		expect(numberText('1.2.3', 3)).toBe('1.23');
		expect(numberText('2.5', 0)).toBe('2');
		expect(numberText('007', 0)).toBe('7');
	});
	it('sells only what is above zero', () => {
		expect(['1', '0.5', '2.'].every(sellable)).toBe(true);
		expect(['', '0', '0.000', '.'].some(sellable)).toBe(false);
	});
});
