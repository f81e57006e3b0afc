import { Problem } from '@/platform/problem';
import { m } from '@/paraglide.gen/messages';
import { toasts } from '@/ui/toast.svelte';
import type { Register } from './store.svelte';

const lasts_ms = 15_000;

/** For a till that cannot reach the server: a stick takes its sales to one that can. */
export async function saveUnsent(register: Register): Promise<void> {
	try {
		const saved = await register.till.setup?.saveUnsent();
		if (saved?.path) toasts.say(m.reg_unsent_saved({ count: saved.head.sales, path: saved.path }), { tone: 'good', lasts_ms });
	} catch (error) {
		register.say(Problem.from(error));
	}
}

/** Brings in what such a till has saved. */
export async function bringUnsent(register: Register): Promise<void> {
	try {
		const brought = await register.till.setup?.bringUnsent();
		if (brought?.taken) toasts.say(m.reg_unsent_brought({ count: brought.head.sales, register: brought.head.register || brought.head.series }), { tone: 'good', lasts_ms });
		if (brought?.exceptions) toasts.say(m.reg_unsent_exceptions({ count: brought.exceptions }), { tone: 'warn', lasts_ms });
	} catch (error) {
		register.say(Problem.from(error));
	}
}
