/** Writes into fields as a keyboard would, so that whatever is bound to them follows. */
export type Field = HTMLInputElement | HTMLTextAreaElement;

const written = new Set(['text', 'search', 'email', 'password', 'tel', 'url', 'number']);

/** Whether something can be typed into an element; fields that have a pad of their own beside them say so by inputmode none. */
export function isField(element: unknown): element is Field {
	const field = element as Field | null;
	if (!field?.tagName || field.readOnly || field.disabled) return false;
	if (field.tagName === 'TEXTAREA') return true;
	return field.tagName === 'INPUT' && written.has((field as HTMLInputElement).type);
}

export function insert(field: Field, text: string): void {
	const [start, end] = place(field);
	const next = field.value.slice(0, start) + text + field.value.slice(end);
	if (field.maxLength >= 0 && next.length > field.maxLength) return;
	put(field, next, start + text.length, 'insertText', text);
}

export function erase(field: Field): void {
	const [start, end] = place(field);
	// A letter outside the basic plane is two units.
	const before = start === end ? ([...field.value.slice(0, start)].at(-1)?.length ?? 0) : 0;
	if (start - before === end) return;
	put(field, field.value.slice(0, start - before) + field.value.slice(end), start - before, 'deleteContentBackward', null);
}

/** Enter, as the page knows it: whoever listens may take it, else the form is sent. */
export function enter(field: Field): void {
	if (field.tagName === 'TEXTAREA') return insert(field, '\n');
	const event = new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true });
	if (field.dispatchEvent(event)) field.form?.requestSubmit();
}

export function move(field: Field, by: 1 | -1): void {
	const [start, end] = place(field);
	const to = start === end ? Math.min(Math.max(start + by, 0), field.value.length) : by < 0 ? start : end;
	select(field, to);
}

/** Fields for mail addresses and numbers do not say where the caret is: then it is at the end. */
function place(field: Field): [number, number] {
	const { selectionStart, selectionEnd } = field;
	return selectionStart === null || selectionEnd === null ? [field.value.length, field.value.length] : [selectionStart, selectionEnd];
}
function select(field: Field, at: number): void {
	if (field.selectionStart !== null) field.setSelectionRange(at, at);
}
function put(field: Field, value: string, caret: number, inputType: string, data: string | null): void {
	field.value = value;
	select(field, caret);
	field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType, data }));
}
