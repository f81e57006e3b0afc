/** How figures are typed at a till, where there is no time for a decimal point. */

const digit = /\p{Nd}/u;

/** The digits of what stands in a money field, without leading zeros: "12.34" → "1234". Anything else in it is only for reading. */
export function digitsOf(text: string, longest = 12): string {
	let digits = '';
	for (const char of text) if (digit.test(char)) digits += plain(char);
	return digits.replace(/^0+/, '').slice(0, longest);
}

function plain(char: string): string {
	if (char >= '0' && char <= '9') return char;
	// Each script keeps its ten digits in one run.
	let code = char.codePointAt(0)!;
	let value = 0;
	while (value < 9 && digit.test(String.fromCodePoint(code - 1))) {
		code--;
		value++;
	}
	return String(value);
}

/** Digits fill from the cents: "1234" is 12.34 where there are two decimals. Null while nothing was typed. */
export function centsFirst(digits: string): number | null {
	if (digits === '') return null;
	const minor = Number(digits);
	return Number.isSafeInteger(minor) ? minor : null;
}

/** Cleans what is typed as a quantity: digits and one point, with at most so many decimals. */
export function numberText(text: string, decimals: number): string {
	const [whole = '', ...rest] = text.replace(/[,\u066b]/g, '.').replace(/\p{Nd}/gu, plain).replace(/[^\d.]/g, '').split('.');
	const tidy = whole.replace(/^0+(?=\d)/, '').slice(0, 9);
	if (!rest.length || decimals === 0) return tidy;
	return `${tidy || '0'}.${rest.join('').slice(0, decimals)}`;
}

/** True for a quantity that can be sold: a number above zero. */
export function sellable(text: string): boolean {
	return /^\d+(\.\d+)?$/.test(text.replace(/\.$/, '')) && /[1-9]/.test(text);
}
