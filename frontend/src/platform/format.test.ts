import { describe, expect, test } from 'vitest';
import { currencyDigits, minorToDecimal, moment, money, parseDecimal, parseMoney, percent, quantity, tidy } from './format';

describe('money', () => {
	test('uses the currency’s own decimals', () => {
		expect(money(123456, 'USD', 'en-US')).toBe('1,234.56');
		expect(money(123456, 'JPY', 'en-US')).toBe('123,456');
		expect(money(123456, 'KWD', 'en-US')).toBe('123.456');
		expect([currencyDigits('LKR'), currencyDigits('BHD'), currencyDigits('XXQ1')]).toEqual([2, 3, 2]);
	});
	test('writes a true minus and, when asked, a plus', () => {
		expect(money(-579, 'EUR', 'en-US')).toBe('−5.79');
		expect(money(579, 'EUR', 'en-US', { signed: true })).toBe('+5.79');
		expect(money(0, 'EUR', 'en-US', { signed: true })).toBe('0.00');
	});
	test('writes the symbol where the locale wants it', () => {
		expect(money(1234, 'EUR', 'de-DE', { show: 'symbol' })).toBe('12,34\u00a0€');
		expect(money(1234, 'USD', 'en-US', { show: 'symbol' })).toBe('$12.34');
	});
	test('is exact beyond what a float can hold in cents', () => {
		expect(money(9007199254740991n, 'USD', 'en-US')).toBe('90,071,992,547,409.91');
		expect(minorToDecimal(9007199254740993n, 2)).toBe('90071992547409.93');
	});
	test('minor units become decimal text', () => {
		expect(minorToDecimal(5, 2)).toBe('0.05');
		expect(minorToDecimal(-5, 3)).toBe('-0.005');
		expect(minorToDecimal(120, 0)).toBe('120');
	});
});

describe('reading what people type', () => {
	test.each([
		['12.34', 'en-US', '12.34'],
		['12,34', 'en-US', '12.34'],
		['1,234', 'en-US', '1234'],
		['1,234.5', 'en-US', '1234.5'],
		['1.234,5', 'de-DE', '1234.5'],
		['1.234', 'de-DE', '1234'],
		['0.234', 'de-DE', '0.234'],
		['1,234', 'de-DE', '1.234'],
		['1 234,50', 'fr-FR', '1234.50'],
		['1.234.567', 'de-DE', '1234567'],
		['−5', 'en-US', '-5'],
		['-0', 'en-US', '0'],
		['.5', 'en-US', '0.5'],
		['١٢٫٥', 'ar-EG', '12.5'],
		['१२.५', 'hi-IN', '12.5'],
		['12,34,567.80', 'en-IN', '1234567.80'],
		['007', 'en-US', '7'],
	])('%s in %s is %s', (text, locale, want) => expect(parseDecimal(text, locale)).toBe(want));

	test.each(['', 'abc', '1.2.3,4.5', '--1', '12kg', '.', '12,3.50', '1,23,4'])('%j is no number', (text) => expect(parseDecimal(text, 'en-US')).toBeNull());

	test('money to minor units, never through a float', () => {
		expect(parseMoney('1.1', 2, 'en-US')).toBe(110);
		expect(parseMoney('0.29', 2, 'en-US')).toBe(29);
		expect(parseMoney('1.005', 3, 'en-US')).toBe(1005);
		expect(parseMoney('12.340', 2, 'en-US')).toBe(1234);
		expect(parseMoney('-3.5', 2, 'en-US')).toBe(-350);
		expect(parseMoney('1500', 0, 'ja-JP')).toBe(1500);
	});
	test('refuses more decimals than the currency has, and sums beyond exactness', () => {
		expect(parseMoney('1.005', 2, 'en-US')).toBeNull();
		expect(parseMoney('99999999999999999', 2, 'en-US')).toBeNull();
	});
});

test('quantities keep their decimals', () => {
	expect(quantity('84.320', 'en-US')).toBe('84.32');
	expect(quantity('17.0000', 'en-US')).toBe('17');
	expect(quantity('84.320', 'en-US', 3)).toBe('84.320');
	expect(quantity('84.320', 'de-DE', 1)).toBe('84,3');
	expect(quantity('-3', 'en-US')).toBe('−3');
});

test('ratios become per cent', () => expect(percent('0.0624', 'en-US')).toBe('6.2%'));

test('moments are shown on the shop’s clock, not the viewer’s', () => {
	expect(moment('2026-11-22T23:30:00Z', 'Asia/Colombo', 'en-GB')).toBe('23 Nov 2026, 05:00');
	expect(moment('2026-11-22T23:30:00Z', 'America/New_York', 'en-GB', 'date')).toBe('22 Nov 2026');
});

test('decimal text loses only the zeros that fill its scale', () => {
	expect(['1.5720', '7.0000', '100', '0.0', '-10.50'].map(tidy)).toEqual(['1.572', '7', '100', '0', '-10.5']);
});
