import { expect, test } from 'vitest';
import { after, before, stepAt } from './steps';

test('setting up goes on where it was left', () => {
	expect(stepAt('', false)).toBe('language');
	expect(stepAt('printer', true)).toBe('printer');
	expect(stepAt('pair', false)).toBe('pair');
	// It was paired, and killed before that was noted.
	expect(stepAt('pair', true)).toBe('fetch');
	// The journal is of another till, or gone.
	expect(stepAt('scanner', false)).toBe('server');
	expect(stepAt('something of a newer till', true)).toBe('language');
});

test('the ends hold', () => {
	expect([before('language'), after('ready'), after('language')]).toEqual(['language', 'ready', 'server']);
});
