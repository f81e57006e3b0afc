import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'svelte/compiler';
import { describe, expect, test } from 'vitest';

type Variants = { declarations: string[]; match: Record<string, string> }[];
type Texts = Record<string, string | Variants>;

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const settings = read('project.inlang/settings.json') as { locales: string[]; 'plugin.inlang.messageFormat': { pathPattern: string[] } };
const patterns = settings['plugin.inlang.messageFormat'].pathPattern;
const others = settings.locales.filter((locale) => locale !== 'en');

function textsOf(pattern: string, locale: string): Texts {
	const { $schema: _, ...texts } = read(pattern.replace('{locale}', locale)) as Texts;
	return texts;
}
const inputs = (text: string | Variants) => (typeof text === 'string' ? [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!) : text[0]!.declarations.filter((d) => d.startsWith('input ')).map((d) => d.slice(6)));
const named = (text: string | Variants) => [...new Set(inputs(text))].sort();

describe.each(patterns)('%s', (pattern) => {
	const english = textsOf(pattern, 'en');
	test.each(others)('has every text in %s, with what it is filled with', (locale) => {
		const texts = textsOf(pattern, locale);
		expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort());
		const filled = (of: Texts) => Object.fromEntries(Object.entries(of).map(([key, text]) => [key, named(text)]));
		expect(filled(texts)).toEqual(filled(english));
	});
	test.each(settings.locales)('has every plural form that %s tells apart', (locale) => {
		const wanted = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.map((form) => `countPlural=${form}`).sort();
		for (const [key, text] of Object.entries(textsOf(pattern, locale))) if (typeof text !== 'string') expect(Object.keys(text[0]!.match).sort(), key).toEqual(wanted);
	});
	// The webview of a till sets the whole word off the line when its last letter carries a mark: "مجددًا" stands, with the mark on the alef it does not; nor does "أولًا", whose last two letters are drawn as one.
	test('ends no Arabic word on a mark', () => {
		const marked = Object.values(textsOf(pattern, 'ar')).flatMap((text) => JSON.stringify(text).match(/\p{L}+(?:[\u064b-\u0652]+(?!\p{L}|\u0651)|ل[\u064b-\u0652]+[اأإآ](?!\p{L}))/gu) ?? []);
		expect(marked).toEqual([]);
	});
});

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => /\.(svelte|ts)$/.test(path) && !path.startsWith('paraglide.gen') && !/\.test\.ts$|\.gen\.ts$/.test(path));

test('no text is kept that no screen says', () => {
	const said = new Set(sources.flatMap((path) => [...readFileSync(`src/${path}`, 'utf8').matchAll(/\bm\.(\w+)/g)].map((m) => m[1]!)));
	const kept = patterns.flatMap((pattern) => Object.keys(textsOf(pattern, 'en')));
	expect(kept.filter((key) => !said.has(key))).toEqual([]);
});

/** Marks, names of keys and what is the same in every language. */
const anywhere = new Set(['Souk', 'XXXX-XXXX-XXXX', 'my-shop.example.com', '/dev/usb/lp0']);
const spoken = new Set(['title', 'label', 'aria-label', 'placeholder', 'hint', 'alt', 'text', 'note', 'caption']);
type Node = { type?: string; name?: string; data?: string; value?: unknown; [key: string]: unknown };

function literals(node: unknown, found: string[]): string[] {
	if (Array.isArray(node)) for (const one of node) literals(one, found);
	else if (node && typeof node === 'object') {
		const at = node as Node;
		if (at.type === 'StyleDirective' || (at.type === 'RegularElement' && at.name === 'code')) return found;
		if (at.type === 'Text') note(at.data ?? '', found);
		else if (at.type === 'Attribute') {
			const parts = Array.isArray(at.value) ? (at.value as Node[]) : [];
			if (spoken.has(at.name ?? '')) for (const part of parts) if (part.type === 'Text') note(part.data ?? '', found);
			for (const part of parts) if (part.type !== 'Text') literals(part, found);
		} else for (const [key, value] of Object.entries(at)) if (key !== 'parent') literals(value, found);
	}
	return found;
}
function note(text: string, found: string[]): void {
	const plain = text.trim();
	if (/\p{L}{2}/u.test(plain) && !anywhere.has(plain)) found.push(plain);
}

test('no component says anything by itself', () => {
	const spelt: Record<string, string[]> = {};
	// The gallery shows parts to those who build, in sample texts of its own.
	for (const path of sources.filter((p) => p.endsWith('.svelte') && !p.startsWith('app/gallery/'))) {
		const { fragment } = parse(readFileSync(`src/${path}`, 'utf8'), { modern: true });
		const found = literals(fragment, []);
		if (found.length) spelt[path] = found;
	}
	expect(spelt).toEqual({});
});
