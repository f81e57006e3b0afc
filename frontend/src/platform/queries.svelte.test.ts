import { createQuery } from '@tanstack/svelte-query';
import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { pageQueries } from './queries';

function answer<T>() {
	let give!: (value: T) => void;
	const given = new Promise<T>((resolve) => (give = resolve));
	return { given, give };
}

const settle = () => new Promise((done) => setTimeout(done, 20));

test('a screen that waits for two answers shows itself in whatever order they come', async () => {
	const client = pageQueries();
	client.mount();
	const [first, second] = [answer<string>(), answer<string>()];
	const shown: string[] = [];
	const end = $effect.root(() => {
		const one = createQuery(() => ({ queryKey: ['one'], queryFn: () => first.given }), () => client);
		const other = createQuery(() => ({ queryKey: ['other'], queryFn: () => second.given }), () => client);
		$effect(() => {
			const failed = one.error ?? other.error;
			shown.push(failed ? 'failed' : !one.data || !other.data ? 'waiting' : `${one.data} and ${other.data}`);
		});
	});
	flushSync();
	second.give('rights');
	await settle();
	first.give('roles');
	await settle();
	expect(shown.at(-1)).toBe('roles and rights');
	end();
	client.unmount();
});
