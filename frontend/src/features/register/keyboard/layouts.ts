/** Where the letters are, by language, as on keyboards with keys. Arabic's joined lam-alef is one key that writes two letters. */
type Letters = { plain: string[][]; shift: string[][] };

const latin = (...rows: string[]): Letters => ({ plain: rows.map((row) => [...row]), shift: rows.map((row) => [...row.toLocaleUpperCase()]) });
const letters: Record<string, Letters> = {
	en: latin('qwertyuiop', 'asdfghjkl', 'zxcvbnm'),
	es: latin('qwertyuiop', 'asdfghjklñ', 'zxcvbnm'),
	ar: {
		plain: [[...'ضصثقفغعهخحجد'], [...'شسيبلاتنمكطذ'], ['ئ', 'ء', 'ؤ', 'ر', 'لا', 'ى', 'ة', 'و', 'ز', 'ظ']],
		shift: [[...'١٢٣٤٥٦٧٨٩٠'], [...'أإآٱپچژڤگ'], [...'ـ،؛؟٪«»']],
	},
};
const accents: Record<string, string> = { es: 'áéíóúü¿¡' };
const signs = [[...'1234567890'], [...'@#€$&_-+()'], [...'*"\':;!?,./'], [...'[]{}<>=%~|']];

export const languages = Object.keys(letters);
export type Page = 'plain' | 'shift' | 'signs';

/** The keys of a page, row by row. Digits stand above the letters: names, codes and addresses mix the two. */
export function rowsOf(language: string, page: Page): string[][] {
	if (page === 'signs') return signs;
	const known = letters[language] ?? letters.en!;
	const extra = accents[language];
	// Shifted digits would be signs, which have a page of their own: the row is the accents' then.
	const first = extra && page === 'shift' ? extra.toLocaleUpperCase() : '1234567890';
	const rows = [[...first], ...known[page].map((row) => [...row])];
	if (extra && page === 'plain') [rows[1], rows[3]] = [[...rows[1]!, 'ü'], [...rows[3]!, ...'áéíóú']];
	return rows;
}

export type Kind = 'text' | 'digits' | 'decimal';

/** What a field wants typed, by what it says of itself. */
export function kindOf(field: { type?: string; mode?: string }): Kind {
	if (field.mode === 'decimal') return 'decimal';
	return field.mode === 'numeric' || field.mode === 'tel' || field.type === 'number' || field.type === 'tel' ? 'digits' : 'text';
}
