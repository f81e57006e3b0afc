import { me } from './me.svelte';
import { navigate, router } from './router.svelte';

/** Which store's figures are wanted: kept in the address, so that it can be sent to a colleague, and on this device for the next page. */
const key = 'souk.store';

let kept = $state(remembered());

function remembered(): string {
	try {
		return localStorage.getItem(key) ?? '';
	} catch {
		return '';
	}
}

function keep(id: string): void {
	kept = id;
	try {
		if (id) localStorage.setItem(key, id);
		else localStorage.removeItem(key);
	} catch {
		// Without a memory the address still says it.
	}
}

const known = (id: string | null) => !!id && me.stores.some((store) => store.id === id);

/** Changes the address in place: the way back does not lead through every store looked at. */
function say(id: string): void {
	const query = router.query;
	if (id) query.set('store', id);
	else query.delete('store');
	const text = query.toString();
	navigate(router.path + (text ? `?${text}` : ''), { replace: true });
}

export const storeChoice = {
	/** Whether there is anything to choose. */
	get several(): boolean {
		return me.stores.length > 1;
	},
	/** The store's id; empty is all that the person may see. */
	get id(): string {
		if (me.stores.length < 2) return '';
		const asked = router.query.get('store');
		return known(asked) ? asked! : known(kept) ? kept : '';
	},
	get store() {
		return me.stores.find((store) => store.id === this.id);
	},
	pick(id: string): void {
		keep(id);
		say(id);
	},
	/** Brings address and memory together; for an effect of the page's frame. */
	follow(): void {
		if (me.stores.length < 2) return;
		const asked = router.query.get('store');
		if (known(asked)) {
			if (asked !== kept) keep(asked!);
		} else if (known(kept)) say(kept);
		else if (asked) say('');
	},
};
