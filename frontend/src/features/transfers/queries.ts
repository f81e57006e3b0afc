import { api, type Answer, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type Transfer = Answer<'/api/transfers/{id}', 'get'>;
export type TransferLine = Schema<'TransferLine'>;
export type TransferRow = Schema<'TransferRow'>;
export type TransferState = Transfer['state'];
export type NewTransfer = Schema<'NewTransfer'>;
export type Arrival = Schema<'Arrival'>;
export type Reason = NonNullable<Arrival['reason']>;

export const transferPage = (state: TransferState | '', store: string) => ({
	key: ['transfers.list', 'list', state, store],
	fetch: (after: string | undefined) => body(api.GET('/api/transfers', { params: { query: { state: state || undefined, store: store || undefined, after } } })),
});
export const awayQuery = () => ({ queryKey: ['transfers.list', 'away'], queryFn: () => body(api.GET('/api/transfers/on-their-way')) });
export const transferQuery = (id: string) => ({ queryKey: ['transfers.list', 'one', id], queryFn: () => body(api.GET('/api/transfers/{id}', { params: { path: { id } } })) });
export const storesQuery = () => ({ queryKey: ['company.settings', 'stores'], queryFn: () => body(api.GET('/api/stores')) });
export const placesQuery = (item: string) => ({ queryKey: ['inventory.stock', 'places', item], queryFn: () => body(api.GET('/api/stock/{item_id}/places', { params: { path: { item_id: item } } })) });
export const unitsQuery = () => ({ queryKey: ['catalog.setup', 'units'], queryFn: () => body(api.GET('/api/units')) });
export const findItems = (q: string) => body(api.GET('/api/items', { params: { query: { q, limit: 8 } } }));

export const draftTransfer = (transfer: NewTransfer) => body(api.POST('/api/transfers', { body: transfer }));
export const changeTransfer = (id: string, version: number, { id: _, ...facts }: NewTransfer) => body(api.PUT('/api/transfers/{id}', { params: { path: { id } }, body: { ...facts, version } }));
export const sendTransfer = (id: string, version: number) => body(api.PUT('/api/transfers/{id}/dispatch', { params: { path: { id } }, body: { version } }));
export const cancelTransfer = (id: string, version: number) => body(api.PUT('/api/transfers/{id}/cancellation', { params: { path: { id } }, body: { version } }));
export const receiveTransfer = (id: string, version: number, lines: Arrival[]) => body(api.PUT('/api/transfers/{id}/receipt', { params: { path: { id } }, body: { version, lines } }));
