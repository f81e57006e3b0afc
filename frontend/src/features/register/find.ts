/** What the text in the find box asks for. */
export type Wanted = { as: 'nothing' } | { as: 'code'; code: string } | { as: 'words'; words: string; times: string | null };

/**
 * Digits alone are a code, as if they had been scanned; "3*" before either kind
 * means three of it.
 */
export function read(text: string): Wanted {
	const tidy = text.trim();
	const many = /^(\d+(?:[.,]\d+)?)\s*[*×x]\s*(.*)$/i.exec(tidy);
	const times = many ? many[1]!.replace(',', '.') : null;
	const rest = (many ? many[2]! : tidy).trim();
	if (!rest) return { as: 'nothing' };
	if (/^\d+$/.test(rest)) return { as: 'code', code: times ? `${times}*${rest}` : rest };
	return { as: 'words', words: rest, times };
}
