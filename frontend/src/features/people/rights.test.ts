import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { moduleName } from '@/platform/module-names';
import { rightText } from './rights';

const generated = readFileSync('src/api/modules.gen.ts', 'utf8');
const names = (type: string) => [...new RegExp(`export type ${type} = (.*);`).exec(generated)![1]!.matchAll(/'([^']+)'/g)].map((m) => m[1]!);

test('every permission that a module declares has a sentence, and every module a name', () => {
	const permissions = names('Permission');
	expect(permissions.length).toBeGreaterThan(30);
	expect(permissions.filter((p) => rightText(p, '') === '')).toEqual([]);
	expect(names('ModuleKey').filter((key) => moduleName(key, '') === '')).toEqual([]);
});

test.each(['en', 'es', 'ar'])('each in %s by a key of its own', (locale) => {
	const texts = JSON.parse(readFileSync(`messages/rights/${locale}.json`, 'utf8')) as Record<string, string>;
	for (const p of names('Permission')) expect(texts[`right_${p.replaceAll('.', '_')}`], p).toMatch(/\p{L}/u);
	for (const key of names('ModuleKey')) expect(texts[`module_${key}`], key).toMatch(/\p{L}/u);
});

test('what a page does not know yet stays in the words of the server', () => {
	expect(rightText('moon.walk', 'walk on the moon')).toBe('walk on the moon');
	expect(moduleName('moon', 'Moon')).toBe('Moon');
});
