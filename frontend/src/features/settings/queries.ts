import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type Company = Schema<'Company'>;
export type Store = Schema<'Store'>;

export const companyQuery = () => ({ queryKey: ['company.settings', 'company'], queryFn: () => body(api.GET('/api/company')) });
export const storesQuery = () => ({ queryKey: ['company.settings', 'stores'], queryFn: () => body(api.GET('/api/stores')) });

export const changeCompany = (company: Company) => body(api.PUT('/api/company', { body: company }));
export const addStore = (store: Store) => body(api.POST('/api/stores', { body: store }));
export const changeStore = (store: Store) => body(api.PUT('/api/stores/{id}', { params: { path: { id: store.id } }, body: store }));
