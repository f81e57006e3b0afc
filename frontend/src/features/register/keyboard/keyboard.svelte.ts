import { Hands } from './hands';
import { isField, type Field } from './write';

export type Mode = 'auto' | 'always' | 'off';

const place = 'souk.till.keyboard';
/** So long nobody has used keys before touch brings the screen's keyboard up. */
const lately_ms = 3 * 60_000;
/** A dialog that a touch opened has its first field by then. */
const opening_ms = 900;
/** Narrower screens are phones, which have a keyboard of their own with smaller keys. */
const narrowest_px = 700;

/** When the keyboard on the screen is there, and for which field. It never looks at what is typed on other keys. */
export class ScreenKeyboard {
	field = $state.raw<Field | null>(null);
	/** What the field says it wants; taken before the field is told to keep the system's keyboard away. */
	wants = $state('');
	#mode = $state<Mode>(read());
	#hands = new Hands();
	#touched = { at: -Infinity, target: null as Element | null };

	get mode(): Mode {
		return this.#mode;
	}
	set mode(next: Mode) {
		this.#mode = next;
		localStorage.setItem(place, next);
		if (next === 'off') this.hide();
	}

	/** Begins to listen; returns what ends it. */
	attach(page: Window): () => void {
		const ends = new AbortController();
		const on = <K extends keyof WindowEventMap>(name: K, told: (event: WindowEventMap[K]) => void) => page.addEventListener(name, told, { capture: true, signal: ends.signal });
		on('pointerdown', (event) => this.#pressed(event));
		on('click', (event) => this.#touch(event.target, event.timeStamp));
		on('keydown', (event) => this.#key(event));
		on('focusin', (event) => this.#focused(event));
		on('focusout', () => setTimeout(() => this.#left()));
		return () => {
			ends.abort();
			this.hide();
		};
	}

	hide(): void {
		const field = this.field;
		this.field = null;
		if (field) restore(field);
	}

	#pressed(event: PointerEvent): void {
		const target = event.target as Element | null;
		if (target?.closest('[data-keyboard]')) return;
		this.#touched = event.pointerType === 'mouse' ? { at: -Infinity, target: null } : { at: event.timeStamp, target };
		const field = fieldOf(target);
		// Before it has the focus, or the system's own keyboard would come up too.
		if (field && this.#wanted(event.timeStamp)) keepSystemAway(field);
	}
	/** A field that has the focus already is touched again. */
	#touch(target: EventTarget | null, at: number): void {
		const field = fieldOf(target as Element | null);
		if (field && field === document.activeElement && this.field !== field && at - this.#touched.at < opening_ms && this.#wanted(at)) this.#show(field);
	}
	#focused(event: FocusEvent): void {
		const field = event.target as Element | null;
		if (!isField(field) || !this.#wanted(event.timeStamp)) return;
		const direct = fieldOf(this.#touched.target) === field;
		const opened = !!field.closest('[role=dialog]') && event.timeStamp - this.#touched.at < opening_ms;
		if (this.#mode === 'always' || direct || opened || this.field) this.#show(field);
	}
	#key(event: KeyboardEvent): void {
		if (!event.isTrusted || event.repeat) return;
		this.#hands.key(event.timeStamp);
		// A scan is no reason to go; a hand at the keys is, as soon as it is known to be one.
		if (this.field && this.#mode === 'auto') setTimeout(() => this.#hands.within(lately_ms, performance.now()) && this.hide(), 60);
	}
	#left(): void {
		if (this.field && this.field !== document.activeElement) this.hide();
	}

	#wanted(at: number): boolean {
		if (this.#mode !== 'auto') return this.#mode === 'always';
		return at - this.#touched.at < opening_ms && innerWidth >= narrowest_px && !this.#hands.within(lately_ms, at);
	}
	#show(field: Field): void {
		const wants = field.dataset.mode ?? field.inputMode;
		if (this.field !== field) this.hide();
		if (wants === 'none') return restore(field); // it has a pad of its own beside it
		keepSystemAway(field);
		this.wants = wants;
		this.field = field;
	}
}

function read(): Mode {
	const kept = localStorage.getItem(place);
	return kept === 'always' || kept === 'off' ? kept : 'auto';
}

/** The field that was touched: itself, within its frame, or by its label. */
function fieldOf(target: Element | null): Field | null {
	const label = target?.closest('label');
	const inside = target?.closest('.ui-control')?.querySelector('input, textarea');
	const field = isField(target) ? target : (label?.control ?? inside);
	return isField(field) ? field : null;
}
function keepSystemAway(field: Field): void {
	if (field.dataset.mode !== undefined) return;
	field.dataset.mode = field.inputMode;
	field.inputMode = 'none';
}
function restore(field: Field): void {
	if (field.dataset.mode === undefined) return;
	field.inputMode = field.dataset.mode;
	delete field.dataset.mode;
}

export const screenKeyboard = new ScreenKeyboard();
