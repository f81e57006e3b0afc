import { api, type Answer, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type SaleRow = Schema<'SaleRow'>;
export type SaleDetail = Answer<'/api/sales/{id}', 'get'>;
export type SaleFilter = { q: string; from: string; to: string; kind: '' | SaleRow['kind']; flagged: boolean; shift: string; customer: string };

export const salePage = (filter: SaleFilter) => ({
	key: ['sales.list', 'list', filter],
	fetch: (after: string | undefined) => {
		const { q, from, to, kind, flagged, shift, customer } = filter;
		return body(
			api.GET('/api/sales', {
				params: { query: { q: q || undefined, from: from || undefined, to: to || undefined, kind: kind || undefined, flagged: flagged || undefined, shift_id: shift || undefined, customer_id: customer || undefined, after } },
			}),
		);
	},
});

export const saleQuery = (id: string) => ({ queryKey: ['sales.list', 'one', id], queryFn: () => body(api.GET('/api/sales/{id}', { params: { path: { id } } })) });
export const receiptQuery = (id: string) => ({ queryKey: ['sales.list', 'receipt', id], queryFn: () => body(api.GET('/api/sales/{id}/receipt', { params: { path: { id }, query: { copy: true } } })) });
export const openShiftsQuery = () => ({ queryKey: ['tills.shifts', 'open'], queryFn: () => body(api.GET('/api/shifts', { params: { query: { open: true, limit: 200 } } })) });
export const registersQuery = () => ({ queryKey: ['tills.registers', 'list'], queryFn: () => body(api.GET('/api/registers')) });
export const methodsQuery = () => ({ queryKey: ['payments.methods', 'list'], queryFn: () => body(api.GET('/api/payment-methods')) });

export const refundSale = (id: string, refund: Schema<'Refund'>) => body(api.POST('/api/sales/{id}/refund', { params: { path: { id } }, body: refund }));
export const voidSale = (id: string, cancel: Schema<'Void'>) => body(api.POST('/api/sales/{id}/void', { params: { path: { id } }, body: cancel }));
