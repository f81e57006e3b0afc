import { expect, test } from 'vitest';
import { kindOf, languages, rowsOf } from './layouts';

test('every language can write its letters and the digits', () => {
	const all = (language: string) => [...rowsOf(language, 'plain'), ...rowsOf(language, 'shift'), ...rowsOf(language, 'signs')].flat().join('');
	for (const language of languages) for (const key of '0123456789@./-_') expect(all(language), `${language} ${key}`).toContain(key);
	for (const letter of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') expect(all('en')).toContain(letter);
	for (const letter of 'áéíóúüñÑÁÜ¿¡') expect(all('es'), letter).toContain(letter);
	for (const letter of 'ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءئؤأإآ،؟') expect(all('ar'), letter).toContain(letter);
});

test('no key is there twice on a page, and a page fits the screen', () => {
	for (const language of languages)
		for (const page of ['plain', 'shift', 'signs'] as const) {
			const rows = rowsOf(language, page);
			expect(new Set(rows.flat()).size, `${language} ${page}`).toBe(rows.flat().length);
			expect(rows.length).toBe(4);
			for (const row of rows) expect(row.length).toBeLessThanOrEqual(12);
		}
});

test('a field says what it wants', () => {
	expect(kindOf({ type: 'text', mode: 'decimal' })).toBe('decimal');
	expect(kindOf({ type: 'text', mode: 'numeric' })).toBe('digits');
	expect(kindOf({ type: 'tel' })).toBe('digits');
	expect(kindOf({ type: 'search', mode: '' })).toBe('text');
});
