import { api, type Answer } from '@/api/client';
import { body } from '@/platform/http';

export type Factors = Answer<'/api/account/factors', 'get'>;
export type CodeStart = Answer<'/api/account/code', 'post'>;

/** Key and fetcher of one's own second steps. */
export const factorsQuery = () => ({ queryKey: ['account', 'factors'], queryFn: () => body(api.GET('/api/account/factors')) });

export const startCode = () => body(api.POST('/api/account/code', { body: {} as never }));

export const confirmCode = (code: string) => body(api.POST('/api/account/code/confirmation', { body: { code } }));

export const removeCode = (password: string, code: string) => body(api.POST('/api/account/code/removal', { body: { password, code } }));

export const renewRecovery = () => body(api.POST('/api/account/recovery-codes', { body: {} as never }));

export const askPasskey = () => body(api.POST('/api/account/passkeys/challenge', { body: {} as never }));

export const addPasskey = (name: string, challenge: string, credential: Record<string, unknown>) => body(api.POST('/api/account/passkeys', { body: { name, challenge, credential } }));

export const removePasskey = (id: string) => body(api.DELETE('/api/account/passkeys/{id}', { params: { path: { id } } }));
