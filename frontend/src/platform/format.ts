/**
 * How money, quantities and moments are written and read. Amounts are whole
 * minor units and quantities are decimal text; nothing here adds or multiplies,
 * totals come from the server or the till engine.
 */

import { datesIn } from './language';

export type Locale = string;

const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
	const key = locale + JSON.stringify(options);
	let format = formats.get(key);
	if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, options)));
	return format;
}

/** Formats decimal text without passing through a float where the engine can (all since 2023). */
function formatDecimal(format: Intl.NumberFormat, text: string): string {
	return format.format(text as unknown as number);
}

/** The number of decimals a currency is counted in: USD 2, JPY 0, KWD 3. Unknown codes count as 2. */
export function currencyDigits(currency: string): number {
	try {
		return numberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
	} catch {
		return 2;
	}
}

/** Minor units as plain decimal text: (1234, 2) → "12.34". */
export function minorToDecimal(minor: number | bigint, digits: number): string {
	const negative = minor < 0;
	const whole = (negative ? -BigInt(minor) : BigInt(minor)).toString().padStart(digits + 1, '0');
	const cut = whole.length - digits;
	return (negative ? '-' : '') + whole.slice(0, cut) + (digits ? '.' + whole.slice(cut) : '');
}

export type MoneyStyle = {
	/** `plain` writes the figure alone (12.34), `symbol` adds $ or €, `code` adds USD. */
	show?: 'plain' | 'symbol' | 'code';
	/** Always write + or −: for differences. */
	signed?: boolean;
	/** Overrides the currency's own decimals. */
	digits?: number;
};

/** Writes minor units for people, with the currency's own decimals. */
export function money(minor: number | bigint, currency: string, locale: Locale, style: MoneyStyle = {}): string {
	const digits = style.digits ?? currencyDigits(currency);
	const shape: Intl.NumberFormatOptions = {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
		signDisplay: style.signed ? 'exceptZero' : 'auto',
	};
	if (style.show === 'symbol' || style.show === 'code') {
		Object.assign(shape, { style: 'currency', currency, currencyDisplay: style.show === 'code' ? 'code' : 'narrowSymbol' });
	}
	return minus(formatDecimal(numberFormat(locale, shape), minorToDecimal(minor, digits)));
}

/** A true minus sign is as wide as a plus and a digit, so columns line up. */
function minus(text: string): string {
	return text.replace('-', '−');
}

/** Writes a decimal quantity: "84.320" → "84.32", unless `decimals` says how many it wants. */
export function quantity(value: string | number, locale: Locale, decimals?: number): string {
	const text = tidy(String(value));
	const own = text.split('.')[1]?.length ?? 0;
	const places = decimals ?? Math.min(own, 12);
	return minus(formatDecimal(numberFormat(locale, { minimumFractionDigits: places, maximumFractionDigits: places }), text));
}

/** Decimal text without the zeros that only fill its scale: "1.5720" → "1.572", "7.0000" → "7". */
export function tidy(value: string): string {
	return value.includes('.') ? value.replace(/\.?0+$/, '') : value;
}

/** Writes a ratio given as decimal text: ("0.062") → "6.2%". */
export function percent(ratio: string | number, locale: Locale, decimals = 1): string {
	return minus(formatDecimal(numberFormat(locale, { style: 'percent', maximumFractionDigits: decimals }), String(ratio)));
}

function separators(locale: Locale): { group: string; decimal: string } {
	const parts = numberFormat(locale, { minimumFractionDigits: 1, useGrouping: true }).formatToParts(1234567.8);
	return {
		group: parts.find((p) => p.type === 'group')?.value ?? ',',
		decimal: parts.find((p) => p.type === 'decimal')?.value ?? '.',
	};
}

/** The mark between whole and fraction in a locale. */
export function decimalMark(locale: Locale): string {
	return separators(locale).decimal;
}

/** Digits of any script to 0–9, and every kind of minus and space to the plain one. */
function plainDigits(text: string): string {
	return text
		.replace(/\p{Nd}/gu, (d) => String(digitValue(d)))
		.replace(/[−–﹣-]/g, '-')
		.replace(/[\s\u00a0\u202f\u200e\u200f\u061c'’_]/g, '')
		.replace(/\u066b/g, '.')
		.replace(/\u066c/g, '');
}

function digitValue(digit: string): number {
	let code = digit.codePointAt(0)!;
	let value = 0;
	// Unicode keeps each script's ten digits in one run; walk back to its zero.
	while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - 1))) {
		code--;
		value++;
	}
	return value;
}

/**
 * Reads what a person typed as a number into plain decimal text ("1.234,5" in
 * German → "1234.5"). Null if it is not a number. Where one lone separator is
 * ambiguous it is the locale's grouping only if exactly three digits follow.
 */
export function parseDecimal(text: string, locale: Locale): string | null {
	const { group, decimal } = separators(locale);
	let plain = plainDigits(text);
	const last = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf(','));
	if (last >= 0) {
		const mark = plain[last]!;
		const many = plain.split(mark).length > 2;
		const other = plain.includes(mark === '.' ? ',' : '.');
		const three = plain.length - last - 1 === 3;
		const grouping = many || (!other && mark === group && mark !== decimal && three && !/^-?0/.test(plain));
		const [whole, fraction] = grouping ? [plain, ''] : [plain.slice(0, last), plain.slice(last + 1)];
		// Groups of three, or of two before the last three as in India; anything else is a slip, not a number.
		if (/[.,]/.test(whole) && !/^-?\d{1,3}(?:([.,])(?:\d{2,3}\1)*\d{3})$/.test(whole)) return null;
		plain = whole.replace(/[.,]/g, '') + (fraction ? '.' + fraction : '');
	}
	if (!/^-?(\d+\.?\d*|\.\d+)$/.test(plain)) return null;
	const [whole = '', fraction] = plain.replace('-', '').split('.');
	const figure = (whole.replace(/^0+(?=\d)/, '') || '0') + (fraction ? '.' + fraction : '');
	return plain.startsWith('-') && /[1-9]/.test(figure) ? '-' + figure : figure;
}

/** Reads typed text into minor units. Null if it is no number, has too many decimals, or is beyond exact integers. */
export function parseMoney(text: string, digits: number, locale: Locale): number | null {
	const decimal = parseDecimal(text, locale);
	if (decimal === null) return null;
	const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
	if (fraction.replace(/0+$/, '').length > digits) return null;
	const minor = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
	if (!Number.isSafeInteger(minor)) return null;
	return decimal.startsWith('-') ? -minor : minor;
}

export type MomentStyle = 'date' | 'time' | 'datetime' | 'long' | 'weekday' | 'day';

const moments: Record<MomentStyle, Intl.DateTimeFormatOptions> = {
	date: { day: 'numeric', month: 'short', year: 'numeric' },
	time: { hour: '2-digit', minute: '2-digit' },
	datetime: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
	long: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
	weekday: { weekday: 'long', day: 'numeric', month: 'long' },
	day: { weekday: 'long' },
};

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Writes an instant as the clock on the wall of `timeZone` shows it. */
export function moment(at: string | Date, timeZone: string, locale: Locale, style: MomentStyle = 'datetime'): string {
	const key = `${locale} ${timeZone} ${style}`;
	let clock = clocks.get(key);
	if (!clock) clocks.set(key, (clock = new Intl.DateTimeFormat(datesIn(locale), { ...moments[style], timeZone })));
	return clock.format(typeof at === 'string' ? new Date(at) : at);
}
