import type { RegisterRow, ShiftRow } from './queries';

const hour_ms = 3_600_000;
/** A shift longer than this was forgotten, also in a shop that is open past midnight. */
export const longShift_ms = 14 * hour_ms;
/** A till that has sent nothing for this long will not by itself. */
export const longWait_ms = hour_ms / 4;

/** Shifts of a day before, still open. `today` is the day in the shop, YYYY-MM-DD. */
export function overnight(shifts: readonly Pick<ShiftRow, 'opened_at' | 'business_date'>[], now: number, today: string): number {
	return shifts.filter((s) => s.business_date < today && now - Date.parse(s.opened_at) > longShift_ms).length;
}

/** Tills with something to send that have not been heard of for long. */
export function waiting<Row extends Pick<RegisterRow, 'active' | 'waiting' | 'last_seen_at'>>(registers: readonly Row[], now: number): Row[] {
	return registers.filter((r) => r.active && r.waiting > 0 && (!r.last_seen_at || now - Date.parse(r.last_seen_at) > longWait_ms));
}
