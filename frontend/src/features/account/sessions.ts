import { api, type Answer } from '@/api/client';
import { body } from '@/platform/http';

export type OpenSession = Answer<'/api/account/sessions', 'get'>['rows'][number];

/** Key and fetcher of where one is signed in. */
export const ownSessionsQuery = () => ({ queryKey: ['people.sessions', 'own'], queryFn: () => body(api.GET('/api/account/sessions')) });

export const endOwnSession = (id: string) => body(api.DELETE('/api/account/sessions/{id}', { params: { path: { id } } }));

export const accountQuery = () => ({ queryKey: ['account', 'own'], queryFn: () => body(api.GET('/api/account')) });

export const changePassword = (current: string, password: string) => body(api.PUT('/api/account/password', { body: { current, password } }));

export const ownShopsQuery = () => ({ queryKey: ['account', 'shops'], queryFn: () => body(api.GET('/api/account/shops')) });

export const visitShop = (slug: string) => body(api.POST('/api/account/visits', { body: { slug } }));
