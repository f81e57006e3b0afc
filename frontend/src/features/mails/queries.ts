import { api, type Answer, type Schema } from '@/api/client';
import { body } from '@/platform/http';
import { uuid } from '@/platform/uuid';

export type Mail = Schema<'Mail'>;
export type MailText = Answer<'/api/mails/{id}', 'get'>;
export type MailSettings = Answer<'/api/mail-settings', 'get'>;

export const mailPage = (state: '' | Mail['state']) => ({
	key: ['mails.list', 'list', state],
	fetch: (after: string | undefined) => body(api.GET('/api/mails', { params: { query: { state: state || undefined, after } } })),
});
export const mailQuery = (id: string) => ({ queryKey: ['mails.list', 'one', id], queryFn: () => body(api.GET('/api/mails/{id}', { params: { path: { id } } })) });
export const settingsQuery = () => ({ queryKey: ['mails.settings'], queryFn: () => body(api.GET('/api/mail-settings')) });

export const changeSettings = (settings: MailSettings) => body(api.PUT('/api/mail-settings', { body: settings }));
export const sendTest = (to: string) => body(api.POST('/api/mail-settings/test', { body: { id: uuid(), to } }));
export const tryAgain = (id: string) => body(api.POST('/api/mails/{id}/attempts', { params: { path: { id } } }));
