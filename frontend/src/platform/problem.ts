import { sentence } from './faults';

/** What went wrong, as the server says it (RFC 9457), or as the network did. */
export class Problem extends Error {
	readonly detail: string;

	constructor(
		/** `module.reason`, which is also the translation key. */
		readonly code: string,
		readonly title: string,
		detail: string = '',
		/** Field path → reason, for showing beside inputs. */
		readonly fields: Readonly<Record<string, string>> = {},
		/** Request id, to quote to support. */
		readonly ref: string = '',
		readonly status: number = 0,
		/** Exactly what was refused, where somebody else may approve it. */
		readonly asked: unknown = undefined,
	) {
		const said = sentence(code, detail || title, ref);
		super(said || code);
		this.detail = said === title ? detail : said;
		this.name = 'Problem';
	}

	/** True when nobody answered, so that nothing is known about what was asked. */
	get unreachable(): boolean {
		return this.code === 'network.unreachable';
	}

	/** Anything thrown, as a Problem. */
	static from(error: unknown): Problem {
		if (error instanceof Problem) return error;
		return new Problem('client.error', error instanceof Error ? error.message : String(error));
	}

	/** Reads a refused answer. Never fails: a body that is not problem+json becomes `http.<status>`. */
	static async read(response: Response): Promise<Problem> {
		const ref = response.headers.get('X-Request-Id') ?? '';
		const type = response.headers.get('Content-Type') ?? '';
		const plain = new Problem(`http.${response.status}`, response.statusText || `HTTP ${response.status}`, '', {}, ref, response.status);
		if (!type.includes('json')) return plain;
		try {
			const body = (await response.clone().json()) as Record<string, unknown>;
			return new Problem(
				text(body.code) || plain.code,
				text(body.title) || plain.title,
				text(body.detail),
				fieldsOf(body),
				text(body.ref) || ref,
				response.status,
				body.asked,
			);
		} catch {
			return plain;
		}
	}
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

/** Our own `fields` list, in which a field without words of its own is what the detail speaks of, or the `errors` list of RFC 9457's usual extension. */
function fieldsOf(body: Record<string, unknown>): Record<string, string> {
	const fields: Record<string, string> = {};
	for (const entry of Array.isArray(body.fields) ? body.fields : []) {
		const { path, code, message } = entry as { path?: string; code?: string; message?: string };
		if (path) fields[path] ??= sentence(code || text(body.code), message || text(body.detail)) || code || '';
	}
	for (const entry of Array.isArray(body.errors) ? body.errors : []) {
		const { location, message } = entry as { location?: string; message?: string };
		if (location && message) fields[location.replace(/^body\./, '')] ??= message;
	}
	return fields;
}
