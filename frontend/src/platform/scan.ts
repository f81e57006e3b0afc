/**
 * Finds barcode scans among keystrokes. A scanner in keyboard mode types faster
 * than any person and ends with Enter or Tab; this recognises such a burst
 * whatever has the focus, reports the code, and leaves no character of it
 * behind. What turns out to be typing is given back untouched.
 */

export type Press = {
	key: string;
	code: string;
	shift?: boolean;
	caps?: boolean;
	/** When the key went down, in ms; the event's own time, not the handler's. */
	at: number;
};

export type BurstOptions = {
	/** Longest pause between two keys of one scan. */
	gap_ms?: number;
	/** Shorter bursts are typing. */
	shortest?: number;
	/** `us`: the scanner's letters are read by key position, whatever the computer's layout. `auto` finds out. */
	layout?: 'auto' | 'us';
};

/** What to do with a key: leave it alone, hold it back, or hold it back because a code is complete. */
export type Verdict = { act: 'pass' } | { act: 'hold' } | { act: 'scan'; code: string; how: How };

/** How a scan came, by which a scanner shows itself. */
export type How = { keys: number; took_ms: number; end: 'Enter' | 'Tab' };

/** From this key on a fast run is held back; the ones before it are taken out of the field afterwards. */
const holdFrom = 3;

/** The rule itself, without a page. */
export class Burst {
	#presses: Press[] = [];
	#gap: number;
	#shortest: number;
	#layout: 'auto' | 'us';

	constructor(options: BurstOptions = {}) {
		this.#gap = options.gap_ms ?? 35;
		this.#shortest = options.shortest ?? 4;
		this.#layout = options.layout ?? 'auto';
	}

	get length(): number {
		return this.#presses.length;
	}

	/** True if `at` is too late to belong to the run so far. */
	over(at: number): boolean {
		const last = this.#presses.at(-1);
		return !!last && at - last.at > this.#gap;
	}

