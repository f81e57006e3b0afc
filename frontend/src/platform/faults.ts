import { getLocale } from '@/paraglide.gen/runtime';

/**
 * The server's and the till's own sentences are English. What they say in the
 * other languages is fetched by who reads these, by the fault's code; until it
 * is there, a fault is told as it came.
 */
let sentences: Readonly<Record<string, string>> = {};

const languages: Record<string, () => Promise<{ default: Record<string, string> }>> = {
	es: () => import('./sentences/es.json'),
	ar: () => import('./sentences/ar.json'),
};

/** Fetches the sentences of the language being read. Without them people read English. */
export async function loadSentences(): Promise<void> {
	const found = await languages[getLocale()]?.().catch(() => null);
	if (found) sentences = found.default;
}

/** What a fault says in the language being read. `{n}` is the figure of the English one, `{ref}` what support asks for. */
export function sentence(code: string, said: string, ref = ''): string {
	const text = sentences[code];
	if (!text) return said;
	return text.replace('{n}', () => /[\d.,]*\d/.exec(said)?.[0] ?? '').replace('{ref}', () => ref || (/\(ref ([^)]+)\)/.exec(said)?.[1] ?? ''));
}
