import type { Form } from './calls';

/** What somebody has typed of a new shop, kept in this browser until the shop is made: whoever closes the page by a slip goes on where they were. Passwords and PINs are not kept. */
export type Draft = { form: Form; step: number };

const place = 'souk.setup';
const kept_ms = 7 * 24 * 3600_000;

export function withoutSecrets(form: Form): Form {
	return { ...form, owner: { ...form.owner, password: '', pin: '' }, people: form.people.map((person) => ({ ...person, pin: '' })) };
}

export function keepDraft(form: Form, step: number, now = Date.now()): void {
	try {
		localStorage.setItem(place, JSON.stringify({ form: withoutSecrets(form), step, at: now }));
	} catch {
		// A browser that keeps nothing has nothing to go on with.
	}
}

export function dropDraft(): void {
	try {
		localStorage.removeItem(place);
	} catch {
		// As above.
	}
}

/** The draft, as far as the step in which a secret is still to be typed; undefined if there is none, or it is of another time. */
export function readDraft(like: Form, now = Date.now()): Draft | undefined {
	try {
		const found = JSON.parse(localStorage.getItem(place) ?? 'null') as { form: Form; step: number; at: number } | null;
		if (!found || !(now - found.at < kept_ms)) return undefined;
		const form = { shop: { ...like.shop, ...found.form.shop }, store: { ...like.store, ...found.form.store }, owner: { ...like.owner, ...found.form.owner }, people: found.form.people ?? [] };
		const typed = [form.shop.name, form.store.name, form.owner.name, form.owner.email].some((text) => text.trim());
		return typed ? { form: withoutSecrets(form), step: Math.max(0, Math.min(found.step, 2)) } : undefined;
	} catch {
		return undefined;
	}
}
