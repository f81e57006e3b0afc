import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type Finding = Schema<'Finding'>;
export type Backup = Schema<'Backup'>;

/** Nothing announces the installation's news: whoever looks asks again, often while a backup is made. */
export const systemQuery = (busy: boolean) => ({
	queryKey: ['system'],
	queryFn: () => body(api.GET('/api/system')),
	refetchInterval: busy ? 1_000 : 30_000,
});

export const wantBackup = () => body(api.POST('/api/system/backups', { body: {} }));

export const downloadAddress = (name: string) => `/api/system/backups/${encodeURIComponent(name)}`;
