import { describe, expect, test, vi } from 'vitest';
import { Keys, normal } from './keys';

const press = (key: string, more: Partial<KeyboardEventInit> = {}, target: EventTarget = document.body) => {
	const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
	Object.defineProperty(event, 'target', { value: target });
	return event;
};
const memory = () => {
	const held = new Map<string, string>();
	return { getItem: (k: string) => held.get(k) ?? null, setItem: (k: string, v: string) => void held.set(k, v) };
};

describe('keys', () => {
	test('combinations have one spelling', () => {
		expect(['shift+ctrl+k', 'F9', '/', 'ctrl++'].map(normal)).toEqual(['Ctrl+Shift+K', 'F9', '/', 'Ctrl++']);
	});
	test('the newest registration wins until it goes', () => {
		const keys = new Keys(memory());
		const [first, second] = [vi.fn(), vi.fn()];
		keys.register({ id: 'a', combo: 'F9', label: 'Pay', run: first });
		const remove = keys.register({ id: 'b', combo: 'F9', label: 'Confirm', run: second });
		expect(keys.handle(press('F9'))).toBe(true);
		remove();
		keys.handle(press('F9'));
		expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
	});
	test('what a part does by itself is told of and left to it', () => {
		const keys = new Keys(memory());
		const run = vi.fn();
		keys.register({ id: 'a', combo: 'ArrowDown', label: 'Next row', told: true, run });
		expect(keys.list().map((s) => s.label)).toEqual(['Next row']);
		expect(keys.handle(press('ArrowDown'))).toBe(false);
		expect(run).not.toHaveBeenCalled();
	});
	test('⌘ is Ctrl', () => {
		const keys = new Keys(memory());
		const run = vi.fn();
		keys.register({ id: 'a', combo: 'Ctrl+K', label: 'Find', run });
		keys.handle(press('k', { metaKey: true }));
		expect(run).toHaveBeenCalledOnce();
	});
	test('never takes what a person types or edits in a field, but takes function keys', () => {
		const keys = new Keys(memory());
		const run = vi.fn();
		const field = document.createElement('input');
		keys.register({ id: 'a', combo: '/', label: 'Find', run }, { id: 'b', combo: 'Ctrl+Z', label: 'Undo', run }, { id: 'c', combo: 'F2', label: 'Find', run });
		expect(keys.handle(press('/', {}, field))).toBe(false);
		expect(keys.handle(press('z', { ctrlKey: true }, field))).toBe(false);
		expect(keys.handle(press('F2', {}, field))).toBe(true);
		expect(keys.handle(press('/'))).toBe(true);
	});
	test('people may choose their own keys, and they are remembered', () => {
		const storage = memory();
		const keys = new Keys(storage);
		const run = vi.fn();
		keys.register({ id: 'pay', combo: 'F9', label: 'Pay', run });
		keys.remap('pay', 'F12');
		expect(keys.handle(press('F9'))).toBe(false);
		expect(keys.handle(press('F12'))).toBe(true);
		expect(new Keys(storage).comboOf({ id: 'pay', combo: 'F9' })).toBe('F12');
		keys.remap('pay', null);
		expect(keys.list().map((s) => s.combo)).toEqual(['F9']);
	});
	test('single keys can be switched off', () => {
		const keys = new Keys(memory());
		keys.register({ id: 'a', combo: '/', label: 'Find', run: () => undefined });
		keys.singleKeys = false;
		expect(keys.handle(press('/'))).toBe(false);
	});
});
