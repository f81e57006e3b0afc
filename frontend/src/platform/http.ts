import createClient, { type Client, type Middleware } from 'openapi-fetch';
import { Problem } from './problem';
import { uuid } from './uuid';

const writes = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const kept = 64;

export type HttpOptions = {
	baseUrl?: string;
	fetch?: (request: Request) => Promise<Response>;
	/** Called on 401, before the call fails: the session is over. */
	onSignedOut?: () => void;
	/** Asks the person to show once more who it is; true if that was done. The call is then sent again as it was. */
	onUnproven?: () => Promise<boolean>;
};

/**
 * A typed client over the server's OpenAPI description. Every write carries an
 * Idempotency-Key; a write that got no answer keeps its key, so that sending the
 * same thing again cannot do it twice.
 *
 * Calls fail with `Problem`: `network.unreachable` when nobody answered,
 * otherwise the code the server gave.
 */
export function createHttp<Paths extends object>(options: HttpOptions = {}): Client<Paths> {
	const send = options.fetch ?? ((request: Request) => globalThis.fetch(request));
	const keys = new SubmissionKeys();
	const client = createClient<Paths>({
		baseUrl: options.baseUrl ?? '',
		credentials: 'same-origin',
		fetch: (request) => proven(request, (once) => submit(once, send, keys), options.onUnproven),
	});
	client.use(refusals(options.onSignedOut));
	return client;
}

function refusals(onSignedOut?: () => void): Middleware {
	return {
		async onResponse({ response }) {
			if (response.ok) return;
			if (response.status === 401) onSignedOut?.();
			throw await Problem.read(response);
		},
	};
}

/** Sends a call again that was refused for want of a fresh proof, when there is one. */
async function proven(request: Request, send: (request: Request) => Promise<Response>, ask?: () => Promise<boolean>): Promise<Response> {
	if (!ask || !writes.has(request.method)) return send(request);
	const again = request.clone();
	const response = await send(request);
	if (response.status !== 403 || (await Problem.read(response)).code !== 'auth.prove_again') return response;
	return (await ask()) ? send(again) : response;
}

async function submit(request: Request, send: (request: Request) => Promise<Response>, keys: SubmissionKeys): Promise<Response> {
	if (!writes.has(request.method)) return reach(request, send);
	const submission = `${request.method} ${request.url}\n${await request.clone().text()}`;
	const key = request.headers.get('Idempotency-Key') ?? keys.take(submission);
	request.headers.set('Idempotency-Key', key);
	try {
		const response = await reach(request, send);
		// A gateway's answer says nothing about whether the server behind it acted.
		if ([502, 503, 504].includes(response.status)) keys.keep(submission, key);
		return response;
	} catch (error) {
		keys.keep(submission, key);
		throw error;
	}
}

async function reach(request: Request, send: (request: Request) => Promise<Response>): Promise<Response> {
	try {
		return await send(request);
	} catch (error) {
		if (error instanceof DOMException && error.name === 'AbortError') throw error;
		throw new Problem('network.unreachable', error instanceof Error ? error.message : String(error));
	}
}

/** Keys of submissions that went out and were never answered. */
class SubmissionKeys {
	#unanswered = new Map<string, string>();

	take(submission: string): string {
		const key = this.#unanswered.get(submission) ?? uuid();
		this.#unanswered.delete(submission);
		return key;
	}

	keep(submission: string, key: string): void {
		this.#unanswered.set(submission, key);
		if (this.#unanswered.size > kept) this.#unanswered.delete(this.#unanswered.keys().next().value!);
	}
}

/** The body of a call, for query and mutation functions: `body(api.GET('/api/items'))`. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
	return (await call).data as T;
}
