import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const read = (language: string) => JSON.parse(readFileSync(`src/platform/sentences/${language}.json`, 'utf8')) as Record<string, string>;
/** Every fault that the program makes, by `make gen` from the Go source. */
const known = read('en.gen');

describe.each(['es', 'ar'])('%s', (language) => {
	const texts = read(language);
	test('says something of every fault, and of no other', () => {
		expect(Object.keys(known).filter((code) => !texts[code])).toEqual([]);
		expect(Object.keys(texts).filter((code) => !(code in known))).toEqual([]);
	});
	test('ends like a sentence, and in Arabic on no mark', () => {
		for (const [code, text] of Object.entries(texts)) expect(text, code).toMatch(/[.)]$/);
		const marked = language === 'ar' ? Object.values(texts).flatMap((text) => text.match(/\p{L}+[\u064b-\u0652]+(?!\p{L}|\u0651)/gu) ?? []) : [];
		expect(marked).toEqual([]);
	});
});
