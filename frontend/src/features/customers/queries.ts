import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type Customer = Schema<'Customer'>;
export const exportCustomers = (q: string, sort: CustomerSort, active: CustomerState, format: 'csv' | 'xlsx') => body(api.POST('/api/customers/exports', { body: { q: q || undefined, sort, active, format } }));
export type CustomerRow = Customer;
export type CustomerFacts = Schema<'CustomerEdit'>;

export type CustomerSort = 'name' | '-name' | 'updated' | '-updated';
export type CustomerState = 'true' | 'false' | 'all';

export const customerPage = (q: string, sort: CustomerSort, active: CustomerState) => ({
	key: ['parties.customers', 'list', q, sort, active],
	fetch: (after: string | undefined) => body(api.GET('/api/customers', { params: { query: { q: q || undefined, sort, active, after } } })),
});

export const customerQuery = (id: string) => ({ queryKey: ['parties.customers', 'one', id], queryFn: () => body(api.GET('/api/customers/{id}', { params: { path: { id } } })) });

export const addCustomer = (id: string, { version: _, ...facts }: CustomerFacts) => body(api.POST('/api/customers', { body: { id, ...facts } }));
export const changeCustomer = (id: string, facts: CustomerFacts) => body(api.PUT('/api/customers/{id}', { params: { path: { id } }, body: facts }));
export const archiveCustomer = (id: string) => body(api.PUT('/api/customers/{id}/archival', { params: { path: { id } } }));
export const restoreCustomer = (id: string) => body(api.DELETE('/api/customers/{id}/archival', { params: { path: { id } } }));
