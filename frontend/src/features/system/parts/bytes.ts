const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** A size as people say it: (1234567, 'en') → "1.2 MB". */
export function bytes(count: number, locale: string): string {
	let [size, unit] = [count, 0];
	while (size >= 1000 && unit < units.length - 1) {
		size /= 1000;
		unit++;
	}
	return new Intl.NumberFormat(locale, { style: 'unit', unit: units[unit], unitDisplay: 'short', maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0 }).format(size);
}
