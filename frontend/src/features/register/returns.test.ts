import { describe, expect, it } from 'vitest';
import { less, more, none } from './returns';

describe('how many come back', () => {
	it('counts up to what is left and down to nothing', () => {
		expect(more('0', '2')).toBe('1');
		expect(more('2', '2')).toBe('2');
		expect(more('0', '0.345')).toBe('0.345');
		expect(less('1', '1')).toBe('0');
		expect(less('0.3', '0.1')).toBe('0.2');
		expect(less('1', '2')).toBe('0');
		expect(none('0.0000')).toBe(true);
		expect(none('0.0001')).toBe(false);
	});
});
