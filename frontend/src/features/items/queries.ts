import { api, type Answer, type Schema } from '@/api/client';
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
export type StorePrice = Schema<'StorePrice'>;
export type StorePriceRow = Schema<'StorePriceRow'>;
export const itemPricesQuery = (id: string) => ({ queryKey: ['catalog.store_prices', 'of', id], queryFn: () => body(api.GET('/api/items/{id}/prices', { params: { path: { id } } })) });
/** Null is the company's price again. */
export const setStorePrice = (id: string, store_id: string, price_minor: number | null, version: number) =>
	body(api.PUT('/api/items/{id}/prices/{store_id}', { params: { path: { id, store_id } }, body: { price_minor: price_minor ?? undefined, version } }));
export const changeStorePrices = (change: Schema<'StorePriceBulk'>) => body(api.POST('/api/items/store-prices', { body: change }));
/** Gives each item back the price in the store that it had before a bulk change. */
export const putStorePricesBack = (store_id: string, rows: StorePriceRow[]) => body(api.PUT('/api/items/store-prices', { body: { store_id, rows: rows.map(({ id, before }) => ({ id, own_price_minor: before.own_price_minor })) } }));
export const storesQuery = () => ({ queryKey: ['company.settings', 'stores'], queryFn: () => body(api.GET('/api/stores')) });
export const placesQuery = (item: string) => ({ queryKey: ['inventory.stock', 'places', item], queryFn: () => body(api.GET('/api/stock/{item_id}/places', { params: { path: { item_id: item } } })) });
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

export type Reading = Answer<'/api/barcode-readings', 'get'>;
/** Separators that a keyboard cannot type may be written out. */
export const readingQuery = (code: string) => ({
	queryKey: ['catalog.items', 'reading', code],
	queryFn: () => body(api.GET('/api/barcode-readings', { params: { query: { code: code.replace(/\u241d|<GS>|\{GS\}|\^\]/gi, '\x1d') } } })),
	enabled: !!code,
});
