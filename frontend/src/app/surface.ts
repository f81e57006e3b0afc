/** The kinds of screen that one build can be. */
export type Surface = 'office' | 'register' | 'gallery' | 'setup' | 'console' | 'door';

/** A till's window says so by the objects that Wails puts on it; elsewhere the address decides. `place` is what the server wrote on the page: "root" at the domain itself, which is no shop, and "console" at the platform's own address. */
export function surfaceOf(path: string, page: object, place?: string): Surface {
	if (path === '/ui') return 'gallery';
	if (place === 'console') return 'console';
	if (place === 'root') return 'setup';
	if (['/invitation', '/password', '/mailbox'].includes(path)) return 'door';
	if (path === '/register' || path.startsWith('/register/')) return 'register';
	return 'go' in page && 'runtime' in page ? 'register' : 'office';
}
