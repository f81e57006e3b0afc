/** Letters and digits of pairing codes: those that nobody mistakes for another. The server's own list is wire.letters. */
const letters = /^[2-9A-HJ-NP-Z]$/;
/** A code, and a code with the beginning of the server's key behind it. */
const code_letters = 10;
const key_letters = 16;

export type Code = {
	/** What counts of it: no spaces, no hyphens, capitals. */
	plain: string;
	/** Characters that no code has. */
	wrong: string[];
	/** How many letters are wanted, where that is known. */
	wanted: number | null;
	state: 'empty' | 'wrong' | 'short' | 'long' | 'other_server' | 'good';
};

/**
 * Reads a pairing code as it is being typed or pasted: hyphens, spaces and small
 * letters are as good as none. `key` is what the server at the address shows, in
 * groups; undefined if nobody asked it.
 */
export function readCode(typed: string, key?: string): Code {
	const plain = typed.replace(/[\s\u200e\u200f‐-―-]/g, '').toUpperCase();
	const wrong = [...new Set(plain)].filter((letter) => !letters.test(letter));
	const wanted = key === undefined ? null : key ? code_letters + key_letters : code_letters;
	return { plain, wrong, wanted, state: stateOf(plain, wrong, wanted, key) };
}

function stateOf(plain: string, wrong: string[], wanted: number | null, key?: string): Code['state'] {
	if (!plain) return 'empty';
	if (wrong.length) return 'wrong';
	const whole = code_letters + key_letters;
	// A server that the system vouches for needs no key, but a code may carry one all the same.
	if (plain.length === whole) return key && !plain.endsWith(key.replaceAll('-', '')) ? 'other_server' : 'good';
	if (plain.length === code_letters) return wanted === whole ? 'short' : 'good';
	if (plain.length > whole) return 'long';
	return plain.length > code_letters && wanted === code_letters ? 'long' : 'short';
}
