import { createQuery, useQueryClient } from '@tanstack/svelte-query';
import { api, type Schema } from '@/api/client';
import { body } from './http';
import { navigate, router } from './router.svelte';
import { uuid } from './uuid';

export type ViewRow = Schema<'ViewRow'>;
export type Layout = Schema<'Layout'>;

/** Parts of an address that say what is open, not how the list is looked at. */
const passing = new Set(['item', 'sale', 'customer', 'shift']);

/**
 * How a person looks at one list: the columns they want, and views by name. Kept
 * by the server, so that they are the same at every desk.
 */
export function createLooks(list: string) {
	const queries = useQueryClient();
	const key = ['people.views', 'list', list];
	const query = createQuery(() => ({ queryKey: key, queryFn: () => body(api.GET('/api/views', { params: { query: { list } } })) }));
	let own = $state.raw<Layout | null>(null);
	const again = () => queries.invalidateQueries({ queryKey: key });
	return {
		get views(): ViewRow[] {
			return query.data?.views ?? [];
		},
		get layout(): Layout {
			return own ?? query.data?.layout ?? { columns: [], dense: false };
		},
		/** The filters and order in the address now, as a view would keep them. */
		get query(): string {
			const kept = new URLSearchParams([...router.query].filter(([name]) => !passing.has(name)));
			kept.sort();
			return kept.toString();
		},
		open(view: ViewRow): void {
			navigate(router.path + (view.query ? `?${view.query}` : ''));
		},
		async setLayout(layout: Layout): Promise<void> {
			own = layout;
			await body(api.PUT('/api/layouts/{list}', { params: { path: { list } }, body: layout }));
		},
		async save(name: string, shared: boolean): Promise<void> {
			await body(api.POST('/api/views', { body: { id: uuid(), list, name, query: this.query, shared } }));
			await again();
		},
		async drop(view: ViewRow): Promise<void> {
			await body(api.DELETE('/api/views/{id}', { params: { path: { id: view.id } } }));
			await again();
		},
		async restore({ id: _, mine: __, by: ___, ...view }: ViewRow): Promise<void> {
			await body(api.POST('/api/views', { body: { ...view, id: uuid() } }));
			await again();
		},
	};
}

export type Looks = ReturnType<typeof createLooks>;
