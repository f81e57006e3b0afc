import { expect, test } from 'vitest';
import { readCode } from './code';

const key = 'ABCD-EFGH-JKLM-NPQR';

test('a code counts as it is meant', () => {
	expect(readCode(' k7mp-2wqx-9d ')).toMatchObject({ plain: 'K7MP2WQX9D', state: 'good' });
	expect(readCode('K7MP‑2WQX–9D')).toMatchObject({ plain: 'K7MP2WQX9D', state: 'good' });
	expect(readCode('k7mp 2wqx 9dab cdef ghjk lmnp qr', key)).toMatchObject({ state: 'good', wanted: 26 });
});

test('what is wrong with it is told apart', () => {
	expect(readCode('').state).toBe('empty');
	expect(readCode('K7MP-2WQX').state).toBe('short');
	expect(readCode('K7MP-2WQX-9D', key)).toMatchObject({ state: 'short', wanted: 26 });
	expect(readCode('K7MP-2WQX-9DA', '').state).toBe('long');
	expect(readCode('K7MP-2WQX-9DAB-CDEF-GHJK-LMNP-QRST').state).toBe('long');
	expect(readCode('KOMP-1WQX-9D')).toMatchObject({ state: 'wrong', wrong: ['O', '1'] });
	expect(readCode('K7MP2WQX9D' + 'ZZZZZZZZZZZZZZZZ', key).state).toBe('other_server');
});
