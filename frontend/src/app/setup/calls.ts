import { body, createHttp } from '@/platform/http';

export type Country = { code: string; currency: string; locale: string; time_zones: string[]; prices_include_tax: boolean };
export type Offer = { first: boolean; needs_code: boolean; sign_up: boolean; domain: string; demos: { name: string; slug: string; business_type: string }[]; countries: Country[] };
export type Suggestion = { taxes: { code: string; name: string; percent: string }[]; own_chart: boolean; accounts: number };
export type AddressState = { state: 'free' | 'taken' | 'invalid'; says?: string };
export type Made = { slug: string; ticket: string };

export type Form = {
	shop: { name: string; slug: string; business_type: string; country: string; currency: string; locale: string; day_ends_hour: number; prices_include_tax: boolean };
	store: { name: string; address: string; time_zone: string; legal_name: string; tax_number: string; receipt_header: string; receipt_footer: string };
	owner: { name: string; email: string; password: string; pin: string };
	people: { name: string; role: string; pin: string }[];
};

type Reads<T> = { responses: { 200: { content: { 'application/json': T } } } };
type Coded = { header?: Record<string, string> };
type Paths = {
	'/api/setup': { get: Reads<Offer> };
	'/api/setup/countries/{country}': { get: Reads<Suggestion> & { parameters: { path: { country: string } } } };
	'/api/setup/address/{slug}': { get: Reads<AddressState> & { parameters: Coded & { path: { slug: string } } } };
	'/api/setup/shops': { post: Reads<Made> & { parameters: Coded; requestBody: { content: { 'application/json': Form } } } };
};

const http = createHttp<Paths>();
const coded = (code: string): Record<string, string> => (code ? { 'Souk-Setup-Code': code } : {});

export const readOffer = () => body(http.GET('/api/setup'));
export const readCountry = (country: string) => body(http.GET('/api/setup/countries/{country}', { params: { path: { country } } }));
export const readAddress = (slug: string, code: string) => body(http.GET('/api/setup/address/{slug}', { params: { path: { slug }, header: coded(code) } }));
export const makeShop = (form: Form, code: string) => body(http.POST('/api/setup/shops', { body: form, params: { header: coded(code) } }));
