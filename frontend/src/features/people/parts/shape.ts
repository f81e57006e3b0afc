import type { Role, Shape } from '../queries';

/** What a shop says of one right of a role: nothing, so that the role keeps what it stands on gives it, or a word of its own. */
export type Said = 'default' | 'granted' | 'denied';
export type Words = Readonly<Record<string, Said>>;

export function wordsOf({ grants, denials }: Shape): Words {
	return Object.fromEntries([...grants.map((p) => [p, 'granted' as Said]), ...denials.map((p) => [p, 'denied' as Said])]);
}

export function shapeOf(words: Words): Shape {
	const all = (said: Said) => Object.keys(words).filter((p) => words[p] === said).sort();
	return { grants: all('granted'), denials: all('denied') };
}

/** Whether a role has a right, by what it stands on and what is said of it. */
export const has = (floor: ReadonlySet<string>, words: Words, permission: string): boolean => words[permission] === 'granted' || (words[permission] !== 'denied' && floor.has(permission));

/** The rights of which two people have said different things. */
export const differing = (mine: Words, theirs: Words): string[] => [...new Set([...Object.keys(mine), ...Object.keys(theirs)])].filter((p) => (mine[p] ?? 'default') !== (theirs[p] ?? 'default')).sort();

export const sameShape = (a: Shape, b: Shape): boolean => differing(wordsOf(a), wordsOf(b)).length === 0;

/** What a copy starts from: the role that the original stands on, and what was said over it. A built-in role's copy stands on that role and says nothing. */
export const copied = (role: Role): { base: string; words: Words } => ({ base: role.base, words: role.own ? wordsOf(role) : {} });
