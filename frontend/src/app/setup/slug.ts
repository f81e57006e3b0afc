/** What a shop's name becomes in an address: "Café Müller & Söhne" is "cafe-muller-sohne". */
export function slugFrom(name: string): string {
	return name
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.replace(/ß/g, 'ss')
		.toLowerCase()
		.replace(/['’]/g, '')
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+/, '')
		.slice(0, 40)
		.replace(/-+$/, '');
}

/** Where a shop is: beside the page that is open, under the server's domain. */
export function shopAddress(here: { protocol: string; port: string }, slug: string, domain: string): string {
	return `${here.protocol}//${slug}.${domain}${here.port ? `:${here.port}` : ''}`;
}

/** The form's step that a wrong field belongs to. */
export function stepOf(path: string): number {
	return Math.max(0, ['shop', 'store', 'owner', 'people'].indexOf(path.split('.')[0] ?? ''));
}