	press(press: Press): Verdict {
		if (this.over(press.at)) this.clear();
		if (ends(press)) {
			const presses = this.clear();
			if (presses.length < this.#shortest) return { act: 'pass' };
			const how: How = { keys: presses.length, took_ms: Math.round(press.at - presses[0]!.at), end: press.key as How['end'] };
			return { act: 'scan', code: decode(presses, this.#layout), how };
		}
		this.#presses.push(press);
		return { act: this.#presses.length >= holdFrom ? 'hold' : 'pass' };
	}

	/** Forgets the run and returns it. */
	clear(): Press[] {
		const presses = this.#presses;
		this.#presses = [];
		return presses;
	}
}

function ends(press: Press): boolean {
	return press.key === 'Enter' || press.key === 'Tab';
}

const usPlain: Record<string, string> = {
	Minus: '-', Equal: '=', BracketLeft: '[', BracketRight: ']', Backslash: '\\', Semicolon: ';', Quote: "'", Comma: ',', Period: '.', Slash: '/', Space: ' ', Backquote: '`',
	NumpadDivide: '/', NumpadMultiply: '*', NumpadSubtract: '-', NumpadAdd: '+', NumpadDecimal: '.',
};
const usShift: Record<string, string> = {
	Minus: '_', Equal: '+', BracketLeft: '{', BracketRight: '}', Backslash: '|', Semicolon: ':', Quote: '"', Comma: '<', Period: '>', Slash: '?', Backquote: '~',
};

/** What a key would type on a US keyboard, which is what scanners imitate as they leave the factory. */
function usChar({ code, shift }: Press): string | null {
	const digit = /^(Digit|Numpad)(\d)$/.exec(code);
	if (digit) return shift && digit[1] === 'Digit' ? ')!@#$%^&*('[Number(digit[2])]! : digit[2]!;
	const letter = /^Key([A-Z])$/.exec(code)?.[1];
	if (letter) return shift ? letter : letter.toLowerCase();
	return (shift ? usShift[code] : undefined) ?? usPlain[code] ?? null;
}

/**
 * Reads a run of keys. Where a plain digit key typed no digit, or a letter key
 * typed a letter of another script, the computer's layout is not the scanner's,
 * and the positions of the keys are believed instead.
 */
export function decode(presses: readonly Press[], layout: 'auto' | 'us' = 'auto'): string {
	const foreign = presses.some((p) => (/^Digit\d$/.test(p.code) && !p.shift && !/^\d$/.test(p.key)) || /[^\x20-\x7e]/.test(p.key) || p.key.length > 1);
	const byPlace = layout === 'us' || foreign;
	return presses.map((p) => (byPlace ? (usChar(p) ?? p.key) : unlock(p))).join('');
}

/** Caps Lock turns a scanner's letters over. */
function unlock({ key, caps }: Press): string {
	if (!caps || !/^[a-z]$/i.test(key)) return key;
	return key === key.toLowerCase() ? key.toUpperCase() : key.toLowerCase();
}

type Field = HTMLInputElement | HTMLTextAreaElement;
type Before = { field: Field; value: string; start: number | null; end: number | null };

export type ScanOptions = BurstOptions & {
	onScan: (code: string, how: How) => void;
	/** After this silence a held run is given back as typing. */
	patience_ms?: number;
};

/**
 * Listens on the whole page; returns the function that stops it. Elements under
 * `data-scan="off"` and password fields take keys as they come.
 */
export function attachScanner(target: Window, options: ScanOptions): () => void {
	const scanner = new PageScanner(options);
	const listen = (event: KeyboardEvent) => scanner.keydown(event);
	target.addEventListener('keydown', listen, { capture: true });
	return () => {
		target.removeEventListener('keydown', listen, { capture: true });
		scanner.giveBack();
	};
}

class PageScanner {
	#options: ScanOptions;
	#burst: Burst;
	#before: Before | null = null;
	#held: Press[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(options: ScanOptions) {
		this.#options = options;
		this.#burst = new Burst(options);
	}

	keydown(event: KeyboardEvent): void {
		const kind = kindOf(event);
		if (kind === 'modifier') return;
		if (kind === 'other') return this.giveBack();
		const press = pressOf(event);
		if (this.#burst.over(press.at)) this.giveBack();
		if (this.#burst.length === 0) this.#before = snapshot(event.target);
		const verdict = this.#burst.press(press);
		if (verdict.act === 'pass') {
			if (kind === 'end') this.giveBack();
			return;
		}
		event.preventDefault();
		event.stopImmediatePropagation();
		if (verdict.act === 'scan') return this.#report(verdict.code, verdict.how);
		this.#held.push(press);
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.giveBack(), this.#options.patience_ms ?? 90);
	}

	/** It was typing: puts what was held back where it would have gone. */
	giveBack(): void {
		clearTimeout(this.#timer);
		const text = this.#held.map((p) => p.key).filter((k) => [...k].length === 1).join('');
		const field = this.#before?.field;
		this.#forget();
		if (!text || !field?.isConnected || field.readOnly || field.disabled) return;
		const [start, end] = [field.selectionStart, field.selectionEnd];
		if (start === null || end === null) write(field, field.value + text);
		else write(field, field.value.slice(0, start) + text + field.value.slice(end), start + text.length);
	}

	#report(code: string, how: How): void {
		const before = this.#before;
		clearTimeout(this.#timer);
		this.#forget();
		if (before && before.field.value !== before.value) write(before.field, before.value, before.start, before.end);
		this.#options.onScan(code, how);
	}

	#forget(): void {
		this.#held = [];
		this.#before = null;
		this.#burst.clear();
	}
}

function kindOf(event: KeyboardEvent): 'modifier' | 'char' | 'end' | 'other' {
	if (/^(Shift|CapsLock|AltGraph|Control|Alt|Meta|NumLock)$/.test(event.key)) return 'modifier';
	// Keys that a held finger repeats come as fast as a scanner's.
	if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || exempt(event.target)) return 'other';
	if (event.key === 'Enter' || event.key === 'Tab') return event.shiftKey ? 'other' : 'end';
	const unreadable = event.key === 'Process' || event.key === 'Unidentified' || event.key === 'Dead';
	return [...event.key].length === 1 || unreadable ? 'char' : 'other';
}

function exempt(target: EventTarget | null): boolean {
	const element = target as HTMLElement | null;
	if (!element?.closest) return false;
	return (element as HTMLInputElement).type === 'password' || element.closest('[data-scan="off"]') !== null;
}

function pressOf(event: KeyboardEvent): Press {
	return {
		key: event.key,
		code: event.code,
		shift: event.shiftKey,
		caps: event.getModifierState?.('CapsLock') ?? false,
		at: event.timeStamp,
	};
}

function snapshot(target: EventTarget | null): Before | null {
	const field = target as Field | null;
	if (field?.tagName !== 'INPUT' && field?.tagName !== 'TEXTAREA') return null;
	return { field, value: field.value, start: field.selectionStart, end: field.selectionEnd };
}

/** Sets a field as if it had been typed, so that whatever is bound to it follows. */
function write(field: Field, value: string, start: number | null = null, end: number | null = start): void {
	field.value = value;
	if (start !== null) field.setSelectionRange(start, end);
	field.dispatchEvent(new Event('input', { bubbles: true }));
}
