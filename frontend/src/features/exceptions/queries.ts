import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type UploadException = Schema<'UploadException'>;

export const exceptionPage = (resolved: boolean) => ({
	key: ['sync.exceptions', 'page', resolved],
	fetch: (after: string | undefined) => body(api.GET('/api/sync/exceptions', { params: { query: { resolved: resolved || undefined, after } } })),
});
export const settle = (id: string) => body(api.POST('/api/sync/exceptions/{id}/resolution', { params: { path: { id } } }));
