import type { Term, Words } from './terms/words';

let kind = 'retail';
let own = $state.raw<Words>({});

/** The shop's word for something: its kind of business' own, or the usual one. */
export const say = (name: Term, usual: () => string): string => (own[name] ?? usual)();

/** Speaks like this kind of business from now on. Words that have to be fetched first are awaited by who must not show others meanwhile; without them the usual ones are said. */
export function speakLike(next = 'retail'): Promise<void> | undefined {
	if (next === kind) return undefined;
	kind = next;
	if (next === 'retail') {
		own = {};
		return undefined;
	}
	return import('./terms/words')
		.then(({ words }) => {
			if (kind === next) own = words[next] ?? {};
		})
		.catch(() => {
			kind = 'retail';
			own = {};
		});
}
