import { expect, test } from 'vitest';
import { overnight, waiting } from './attention';

const now = Date.parse('2026-03-10T08:00:00Z');

test('a shift is forgotten when it is of another day and long', () => {
	const shift = (business_date: string, opened_at: string) => ({ business_date, opened_at });
	expect(overnight([shift('2026-03-09', '2026-03-09T09:00:00Z')], now, '2026-03-10')).toBe(1);
	expect(overnight([shift('2026-03-10', '2026-03-09T09:00:00Z')], now, '2026-03-10'), 'of today').toBe(0);
	expect(overnight([shift('2026-03-09', '2026-03-09T22:00:00Z')], now, '2026-03-10'), 'a bar past midnight').toBe(0);
});

test('a till waits when it has something to send and is silent', () => {
	const till = (waiting: number, last_seen_at?: string, active = true) => ({ waiting, last_seen_at, active });
	expect(waiting([till(3, '2026-03-10T07:00:00Z')], now)).toHaveLength(1);
	expect(waiting([till(3)], now), 'never heard of').toHaveLength(1);
	expect(waiting([till(3, '2026-03-10T07:55:00Z'), till(0, '2026-03-01T00:00:00Z'), till(3, undefined, false)], now)).toEqual([]);
});
