import { figuresIn } from './language';

/** How the shop writes figures and dates. Set once after sign-in; everything on screen follows. */
export const region = $state({
	locale: figuresIn(globalThis.navigator?.language || 'en'),
	currency: 'USD',
	timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});
