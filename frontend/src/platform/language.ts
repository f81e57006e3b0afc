import { baseLocale, isLocale, locales, overwriteGetLocale, overwriteSetLocale, type Locale } from '@/paraglide.gen/runtime';

/**
 * In which language a person reads the screens: their own choice on this device,
 * else the shop's, else the browser's. Texts are fixed when a page starts, so a
 * change begins it again; carts and sessions live elsewhere and survive that.
 * How figures are written follows from it, see docs/adr/0011.
 */

const chosen = 'souk.language';
const ofShop = 'souk.language.shop';
const rightToLeft = new Set(['ar']);

/** The language of a locale such as "es-MX" if it has texts here, else null. */
export function textsFor(tag: string | null | undefined): Locale | null {
	const language = tag?.split(/[-_]/)[0]?.toLowerCase();
	return language && isLocale(language) ? language : null;
}

/** The first of these, most wanted first, that has texts. */
export function firstOf(tags: readonly (string | null | undefined)[]): Locale {
	for (const tag of tags) {
		const found = textsFor(tag);
		if (found) return found;
	}
	return baseLocale;
}

const wanted = () => firstOf([localStorage.getItem(chosen), localStorage.getItem(ofShop), ...(globalThis.navigator?.languages ?? [])]);
const now = wanted();
overwriteGetLocale(() => now);
overwriteSetLocale((next) => language.choose(next as Locale));

export const language = {
	now,
	/** Every language there are texts for, each with its own name for itself. */
	all: locales.map((code) => ({ code, name: ownName(code) })),
	/** Keeps a person's choice on this device and begins the page again in it. */
	choose(next: Locale): void {
		localStorage.setItem(chosen, next);
		if (next !== now) location.reload();
	},
	/** Takes the shop's language where nobody chose one. True if the page is beginning again for it. */
	follow(shopLocale: string): boolean {
		const shop = textsFor(shopLocale);
		if (!shop || localStorage.getItem(ofShop) === shop) return false;
		localStorage.setItem(ofShop, shop);
		// A browser that keeps nothing would begin again for ever.
		if (wanted() === now || localStorage.getItem(ofShop) !== shop) return false;
		location.reload();
		return true;
	},
	/** Tells the document, so that styles, readers and hyphenation know. */
	declare(root: HTMLElement): void {
		root.lang = now;
		root.dir = rightToLeft.has(now) ? 'rtl' : 'ltr';
	},
};

function ownName(code: string): string {
	const name = new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
	return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/**
 * The locale that figures and dates are written in: the shop's own when it is of
 * the language being read, else that language in the shop's country. Arabic is
 * written with the digits 0–9 unless the shop's locale names others.
 */
export function figuresIn(shopLocale: string, reading: string = now): string {
	let locale: Intl.Locale;
	try {
		locale = new Intl.Locale(shopLocale);
	} catch {
		locale = new Intl.Locale(reading);
	}
	// A shop whose language has no texts, Sinhala say, keeps its figures under the English ones.
	const stays = locale.language === reading || (reading === baseLocale && textsFor(locale.language) === null);
	if (!stays) locale = new Intl.Locale(reading, { region: locale.maximize().region, numberingSystem: locale.numberingSystem });
	if (locale.language === 'ar' && !locale.numberingSystem) locale = new Intl.Locale(locale, { numberingSystem: 'latn' });
	return locale.toString();
}

/** How dates are written under a locale: months and days of the week are words, so they are in a language that has texts. */
export function datesIn(locale: string, reading: string = now): string {
	const { language: named, region } = new Intl.Locale(locale).maximize();
	return textsFor(named) ? locale : new Intl.Locale(reading, { region }).toString();
}

if (globalThis.document) language.declare(document.documentElement);
