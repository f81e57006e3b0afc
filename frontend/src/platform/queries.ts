import { QueryClient } from '@tanstack/svelte-query';
import { Problem } from './problem';

/** What all screens ask the server through, and how often they ask again. */
export function pageQueries(): QueryClient {
	return new QueryClient({
		defaultOptions: {
			queries: {
				// The change stream says when something is old; time alone does not.
				staleTime: 60_000,
				refetchOnWindowFocus: false,
				// Asking again helps when nobody answered, not when the answer was no.
				retry: (count, error) => count < 2 && Problem.from(error).unreachable,
				// By default a query tells only of what was read of it so far. A screen that waits for two
				// of them by `!a.data || !b.data` never reads `b` before `a` is there, and waits for ever
				// when `b` came first.
				notifyOnChangeProps: 'all',
			},
		},
	});
}
