import { expect, test } from 'vitest';
import { shopAddress, slugFrom, stepOf } from './slug';

test('a name becomes an address', () => {
	expect(slugFrom('Café Müller & Söhne')).toBe('cafe-muller-sohne');
	expect(slugFrom("  Nadia's Bakery  ")).toBe('nadias-bakery');
	expect(slugFrom('Straße 7')).toBe('strasse-7');
	expect(slugFrom('متجر')).toBe('');
	expect(slugFrom('x'.repeat(39) + ' y')).toBe('x'.repeat(39));
});

test('a shop is beside the page, port and all', () => {
	expect(shopAddress({ protocol: 'http:', port: '8080' }, 'corner', 'localhost')).toBe('http://corner.localhost:8080');
	expect(shopAddress({ protocol: 'https:', port: '' }, 'corner', 'souk.example')).toBe('https://corner.souk.example');
});

test('a wrong field leads to its step', () => {
	expect(['shop.slug', 'store.name', 'owner.pin', 'people.3.pin', 'else'].map(stepOf)).toEqual([0, 1, 2, 3, 0]);
});
