import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type StockRow = Schema<'StockRow'>;
export type StockMove = Schema<'StockMove'>;
export type StockState = 'all' | 'low' | 'negative';
export type Reason = Schema<'AdjustmentLine'>['reason'];

export const stockPage = (q: string, state: StockState, store: string) => ({
	key: ['inventory.stock', 'list', q, state, store],
	fetch: (after: string | undefined) => body(api.GET('/api/stock', { params: { query: { q: q || undefined, state, store_id: store || undefined, after } } })),
});
export const movesPage = (item: string, location: string) => ({
	key: ['inventory.stock', 'moves', item, location],
	fetch: (after: string | undefined) => body(api.GET('/api/stock/{item_id}/moves', { params: { path: { item_id: item }, query: { location: location || undefined, after } } })),
});
export const placesQuery = (item: string) => ({ queryKey: ['inventory.stock', 'places', item], queryFn: () => body(api.GET('/api/stock/{item_id}/places', { params: { path: { item_id: item } } })) });
export const itemQuery = (id: string) => ({ queryKey: ['catalog.items', 'one', id], queryFn: () => body(api.GET('/api/items/{id}', { params: { path: { id } } })) });
export const storesQuery = () => ({ queryKey: ['company.settings', 'stores'], queryFn: () => body(api.GET('/api/stores')) });

export const adjust = (adjustment: Schema<'Adjustment'>) => body(api.POST('/api/stock/adjustments', { body: adjustment }));
export const count = (counted: Schema<'StockCount'>) => body(api.POST('/api/stock/counts', { body: counted }));
export const openStock = (opening: Schema<'OpeningStock'>) => body(api.POST('/api/stock/opening', { body: opening }));
