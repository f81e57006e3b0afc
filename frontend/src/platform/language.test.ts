import { describe, expect, test } from 'vitest';
import { money, moment, parseMoney } from './format';
import { datesIn, figuresIn, firstOf, textsFor } from './language';

test('the first language with texts wins, whatever its country', () => {
	expect(firstOf([null, 'si-LK', 'es-MX', 'ar'])).toBe('es');
	expect(firstOf(['si-LK'])).toBe('en');
	expect([textsFor('AR-ae'), textsFor(''), textsFor('zz')]).toEqual(['ar', null, null]);
});

describe('figures', () => {
	test.each([
		['es-MX', 'es', 'es-MX'],
		['en-LK', 'es', 'es-LK'],
		['ar-EG', 'ar', 'ar-EG-u-nu-latn'],
		['ar-EG-u-nu-arab', 'ar', 'ar-EG-u-nu-arab'],
		['si-LK', 'en', 'si-LK'],
		['ar-AE', 'en', 'en-AE'],
		['not a locale', 'ar', 'ar-u-nu-latn'],
	])('of a %s shop, read in %s, are %s', (shop, reading, want) => expect(figuresIn(shop, reading)).toBe(want));

	test('go with dates in words that somebody reads', () => {
		expect(datesIn('en-LK', 'en')).toBe('en-LK');
		expect(datesIn('si-LK', 'en')).toBe('en-LK');
		expect(moment('2026-11-23T12:00:00Z', 'UTC', 'de-DE', 'weekday')).toMatch(/^Monday,? 23 November$/);
	});
	test('are written 0–9 in Arabic, and read back', () => {
		const arabic = figuresIn('en-LK', 'ar');
		expect(money(123456, 'LKR', arabic).replace(/[\u200e\u061c]/g, '')).toBe('1,234.56');
		expect(parseMoney(money(-123456, 'LKR', arabic), 2, arabic)).toBe(-123456);
		expect(parseMoney('١٢٫٥٠', 2, arabic)).toBe(1250);
		expect(moment('2026-11-22T12:00:00Z', 'UTC', arabic, 'date')).toMatch(/2026/);
	});
	test('take a comma in Spanish', () => {
		expect(parseMoney('1.234,5', 2, figuresIn('en-LK', 'es'))).toBe(123450);
	});
});
