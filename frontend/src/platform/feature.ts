import type { Component } from 'svelte';

/** A screen at a path. `{name}` takes one part of the path and is given to the screen as a prop of that name. */
export type Route = {
	path: string;
	/** Shown in the header and the browser's tab. */
	title: () => string;
	/** Loaded when it is first wanted, so that a screen costs nothing until then: `() => import('./items.svelte')`. */
	screen: () => Promise<{ default: Component<any> }>; // eslint-disable-line @typescript-eslint/no-explicit-any -- a screen's props come from its own path
	/** Permission from modules.gen.ts; without it the screen says that it is not allowed. */
	needs?: string;
};

/** What a module brings to the page. `app/features.ts` lists them. */
export type Feature = {
	routes: Route[];
	/** Entries for the command palette, beside those that come from the navigation. */
	commands?: () => FeatureCommand[];
};

export type NavEntry = { label: string; path: string; icon?: string; /** Whose screen it is: it goes when that is closed. */ module?: string; needs?: string; count?: number };
export type NavSection = { label: string; entries: NavEntry[] };

export type FeatureCommand = { id: string; label: string; icon?: string; note?: string; combo?: string; words?: string; needs?: string; run: () => void };
