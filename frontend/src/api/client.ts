import { createHttp } from '@/platform/http';
import type { components, paths } from './schema.gen';

let ended: () => void = () => undefined;

/** Tells who is to hear that a call was answered 401: the session is over. */
export function whenSignedOut(run: () => void): void {
	ended = run;
}

let unproven: () => Promise<boolean> = () => Promise.resolve(false);

/** Tells who asks the person to show once more who it is. */
export function whenUnproven(ask: () => Promise<boolean>): void {
	unproven = ask;
}

/** Headers (the Idempotency-Key of every write) are added by the client itself, so no call has to name them. */
type Headless<Paths> = {
	[Path in keyof Paths]: {
		[Method in keyof Paths[Path]]: Paths[Path][Method] extends { parameters: infer Parameters }
			? Omit<Paths[Path][Method], 'parameters'> & { parameters: Omit<Parameters, 'header'> & { header?: never } }
			: Paths[Path][Method];
	};
};

/** The server, as its OpenAPI description types it. Use with `body()`: `body(api.GET('/api/items'))`. */
export const api = createHttp<Headless<paths>>({ onSignedOut: () => ended(), onUnproven: () => unproven() });

/** A type of the API by its name. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** What a call of the API answers with when it succeeds. */
export type Answer<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends { responses: infer Responses }
	? Responses extends Record<200, { content: { 'application/json': infer Body } }>
		? Body
		: Responses extends Record<201, { content: { 'application/json': infer Body } }>
			? Body
			: never
	: never;
