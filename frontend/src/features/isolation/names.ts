import { m } from '@/paraglide.gen/messages';
import type { Tone } from '@/ui/types';
import type { Group, Result } from './queries';

const groups: Record<string, () => string> = {
	rules: m.isolation_group_rules,
	controls: m.isolation_group_controls,
	sql_read: m.isolation_group_sql_read,
	sql_write: m.isolation_group_sql_write,
	sql_context: m.isolation_group_sql_context,
	anonymous: m.isolation_group_anonymous,
	roles: m.isolation_group_roles,
	foreign_ids: m.isolation_group_foreign_ids,
	own_shop: m.isolation_group_own_shop,
	sessions: m.isolation_group_sessions,
	hosts: m.isolation_group_hosts,
	injection: m.isolation_group_injection,
	untouched: m.isolation_group_untouched,
	live: m.isolation_group_live,
	removed: m.isolation_group_removed,
};
const codes: Record<string, () => string> = {
	rule_broken: m.isolation_code_rule_broken,
	rows_seen: m.isolation_code_rows_seen,
	rows_touched: m.isolation_code_rows_touched,
	not_refused: m.isolation_code_not_refused,
	canary_seen: m.isolation_code_canary_seen,
	answers_differ: m.isolation_code_answers_differ,
	gate_open: m.isolation_code_gate_open,
	session_taken: m.isolation_code_session_taken,
	host_believed: m.isolation_code_host_believed,
	error_leaked: m.isolation_code_error_leaked,
	event_seen: m.isolation_code_event_seen,
	fingerprint_changed: m.isolation_code_fingerprint_changed,
	control_failed: m.isolation_code_control_failed,
	case_unclear: m.isolation_code_case_unclear,
	left_behind: m.isolation_code_left_behind,
};

export const groupName = (key: string) => groups[key]?.() ?? key;
export const codeName = (code: string) => codes[code]?.() ?? code;

export const groupState: Record<Group['state'], { label: () => string; tone: Tone }> = {
	waiting: { label: m.isolation_later, tone: 'neutral' },
	running: { label: m.isolation_now, tone: 'info' },
	passed: { label: m.isolation_held, tone: 'good' },
	failed: { label: m.isolation_open, tone: 'bad' },
	broken: { label: m.isolation_unclear, tone: 'warn' },
};

export const resultTone = (state: Result['state']): Tone => (state === 'passed' ? 'good' : state === 'failed' ? 'bad' : state === 'waiting' || state === 'running' ? 'info' : 'warn');
export function resultName(state: Result['state'], found: number): string {
	switch (state) {
		case 'passed':
			return m.isolation_passed();
		case 'failed':
			return m.isolation_failed({ count: String(found) });
		case 'running':
			return m.isolation_running();
		case 'waiting':
			return m.isolation_waiting();
		case 'cancelled':
			return m.isolation_cancelled();
		default:
			return m.isolation_broken();
	}
}
