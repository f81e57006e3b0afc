import { expect, test } from 'vitest';
import { surfaceOf } from './surface';

test('a browser is an office unless its address says otherwise, a till window is a register', () => {
	expect(surfaceOf('/', {})).toBe('office');
	expect(surfaceOf('/items', {})).toBe('office');
	expect(surfaceOf('/registers', {})).toBe('office');
	expect(surfaceOf('/register', {})).toBe('register');
	expect(surfaceOf('/', { go: {}, runtime: {} })).toBe('register');
	expect(surfaceOf('/ui', { go: {}, runtime: {} })).toBe('gallery');
	expect(surfaceOf('/', {}, 'root')).toBe('setup');
	expect(surfaceOf('/register', {}, 'root')).toBe('setup');
});

test('who is not in yet has pages of their own', () => {
	for (const path of ['/invitation', '/password', '/mailbox']) expect(surfaceOf(path, {})).toBe('door');
	expect(surfaceOf('/password', {}, 'root')).toBe('setup');
	expect(surfaceOf('/passwords', {})).toBe('office');
});
