/** The kinds of screen that one build can be. */
export type Surface = 'office' | 'register' | 'gallery';

/** A till's window says so by the objects that Wails puts on it; elsewhere the address decides. */
export function surfaceOf(path: string, page: object): Surface {
	if (path === '/ui') return 'gallery';
	if (path === '/register' || path.startsWith('/register/')) return 'register';
	return 'go' in page && 'runtime' in page ? 'register' : 'office';
}
