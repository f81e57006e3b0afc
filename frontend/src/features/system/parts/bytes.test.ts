import { expect, test } from 'vitest';
import { bytes } from './bytes';

test('sizes are said in the unit that fits', () => {
	expect(bytes(0, 'en')).toBe('0 byte');
	expect(bytes(999, 'en')).toBe('999 byte');
	expect(bytes(1_234_567, 'en')).toBe('1.2 MB');
	expect(bytes(54_300_000_000, 'en')).toBe('54 GB');
	expect(bytes(7_000_000_000_000_000, 'en')).toBe('7,000 TB');
});
