/** What a browser is called by people: its own name for itself is of no use to them. */
export type Agent = { browser: string; system: string };

const browsers: [RegExp, string][] = [
	[/Edg(e|A|iOS)?\//, 'Edge'],
	[/OPR\/|Opera/, 'Opera'],
	[/Firefox\/|FxiOS\//, 'Firefox'],
	[/(Headless)?Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
	[/Safari\//, 'Safari'],
];
// An iPad calls itself a Mac unless it is asked; Android says Linux too.
const systems: [RegExp, string][] = [
	[/iPhone/, 'iPhone'],
	[/iPad/, 'iPad'],
	[/Android/, 'Android'],
	[/Windows/, 'Windows'],
	[/Mac OS X|Macintosh/, 'Mac'],
	[/CrOS/, 'ChromeOS'],
	[/Linux/, 'Linux'],
];

/** Undefined for what is no browser that we know. */
export function agentOf(text: string): Agent | undefined {
	const named = (among: [RegExp, string][]) => among.find(([sign]) => sign.test(text))?.[1];
	const [browser, system] = [named(browsers), named(systems)];
	return browser && system ? { browser, system } : undefined;
}
