import { createInfiniteQuery, keepPreviousData } from '@tanstack/svelte-query';
import { Problem } from './problem';
import { words } from './words';

type Answer<Row> = { rows: Row[]; next?: string };
type Options<Row> = {
	/** Begins with the live topic whose changes make it old. */
	key: readonly unknown[];
	fetch: (after: string | undefined) => Promise<Answer<Row>>;
	enabled?: boolean;
};

/**
 * A list that is fetched page by page as it is scrolled, in the form that the
 * data grid takes: `<DataGrid {...list.grid} … />`. While new filters are
 * fetched the old rows stay, so that nothing jumps under the pointer.
 */
export function createList<Row>(options: () => Options<Row>) {
	const query = createInfiniteQuery(() => {
		const { key, fetch, enabled } = options();
		return {
			queryKey: key,
			queryFn: ({ pageParam }: { pageParam: string }) => fetch(pageParam || undefined),
			initialPageParam: '',
			getNextPageParam: (page: Answer<Row>) => page.next || undefined,
			placeholderData: keepPreviousData,
			enabled,
		};
	});
	const rows = $derived(query.data?.pages.flatMap((page) => page.rows) ?? []);
	return {
		get rows(): Row[] {
			return rows;
		},
		get grid() {
			return {
				rows,
				loading: query.isPending,
				error: query.isError && !rows.length ? words(query.error) : undefined,
				reference: query.isError && !rows.length ? Problem.from(query.error).ref || undefined : undefined,
				onretry: () => void query.refetch(),
				more: query.hasNextPage,
				loadingMore: query.isFetchingNextPage,
				onmore: () => void (query.isFetching || query.fetchNextPage()),
			};
		},
	};
}
