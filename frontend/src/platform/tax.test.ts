import { expect, test } from 'vitest';
import { usualTax } from './tax';

test('most goods have the standard rate', () => {
	expect(usualTax([{ code: 'reduced' }, { code: 'standard' }])).toBe('standard');
	expect(usualTax([{ code: 'gst' }, { code: 'zero' }])).toBe('gst');
	expect(usualTax([])).toBe('');
});
