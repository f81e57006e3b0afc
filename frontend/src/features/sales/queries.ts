import { api, type Answer, type Schema } from '@/api/client';
import { body } from '@/platform/http';
import { uuid } from '@/platform/uuid';

export type SaleRow = Schema<'SaleRow'>;
export type SaleDetail = Answer<'/api/sales/{id}', 'get'>;
export type SaleFilter = {
	q: string; from: string; to: string; kind: '' | SaleRow['kind']; flagged: boolean; flag: string; shift: string; customer: string;
	store: string; till: string; person: string; method: string; item: string; least: string; most: string; hour: string;
};

function asked({ q, from, to, kind, flagged, flag, least, most, hour, ...of }: SaleFilter) {
	return {
		q: q || undefined, from: from || undefined, to: to || undefined, kind: kind || undefined, flagged: flagged || undefined, flag: flag || undefined,
		shift_id: of.shift || undefined, customer_id: of.customer || undefined, store_id: of.store || undefined, register_id: of.till || undefined,
		person_id: of.person || undefined, method_id: of.method || undefined, item_id: of.item || undefined,
		least_minor: least || undefined, most_minor: most || undefined, hour: hour || undefined,
	};
}

export const salePage = (filter: SaleFilter) => ({
	key: ['sales.list', 'list', filter],
	fetch: (after: string | undefined) => body(api.GET('/api/sales', { params: { query: { ...asked(filter), after } } })),
});
/** The same list as a file: a row for each sale, or for each of their lines. */
export const exportSales = (filter: SaleFilter, lines: boolean, format: 'csv' | 'xlsx') => body(api.POST('/api/sales/exports', { body: { ...asked(filter), lines, format } }));

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
