import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type Company = Schema<'Company'>;
export type Store = Schema<'Store'>;

export const companyQuery = () => ({ queryKey: ['company.settings', 'company'], queryFn: () => body(api.GET('/api/company')) });
export const storesQuery = () => ({ queryKey: ['company.settings', 'stores'], queryFn: () => body(api.GET('/api/stores')) });

export type Register = Schema<'RegisterRow'>;
export type Person = Schema<'Person'>;

export const storeQuery = (id: string) => ({ queryKey: ['company.settings', 'store', id], queryFn: () => body(api.GET('/api/stores/{id}', { params: { path: { id } } })) });
export const registersQuery = () => ({ queryKey: ['tills.registers', 'list'], queryFn: () => body(api.GET('/api/registers')) });
export const peopleQuery = () => ({ queryKey: ['people.list'], queryFn: () => body(api.GET('/api/people')) });
export const closeStore = (id: string) => body(api.PUT('/api/stores/{id}/closure', { params: { path: { id } } }));
export const reopenStore = (id: string) => body(api.DELETE('/api/stores/{id}/closure', { params: { path: { id } } }));

export type Method = Schema<'Method'>;
export type TaxCode = Schema<'TaxCode'>;

export const methodsQuery = () => ({ queryKey: ['payments.methods', 'list'], queryFn: () => body(api.GET('/api/payment-methods')) });
export const taxesQuery = () => ({ queryKey: ['catalog.setup', 'taxes'], queryFn: () => body(api.GET('/api/tax-codes')) });
/** The accounts that takings can be booked to. */
export const accountsQuery = () => ({ queryKey: ['ledger', 'accounts'], queryFn: () => body(api.GET('/api/accounts')) });

export const changeCompany = (company: Company) => body(api.PUT('/api/company', { body: company }));
export const exportAll = () => body(api.POST('/api/company/exports', { body: {} }));
/** Nobody gets in afterwards. */
export const closeShop = (slug: string) => body(api.POST('/api/company/closure', { body: { slug } }));
export const addStore = (store: Store) => body(api.POST('/api/stores', { body: store }));
export const changeStore = (store: Store) => body(api.PUT('/api/stores/{id}', { params: { path: { id: store.id } }, body: store }));

export const addMethod = (method: Schema<'NewMethod'>) => body(api.POST('/api/payment-methods', { body: method }));
export const changeMethod = (id: string, method: Schema<'MethodEdit'>) => body(api.PUT('/api/payment-methods/{id}', { params: { path: { id } }, body: method }));
export const addRate = (id: string, rate: Schema<'DatedRate'>) => body(api.POST('/api/tax-codes/{id}/rates', { params: { path: { id } }, body: rate }));

export type ReceiptDesign = Schema<'ReceiptDesign'>;
export type PreviewAsked = Schema<'PreviewAsked'>;

export const receiptQuery = (store: string) => ({ queryKey: ['company.settings', 'receipt', store], queryFn: () => body(api.GET('/api/stores/{id}/receipt', { params: { path: { id: store } } })) });
export const changeReceipt = (store: string, receipt: ReceiptDesign) => body(api.PUT('/api/stores/{id}/receipt', { params: { path: { id: store } }, body: receipt }));
export const previewReceipt = (store: string, asked: PreviewAsked) => body(api.POST('/api/stores/{id}/receipt-preview', { params: { path: { id: store } }, body: asked }));

export type ModuleSwitch = Schema<'ModuleSwitch'>;
export type Modules = Awaited<ReturnType<ReturnType<typeof modulesQuery>['queryFn']>>;

export const modulesQuery = () => ({ queryKey: ['company.settings', 'modules'], queryFn: () => body(api.GET('/api/modules')) });
export const switchModule = (key: string, on: boolean, version: number) => body(api.PUT('/api/modules/{key}', { params: { path: { key } }, body: { on, version } }));
export const chooseWords = (words: Modules['words'] | '', version: number) => body(api.PUT('/api/company/words', { body: { words, version } }));
