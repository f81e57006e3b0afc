import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type Item = Schema<'Item'>;
export type ItemRow = Schema<'ItemRow'>;
export type NewItem = Schema<'NewItem'>;
export type ItemUpdate = Schema<'ItemEdit'>;
export type ItemSort = 'name' | '-name' | 'sku' | '-sku' | 'price' | '-price' | 'updated' | '-updated';
export type Category = Schema<'Category'>;

export type ItemFilter = { q: string; category: string; active: 'true' | 'false' | 'all'; low: boolean; sort: ItemSort };
export type BulkChange = Schema<'BulkChange'>;
export type BulkRow = Schema<'BulkRow'>;

export const itemPage = ({ q, category, active, low, sort }: ItemFilter) => ({
	key: ['catalog.items', 'list', q, category, active, low, sort],
	fetch: (after: string | undefined) => body(api.GET('/api/items', { params: { query: { q: q || undefined, category: category || undefined, active, low: low || undefined, sort, after } } })),
});

export const changeMany = (change: BulkChange) => body(api.POST('/api/items/changes', { body: change }));
/** Gives each item back what it had before a bulk change. */
export const putBack = (rows: BulkRow[]) => body(api.PUT('/api/items/states', { body: { rows: rows.map(({ id, before }) => ({ id, ...before })) } }));

export const itemQuery = (id: string) => ({ queryKey: ['catalog.items', 'one', id], queryFn: () => body(api.GET('/api/items/{id}', { params: { path: { id } } })) });
export const categoriesQuery = () => ({ queryKey: ['catalog.setup', 'categories'], queryFn: () => body(api.GET('/api/categories')) });
export const unitsQuery = () => ({ queryKey: ['catalog.setup', 'units'], queryFn: () => body(api.GET('/api/units')) });
export const taxCodesQuery = () => ({ queryKey: ['catalog.setup', 'tax-codes'], queryFn: () => body(api.GET('/api/tax-codes')) });

export const addItem = (item: NewItem) => body(api.POST('/api/items', { body: item }));
export const changeItem = (id: string, item: ItemUpdate) => body(api.PUT('/api/items/{id}', { params: { path: { id } }, body: item }));
export const archiveItem = (id: string) => body(api.PUT('/api/items/{id}/archival', { params: { path: { id } } }));
export const restoreItem = (id: string) => body(api.DELETE('/api/items/{id}/archival', { params: { path: { id } } }));
export const addCategory = (category: Category) => body(api.POST('/api/categories', { body: category }));
export const changeCategory = (category: Category) => body(api.PUT('/api/categories/{id}', { params: { path: { id: category.id } }, body: category }));
export const exportItems = ({ q, category, active, low, sort }: ItemFilter, format: 'csv' | 'xlsx') => body(api.POST('/api/items/exports', { body: { q: q || undefined, category: category || undefined, active, low, sort, format } }));
