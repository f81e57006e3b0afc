/** Fits a path to a pattern such as "/items/{id}"; the parts it took, or null. */
export function fit(pattern: string, path: string): Record<string, string> | null {
	const want = parts(pattern);
	const have = parts(path);
	if (want.length !== have.length) return null;
	const taken: Record<string, string> = {};
	for (const [at, part] of want.entries()) {
		const name = /^\{(\w+)\}$/.exec(part)?.[1];
		if (name) taken[name] = decode(have[at]!);
		else if (part !== have[at]) return null;
	}
	return taken;
}

/** The pattern that fits best: a fixed part beats one that takes anything. */
export function best<T extends { path: string }>(routes: readonly T[], path: string): { route: T; params: Record<string, string> } | null {
	let found: { route: T; params: Record<string, string> } | null = null;
	for (const route of routes) {
		const params = fit(route.path, path);
		if (params && (!found || Object.keys(params).length < Object.keys(found.params).length)) found = { route, params };
	}
	return found;
}

function parts(path: string): string[] {
	return path.split('/').filter(Boolean);
}

function decode(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
