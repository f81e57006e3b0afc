import type { Schema } from '@/api/client';
import { moment, percent } from '@/platform/format';
import { region } from '@/platform/region.svelte';

type Rate = Schema<'DatedRate'>;

/** The calendar day that it is in the shop, as YYYY-MM-DD. */
export function today(timeZone: string, at = new Date()): string {
	const parts = Object.fromEntries(new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(at).map((p) => [p.type, p.value]));
	return `${parts.year}-${parts.month}-${parts.day}`;
}

/** The first rate that is still to begin. Rates come oldest first. */
export function nextRate(rates: readonly Rate[], day: string): Rate | undefined {
	return rates.find((r) => r.from > day);
}

/** The rate that holds on a day. */
export function rateOn(rates: readonly Rate[], day: string): Rate | undefined {
	return rates.findLast((r) => r.from <= day);
}

/** A day is a calendar day without a zone; noon UTC is that day everywhere it can be shown. */
export const dayText = (day: string): string => moment(`${day}T12:00:00Z`, 'UTC', region.locale, 'date');

/** Per cent as decimal text, for people: "8.375" → "8.375%". */
export const rateText = (rate: string): string => percent(ratioOf(rate), region.locale, Math.max(0, decimals(rate)));

const decimals = (rate: string): number => (rate.split('.')[1] ?? '').replace(/0+$/, '').length;

/** "8.375" → "0.08375", by moving the point. */
function ratioOf(rate: string): string {
	const [whole = '0', fraction = ''] = rate.split('.');
	const digits = whole.padStart(3, '0');
	return `${digits.slice(0, -2)}.${digits.slice(-2)}${fraction}`;
}
