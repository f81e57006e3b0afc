/** Where the page is. Screens read `router.query` and call `navigate`; links are plain `<a href>`. */

const here = $state({ path: location.pathname, search: location.search });
let guard: (() => boolean) | null = null;

export const router = {
	get path(): string {
		return here.path;
	},
	/** Filters and the like, kept in the address so that a list can be sent to a colleague. */
	get query(): URLSearchParams {
		return new URLSearchParams(here.search);
	},
};

const shown = () => location.origin + here.path + here.search;

function read(): void {
	here.path = location.pathname;
	here.search = location.search;
}

/** Goes to a path of this site, unless a screen with unsaved changes objects. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
	const url = new URL(to, location.href);
	if (url.pathname !== here.path && guard && !guard()) return;
	history[options.replace ? 'replaceState' : 'pushState'](null, '', url);
	const moved = url.pathname !== here.path;
	read();
	if (moved) scrollTo(0, 0);
}

/** Changes parts of the query, leaving the rest; empty values go. The way back leads to what was before, except from one text to the next while someone types. */
export function setQuery(changes: Record<string, string | null>): void {
	const query = router.query;
	for (const [name, value] of Object.entries(changes)) {
		if (value) query.set(name, value);
		else query.delete(name);
	}
	const text = query.toString();
	const typing = Object.keys(changes).join() === 'q' && !!router.query.get('q');
	const closing = Object.values(changes).every((value) => value === null);
	if (text !== router.query.toString()) navigate(here.path + (text ? `?${text}` : ''), { replace: typing || closing });
}

/** `mayLeave` is asked before another page is opened. Returns what takes the guard away; use it in an effect. */
export function guardLeaving(mayLeave: () => boolean): () => void {
	const before = (event: BeforeUnloadEvent) => {
		if (!mayLeave()) event.preventDefault();
	};
	guard = mayLeave;
	addEventListener('beforeunload', before);
	return () => {
		if (guard === mayLeave) guard = null;
		removeEventListener('beforeunload', before);
	};
}

/** Starts following the address bar and plain links; returns what stops it. */
export function startRouter(): () => void {
	const click = (event: MouseEvent) => {
		const link = (event.target as Element).closest?.('a');
		if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
		const leaves = link.origin !== location.origin || link.target || link.hasAttribute('download') || link.pathname.startsWith('/api/');
		if (leaves || (link.hash && link.pathname === location.pathname)) return;
		event.preventDefault();
		navigate(link.href);
	};
	const back = () => {
		// The browser has gone already: it is brought back, so that nothing typed is lost.
		if (guard && location.href !== shown() && !guard()) history.pushState(null, '', shown());
		else read();
	};
	addEventListener('click', click);
	addEventListener('popstate', back);
	return () => {
		removeEventListener('click', click);
		removeEventListener('popstate', back);
	};
}
