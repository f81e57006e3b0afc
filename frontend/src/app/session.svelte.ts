import { body, createHttp } from '@/platform/http';
import { figuresIn, language } from '@/platform/language';
import { me } from '@/platform/me.svelte';
import { Problem } from '@/platform/problem';
import { region } from '@/platform/region.svelte';
import { speakLike } from '@/platform/terms.svelte';

/** Who is signed in, where, and what they may do, as the server tells it. */
export type Session = {
	user: { id: string; name: string; role?: string; role_name?: string };
	shop: { name: string; place?: string; locale: string; currency: string; time_zone: string; words?: string };
	permissions: string[];
	/** Modules that are not there for this person. */
	closed?: string[];
	stores?: { id: string; name: string; time_zone: string; active: boolean }[];
	/** There may be stores beside these. */
	limited?: boolean;
	/** The platform's support is signed in, as far as the shop lets it. */
	support?: { until: string; view_only: boolean };
	/** Set, and nothing else, if a second step has to be taken first. */
	second?: SecondStep;
};

/** What is before someone whose password was right. */
export type SecondStep = { token: string; kind: 'prove' | 'enrol'; code: boolean; passkey: boolean };

type Answer = { responses: { 200: { content: { 'application/json': Session } } } };
type Paths = {
	'/api/session': {
		get: Answer;
		post: Answer & { requestBody: { content: { 'application/json': { email: string; password: string } } } };
		delete: { responses: { 204: { content?: never } } };
	};
	'/api/session/ticket': { post: Answer & { requestBody: { content: { 'application/json': { ticket: string } } } } };
};

type State = { status: 'unknown' } | { status: 'out'; ended: boolean } | { status: 'second'; step: SecondStep } | { status: 'in'; session: Session } | { status: 'failed'; problem: Problem };

let state = $state.raw<State>({ status: 'unknown' });
const http = createHttp<Paths>();

/** The one session of this page. */
export const session = {
	get state(): State {
		return state;
	},
	/** Looks whether the browser still holds a session. */
	async find(): Promise<void> {
		state = { status: 'unknown' };
		try {
			await useTicket();
			enter(await body(http.GET('/api/session')));
		} catch (error) {
			const problem = Problem.from(error);
			state = problem.status === 401 ? { status: 'out', ended: false } : { status: 'failed', problem };
		}
	},
	/** Asks again what its person may do, after a role has changed. Nothing is shown of it unless something did. */
	async refresh(): Promise<void> {
		const found = await body(http.GET('/api/session')).catch(() => null);
		if (!found || state.status !== 'in' || found.user.id !== state.session.user.id) return;
		if (told(found) !== told(state.session)) enter(found);
	},
	/** Fails with a Problem: wrong e-mail or password is 401. */
	async signIn(email: string, password: string): Promise<void> {
		this.begin(await body(http.POST('/api/session', { body: { email, password } })));
	},
	/** Goes in with what a sign-in was answered, or on to the second step. */
	begin(found: Session): void {
		if (found.second) state = { status: 'second', step: found.second };
		else enter(found);
	},
	/** Begins signing in anew. */
	restart(): void {
		state = { status: 'out', ended: false };
	},
	async signOut(): Promise<void> {
		await http.DELETE('/api/session').catch(() => undefined);
		state = { status: 'out', ended: false };
	},
	/** The server no longer knows us: some call was answered 401. */
	ended(): void {
		if (state.status === 'in') state = { status: 'out', ended: true };
	},
	/** Whether a module is there for this person. */
	uses(module: string | undefined): boolean {
		return !module || state.status !== 'in' || !state.session.closed?.includes(module);
	},
	/** Whether to show something. The server decides for itself. */
	can(permission: string | undefined): boolean {
		return !permission || (state.status === 'in' && state.session.permissions.includes(permission));
	},
};

/** The page on which a shop was made sends its owner here with a ticket behind the address. A spent one leads to the sign-in. */
async function useTicket(): Promise<void> {
	const ticket = /^#ticket=(.+)$/.exec(location.hash)?.[1];
	if (!ticket) return;
	history.replaceState(null, '', location.pathname + location.search);
	await http.POST('/api/session/ticket', { body: { ticket } }).catch(() => undefined);
}

/** What a change of roles, modules or words shows in. */
const told = (of: Session) => JSON.stringify([of.user, of.permissions, of.closed, of.shop.words]);

function enter(found: Session): void {
	if (language.follow(found.shop.locale)) return;
	region.locale = figuresIn(found.shop.locale);
	region.currency = found.shop.currency;
	region.timeZone = found.shop.time_zone;
	Object.assign(me, { id: found.user.id, name: found.user.name, role: found.user.role ?? '', permissions: found.permissions, stores: found.stores ?? [], limited: found.limited ?? false });
	// The shop's own words come before its screens.
	const show = () => (state = { status: 'in', session: found });
	const words = speakLike(found.shop.words);
	if (words) void words.then(show);
	else show();
}
