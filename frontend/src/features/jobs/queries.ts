import { api, type Schema } from '@/api/client';
import { m } from '@/paraglide.gen/messages';
import { body } from '@/platform/http';

export type Job = Schema<'JobRow'>;

export const jobsQuery = () => ({ queryKey: ['jobs.list', 'list'], queryFn: () => body(api.GET('/api/jobs')) });
export const stopJob = (id: string) => body(api.PUT('/api/jobs/{id}/cancellation', { params: { path: { id } } }));

const kinds: Record<string, () => string> = {
	'imports.read': m.jobs_kind_read,
	'imports.check': m.jobs_kind_check,
	'imports.run': m.jobs_kind_run,
	'imports.undo': m.jobs_kind_undo,
	'selftest.run': m.jobs_kind_selftest,
	'audit.proof': m.jobs_kind_proof,
	'tenants.export': m.jobs_kind_everything,
};
export const kindOf = (job: Job) => kinds[job.kind]?.() ?? m.jobs_kind_export();

/** What a job is called: the name of its file or list, in whatever language that has. */
export const titleOf = (job: Job) => (job.kind === 'selftest.run' ? m.nav_isolation() : job.title);

/** The screen that shows what a job works on. */
export const screenOf = (job: Job) => (job.kind === 'selftest.run' ? '/settings/isolation' : job.kind.startsWith('imports.') && job.subject_id ? `/items/import/${job.subject_id}` : undefined);

export const atWork = (job: Job) => job.state === 'queued' || job.state === 'running';
