import { m } from '@/paraglide.gen/messages';
import { Problem } from './problem';

/** What to tell a person about anything that was thrown. */
export function words(error: unknown): string {
	const problem = Problem.from(error);
	if (problem.unreachable) return m.office_unreachable();
	return problem.detail || problem.title || m.ui_reference({ ref: problem.ref || problem.code });
}
