import { createQuery } from '@tanstack/svelte-query';

let followers = 0;

/**
 * Runs something whenever a live topic changes, for a screen that shows more
 * than the one topic that its query's key begins with.
 */
export function follow(topic: string, run: () => void): void {
	const follower = ++followers;
	let begun = false;
	createQuery(() => ({
		queryKey: [topic, 'follow', follower],
		queryFn: () => {
			if (begun) run();
			begun = true;
			return Date.now();
		},
		gcTime: 0,
		staleTime: Infinity,
	}));
}
