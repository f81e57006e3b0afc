import { api, type Answer, type Schema } from '@/api/client';
import { body } from '@/platform/http';
import { uuid } from '@/platform/uuid';

export type SaleRow = Schema<'SaleRow'>;
export type SaleDetail = Answer<'/api/sales/{id}', 'get'>;
export type SaleFilter = {
	q: string; from: string; to: string; kind: '' | SaleRow['kind']; flagged: boolean; flag: string; shift: string; customer: string;
	store: string; till: string; person: string; method: string; item: string; least: string; most: string; hour: string;
};

export const salePage = (filter: SaleFilter) => ({
	key: ['sales.list', 'list', filter],
	fetch: (after: string | undefined) => {
		const { q, from, to, kind, flagged, flag, least, most, hour } = filter;
		const query = {
			q: q || undefined, from: from || undefined, to: to || undefined, kind: kind || undefined, flagged: flagged || undefined, flag: flag || undefined,
			shift_id: filter.shift || undefined, customer_id: filter.customer || undefined, store_id: filter.store || undefined, register_id: filter.till || undefined,
			person_id: filter.person || undefined, method_id: filter.method || undefined, item_id: filter.item || undefined,
			least_minor: least || undefined, most_minor: most || undefined, hour: hour || undefined, after,
		};
		return body(api.GET('/api/sales', { params: { query } }));
	},
});

export const peopleQuery = () => ({ queryKey: ['people.list', 'list'], queryFn: () => body(api.GET('/api/people')) });
export const saleQuery = (id: string) => ({ queryKey: ['sales.list', 'one', id], queryFn: () => body(api.GET('/api/sales/{id}', { params: { path: { id } } })) });
export const receiptQuery = (id: string) => ({ queryKey: ['sales.list', 'receipt', id], queryFn: () => body(api.GET('/api/sales/{id}/receipt', { params: { path: { id }, query: { copy: true } } })) });
export const openShiftsQuery = () => ({ queryKey: ['tills.shifts', 'open'], queryFn: () => body(api.GET('/api/shifts', { params: { query: { open: true, limit: 200 } } })) });
export const registersQuery = () => ({ queryKey: ['tills.registers', 'list'], queryFn: () => body(api.GET('/api/registers')) });
export const methodsQuery = () => ({ queryKey: ['payments.methods', 'list'], queryFn: () => body(api.GET('/api/payment-methods')) });

export const mailsQuery = (id: string) => ({ queryKey: ['mails.list', 'sale', id], queryFn: () => body(api.GET('/api/sales/{id}/mails', { params: { path: { id } } })) });
export const customerQuery = (id: string) => ({ queryKey: ['parties.customers', 'one', id], queryFn: () => body(api.GET('/api/customers/{id}', { params: { path: { id } } })) });
export const mailReceipt = (id: string, to: string, locale: string) => body(api.POST('/api/sales/{id}/mails', { params: { path: { id } }, body: { id: uuid(), to, locale } }));

export const refundSale = (id: string, refund: Schema<'Refund'>) => body(api.POST('/api/sales/{id}/refund', { params: { path: { id } }, body: refund }));
export const voidSale = (id: string, cancel: Schema<'Void'>) => body(api.POST('/api/sales/{id}/void', { params: { path: { id } }, body: cancel }));
