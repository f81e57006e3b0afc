import { expect, it } from 'vitest';
import { read } from './find';

it('takes digits for a code and anything else for words', () => {
	expect(read(' 4006381333931 ')).toEqual({ as: 'code', code: '4006381333931' });
	expect(read('milk')).toEqual({ as: 'words', words: 'milk', times: null });
	expect(read('7up')).toEqual({ as: 'words', words: '7up', times: null });
	expect(read('  ')).toEqual({ as: 'nothing' });
});

it('reads how many are wanted', () => {
	expect(read('3*4011')).toEqual({ as: 'code', code: '3*4011' });
	expect(read('3 × milk')).toEqual({ as: 'words', words: 'milk', times: '3' });
	expect(read('1,5*4011')).toEqual({ as: 'code', code: '1.5*4011' });
	expect(read('3*')).toEqual({ as: 'nothing' });
});
