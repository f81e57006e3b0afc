import { expect, test } from 'vitest';
import { findCommands } from './find-commands';

const command = (label: string, words = '') => ({ id: label, label, words, run: () => undefined });
const all = [command('Items', 'products'), command('New item'), command('Café menu'), command('Sales')];
const labels = (text: string) => findCommands(all, text).map((c) => c.label);

test('beginnings come first, accents do not matter, other words help', () => {
	expect(labels('item')).toEqual(['Items', 'New item']);
	expect(labels('cafe')).toEqual(['Café menu']);
	expect(labels('prod')).toEqual(['Items']);
	expect(labels('new it')).toEqual(['New item']);
	expect(labels('zz')).toEqual([]);
	expect(labels('')).toHaveLength(4);
});

test('what was found elsewhere is shown after the commands that fit, and only while something is typed', () => {
	const run = () => undefined;
	const all = [{ id: 'hit', label: '4006381333931', found: true, run }, { id: 'go', label: 'Tea time', run }, { id: 'other', label: 'Sales', run }];
	expect(findCommands(all, 'tea').map((c) => c.id)).toEqual(['go', 'hit']);
	expect(findCommands(all, '').map((c) => c.id)).toEqual(['go', 'other']);
});
