import { expect, test } from 'vitest';
import { enter, erase, insert, isField, move, type Field } from './write';

function field(html: string): Field {
	document.body.innerHTML = html;
	return document.querySelector('input, textarea')!;
}

test('keys land where the caret is, and the page hears of it', () => {
	const box = field('<input value="abef">');
	let heard = '';
	box.addEventListener('input', () => (heard = box.value));
	box.setSelectionRange(2, 2);
	insert(box, 'c');
	insert(box, 'd');
	expect([box.value, heard, box.selectionStart]).toEqual(['abcdef', 'abcdef', 4]);
	erase(box);
	move(box, -1);
	erase(box);
	expect(box.value).toBe('acef');
	box.setSelectionRange(0, 4);
	insert(box, 'لا');
	expect(box.value).toBe('لا');
});

test('a field takes no more than it may hold', () => {
	const box = field('<input maxlength="3" value="12">');
	box.setSelectionRange(2, 2);
	insert(box, '3');
	insert(box, '4');
	expect(box.value).toBe('123');
});

test('Enter is for whoever listens, else it sends the form', () => {
	const box = field('<form><input></form>') as HTMLInputElement;
	let sent = 0;
	box.form!.addEventListener('submit', (event) => { event.preventDefault(); sent++; });
	enter(box);
	expect(sent).toBe(1);
	box.addEventListener('keydown', (event) => event.preventDefault());
	enter(box);
	expect(sent).toBe(1);
});

test('only what can be typed into wants a keyboard', () => {
	expect(isField(field('<input type="search">'))).toBe(true);
	expect(isField(field('<textarea></textarea>'))).toBe(true);
	for (const html of ['<input type="checkbox">', '<input type="range">', '<input readonly>', '<input disabled>']) expect(isField(field(html)), html).toBe(false);
	expect(isField(document.body)).toBe(false);
});
