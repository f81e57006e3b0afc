import { api, type Answer, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type Promotion = Schema<'Promotion'>;
export type Terms = Schema<'Terms'>;
export type Kind = Terms['kind'];
export type Goods = Schema<'Goods'>;
export type Trial = Answer<'/api/promotion-trials', 'post'>;

export const promotionPage = () => ({ key: ['promotions.list', 'list'], fetch: () => body(api.GET('/api/promotions')) });
export const usesQuery = () => ({ queryKey: ['promotions.list', 'uses'], queryFn: () => body(api.GET('/api/promotion-uses', { params: { query: { days: 30 } } })) });
export const categoriesQuery = () => ({ queryKey: ['catalog.setup', 'categories'], queryFn: () => body(api.GET('/api/categories')) });
export const itemQuery = (id: string) => ({ queryKey: ['catalog.items', 'one', id], queryFn: () => body(api.GET('/api/items/{id}', { params: { path: { id } } })) });
export const findItems = (q: string) => body(api.GET('/api/items', { params: { query: { q, limit: 8 } } }));

export const addPromotion = (id: string, name: string, terms: Terms) => body(api.POST('/api/promotions', { body: { id, name, terms } }));
export const changePromotion = (id: string, version: number, name: string, terms: Terms) => body(api.PUT('/api/promotions/{id}', { params: { path: { id } }, body: { name, terms, version } }));
export const startPromotion = (id: string) => body(api.PUT('/api/promotions/{id}/start', { params: { path: { id } } }));
export const stopPromotion = (id: string) => body(api.DELETE('/api/promotions/{id}/start', { params: { path: { id } } }));
export const removePromotion = (id: string) => body(api.DELETE('/api/promotions/{id}', { params: { path: { id } } }));
export const tryPromotion = (id: string | undefined, name: string, terms: Terms, days: number) => body(api.POST('/api/promotion-trials', { body: { id, name, terms, days } }));
