/** The direction of a receipt's paper: that of its own language, whatever the reader's is. */
export function paperDirection(document: { locale?: string; design?: { languages?: string[] | null } } | undefined): 'rtl' | 'ltr' {
	const first = document?.design?.languages?.[0] ?? document?.locale ?? '';
	return /^(ar|fa|he|ur)\b/.test(first) ? 'rtl' : 'ltr';
}
