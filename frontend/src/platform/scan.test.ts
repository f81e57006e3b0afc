import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { attachScanner, Burst, decode, type Press } from './scan';

/** Key intervals in ms, assumed and not recorded. Scanners: 1 kHz USB polling, and a slow Bluetooth one. People: a fast typist with rolled keys. */
const timings = {
	usb: [2, 2, 3, 2, 2, 2, 3, 2, 2, 2, 2, 3, 2],
	bluetooth: [11, 24, 12, 30, 11, 12, 33, 12, 11, 22, 12, 11, 12],
	typist: [92, 71, 118, 84, 33, 101, 66, 140, 75, 34, 95, 88, 70],
	roll: [80, 30, 28, 90, 75, 31, 85, 60, 95, 70, 88, 74, 80],
};

const codeOf = (c: string) => (/\d/.test(c) ? `Digit${c}` : /[a-z]/i.test(c) ? `Key${c.toUpperCase()}` : c === 'Enter' || c === 'Tab' ? c : 'Minus');
const strokes = (text: string, gaps: number[], from = 0, end = 'Enter'): Press[] => {
	let at = from;
	return [...text, end].map((key, i) => ({ key, code: codeOf(key), shift: /[A-Z]/.test(key) && key.length === 1, at: (at += gaps[i % gaps.length]!) }));
};
const scans = (presses: Press[]) => {
	const burst = new Burst();
	return presses.flatMap((p) => {
		const verdict = burst.press(p);
		return verdict.act === 'scan' ? [verdict.code] : [];
	});
};

describe('the rule', () => {
	test.each([['usb', 'Enter'], ['usb', 'Tab'], ['bluetooth', 'Enter']] as const)('a %s scan ending in %s is a code', (who, end) => {
		expect(scans(strokes('4006381333931', timings[who], 0, end))).toEqual(['4006381333931']);
	});
	test.each(['typist', 'roll'] as const)('a %s typing and pressing Enter is not', (who) => {
		expect(scans(strokes('4006381333931', timings[who]))).toEqual([]);
	});
	test('fifty codes a second, none lost', () => {
		const codes = Array.from({ length: 200 }, (_, i) => String(4006381000000 + i));
		const presses = codes.flatMap((code, i) => strokes(code, [1.4], i * 20));
		expect(scans(presses)).toEqual(codes);
	});
	test('what was typed slowly before a scan is not part of it', () => {
		const typed = [{ key: '3', code: 'Digit3', at: 0 }];
		expect(scans([...typed, ...strokes('12345678', [3], 300)])).toEqual(['12345678']);
	});
	test('three keys and Enter are not a code', () => expect(scans(strokes('123', [2]))).toEqual([]));
});

describe('layouts', () => {
	const typed = (chars: string, codes: string[]) => [...chars].map((key, i) => ({ key, code: codes[i]!, at: i }));
	test('a US scanner on a French keyboard', () => {
		expect(decode(typed('&é"QZ', ['Digit1', 'Digit2', 'Digit3', 'KeyA', 'KeyW']))).toBe('123aw');
	});
	test('a French scanner on a French keyboard', () => {
		const presses = [...'12'].map((key, i) => ({ key, code: `Digit${key}`, shift: true, at: i }));
		expect(decode([...presses, { key: 'a', code: 'KeyQ', at: 3 }])).toBe('12a');
	});
	test('a US scanner on an Arabic or Russian keyboard', () => {
		expect(decode(typed('ф1ы', ['KeyA', 'Digit1', 'KeyS']))).toBe('a1s');
	});
	test('letters by place when the scanner is known to be US', () => {
		const presses = [{ key: 'Y', code: 'KeyZ', shift: true, at: 0 }];
		expect([decode(presses), decode(presses, 'us')]).toEqual(['Y', 'Z']);
	});
	test('Caps Lock does not turn a code over', () => {
		expect(decode([{ key: 'a', code: 'KeyA', shift: true, caps: true, at: 0 }])).toBe('A');
	});
});

describe('on a page', () => {
	const found: string[] = [];
	let stop = () => {};
	let field: HTMLInputElement;

	beforeEach(() => {
		vi.useFakeTimers();
		found.length = 0;
		document.body.innerHTML = '<input id="f" /><input id="off" data-scan="off" /><input id="secret" type="password" />';
		field = document.querySelector('#f')!;
		stop = attachScanner(window, { onScan: (code) => found.push(code) });
	});
	afterEach(() => {
		stop();
		vi.useRealTimers();
	});

	/** A key as a browser does it: keydown, and the character unless someone prevented it. */
	function key(target: HTMLInputElement, press: Press): boolean {
		const event = new KeyboardEvent('keydown', { key: press.key, code: press.code, shiftKey: press.shift, bubbles: true, cancelable: true });
		Object.defineProperty(event, 'timeStamp', { value: press.at });
		const allowed = target.dispatchEvent(event);
		if (allowed && press.key.length === 1) {
			const caret = target.selectionStart ?? target.value.length;
			target.setRangeText(press.key, caret, target.selectionEnd ?? caret, 'end');
			target.dispatchEvent(new Event('input', { bubbles: true }));
		}
		return allowed;
	}
	const play = (target: HTMLInputElement, presses: Press[]) => presses.map((p) => key(target, p));

	test('a scan leaves nothing behind in the field that has the focus, nor its Enter', () => {
		field.value = 'note';
		field.setSelectionRange(2, 2);
		const allowed = play(field, strokes('4006381333931', timings.usb));
		expect(found).toEqual(['4006381333931']);
		expect([field.value, field.selectionStart]).toEqual(['note', 2]);
		expect(allowed.at(-1)).toBe(false);
	});
	test('typing stays, with its Enter, and in order', () => {
		const allowed = play(field, strokes('4006381333931', timings.roll));
		vi.runAllTimers();
		expect(found).toEqual([]);
		expect(field.value).toBe('4006381333931');
		expect(allowed.at(-1)).toBe(true);
	});
	test('a fast run without an end is given back', () => {
		play(field, strokes('pasted', [5]).slice(0, -1));
		expect(field.value).toBe('pa');
		vi.runAllTimers();
		expect(field.value).toBe('pasted');
	});
	test('slow typing, then a scan: the typing stays, the code goes', () => {
		play(field, strokes('abc', [120]).slice(0, -1));
		play(field, strokes('12345670', timings.bluetooth, 900));
		expect([field.value, found]).toEqual(['abc', ['12345670']]);
	});
	test('opted-out and password fields are left alone', () => {
		for (const id of ['#off', '#secret']) {
			const target = document.querySelector<HTMLInputElement>(id)!;
			play(target, strokes('12345670', timings.usb));
			expect(target.value).toBe('12345670');
		}
		expect(found).toEqual([]);
	});
	test('a held key is not a scanner', () => {
		for (let i = 0; i < 20; i++) {
			const event = new KeyboardEvent('keydown', { key: '8', code: 'Digit8', repeat: i > 0, bubbles: true, cancelable: true });
			Object.defineProperty(event, 'timeStamp', { value: i * 30 });
			expect(field.dispatchEvent(event)).toBe(true);
		}
		expect(found).toEqual([]);
	});
});
