/**
 * One router for keyboard shortcuts. Parts of a screen register what they can do
 * and take it back when they go; the newest registration of a combination wins,
 * so a dialog may borrow a key. It does not know what any action means.
 */

export type Shortcut = {
	/** Stable name, under which a person's own choice of key is kept: "register.pay". */
	id: string;
	/** "F9", "Ctrl+K", "Shift+Delete", "/". Ctrl also means ⌘. */
	combo: string;
	/** What it does, for the help sheet. */
	label: string;
	/** Heading in the help sheet. */
	group?: string;
	run: (event: KeyboardEvent) => void;
	/** Only told of in the help sheet: the part that has the focus does it by itself. */
	told?: boolean;
	/** Works while a field has the focus too. Keys that type something never do unless this says so. */
	inFields?: boolean;
};

const order = ['Ctrl', 'Alt', 'Shift'];
const names: Record<string, string> = { ' ': 'Space', Esc: 'Escape', Del: 'Delete' };
const store = 'souk.keys';

export class Keys {
	#shortcuts: Shortcut[] = [];
	#own: Record<string, string>;
	#storage: Pick<Storage, 'getItem' | 'setItem'> | undefined;
	/** Off: shortcuts of one printable character do nothing (WCAG 2.1.4). */
	singleKeys = true;

	constructor(storage: Pick<Storage, 'getItem' | 'setItem'> | undefined = globalThis.localStorage) {
		this.#storage = storage;
		this.#own = readOwn(storage);
	}

	/** Adds shortcuts and returns the function that removes them; use it as an effect's clean-up. */
	register(...shortcuts: Shortcut[]): () => void {
		this.#shortcuts.push(...shortcuts);
		return () => {
			this.#shortcuts = this.#shortcuts.filter((s) => !shortcuts.includes(s));
		};
	}

	/** What works now, for the help sheet: one entry per combination. */
	list(): Shortcut[] {
		const seen = new Set<string>();
		return [...this.#shortcuts]
			.reverse()
			.map((s) => ({ ...s, combo: this.comboOf(s) }))
			.filter((s) => s.combo && !seen.has(s.combo) && seen.add(s.combo))
			.reverse();
	}

	comboOf(shortcut: Pick<Shortcut, 'id' | 'combo'>): string {
		return normal(this.#own[shortcut.id] ?? shortcut.combo);
	}

	/** Gives a shortcut another key; an empty one switches it off, null brings the first one back. */
	remap(id: string, combo: string | null): void {
		if (combo === null) delete this.#own[id];
		else this.#own[id] = combo;
		this.#storage?.setItem(store, JSON.stringify(this.#own));
	}

	/** Starts listening; returns the function that stops it. */
	attach(target: Pick<Window, 'addEventListener' | 'removeEventListener'> = window): () => void {
		const listen = (event: Event) => this.handle(event as KeyboardEvent);
		target.addEventListener('keydown', listen);
		return () => target.removeEventListener('keydown', listen);
	}

	/** Runs what the event asks for; true if anything did. */
	handle(event: KeyboardEvent): boolean {
		if (event.defaultPrevented || event.isComposing) return false;
		const combo = comboOf(event);
		const types = [...event.key].length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
		if (types && !this.singleKeys) return false;
		const found = this.#shortcuts.findLast((s) => !s.told && this.comboOf(s) === combo);
		if (!found || (inField(event) && !found.inFields && (types || editing.has(combo)))) return false;
		event.preventDefault();
		found.run(event);
		return true;
	}
}

/** Keys that already mean something to the person who is typing. */
const editing = new Set(['Delete', 'Backspace', 'Enter', 'Ctrl+Z', 'Ctrl+Shift+Z', 'Ctrl+A', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'Shift+Delete']);

function readOwn(storage?: Pick<Storage, 'getItem'>): Record<string, string> {
	try {
		return JSON.parse(storage?.getItem(store) ?? '{}') as Record<string, string>;
	} catch {
		return {};
	}
}

/** "shift+ctrl+k" → "Ctrl+Shift+K". */
export function normal(combo: string): string {
	if (combo === '+' || combo === '') return combo;
	const parts = combo.split('+').map((p) => p.trim());
	const key = parts.pop() || '+';
	const modifiers = order.filter((m) => parts.some((p) => p.toLowerCase() === m.toLowerCase()));
	return [...modifiers, keyName(key)].join('+');
}

/** The combination that an event stands for. */
export function comboOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
	const key = keyName(event.key);
	const letter = /^\p{L}$/u.test(key);
	const parts: string[] = [];
	if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
	if (event.altKey) parts.push('Alt');
	// "?" already says Shift; naming it again would make the combination depend on the layout.
	if (event.shiftKey && (key.length > 1 || letter)) parts.push('Shift');
	return [...parts, key].join('+');
}

function keyName(key: string): string {
	if ([...key].length === 1 && key !== ' ') return key.toUpperCase();
	return names[key] ?? key;
}

function inField(event: KeyboardEvent): boolean {
	const target = event.target as HTMLElement | null;
	if (!target?.tagName) return false;
	if (target.isContentEditable || target.tagName === 'TEXTAREA' || target.tagName === 'SELECT') return true;
	return target.tagName === 'INPUT' && !/^(checkbox|radio|button|submit|range)$/.test((target as HTMLInputElement).type);
}

/** The router of this page. */
export const keys = new Keys();
