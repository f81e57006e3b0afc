import { api, type Answer } from '@/api/client';
import { body } from '@/platform/http';

export type Invited = Answer<'/api/invitation', 'post'>;
export type KeptLetter = Answer<'/api/mailbox', 'get'>['rows'][number];

export const lookAtInvitation = (ticket: string) => body(api.POST('/api/invitation', { body: { ticket } }));

export const acceptInvitation = (ticket: string, name: string, password: string) => body(api.POST('/api/invitation/acceptance', { body: { ticket, name, password } }));

export const askForLetter = (email: string, locale: string) => body(api.POST('/api/password/letters', { body: { email, locale } }));

export const lookAtReset = (ticket: string) => body(api.POST('/api/password/ticket', { body: { ticket } }));

export const resetPassword = (ticket: string, password: string) => body(api.POST('/api/password', { body: { ticket, password } }));

export const readMailbox = () => body(api.GET('/api/mailbox'));
