import { money, quantity } from '@/platform/format';
import { region } from '@/platform/region.svelte';
import { m } from '@/paraglide.gen/messages';
import type { Tone } from '@/ui/types';
import type { Goods, Kind, Terms } from './queries';
import type { Standing } from './terms';

export const kindNames: Record<Kind, () => string> = {
	percent: m.promo_kind_percent, amount: m.promo_kind_amount, price: m.promo_kind_price, buy_get: m.promo_kind_buy_get, multi_buy: m.promo_kind_multi_buy, bundle: m.promo_kind_bundle, spend: m.promo_kind_spend,
};
export const standings: Record<Standing, { name: () => string; tone: Tone }> = {
	stopped: { name: m.promo_stopped, tone: 'neutral' },
	scheduled: { name: m.promo_scheduled, tone: 'accent' },
	running: { name: m.promo_running, tone: 'good' },
	over: { name: m.promo_over, tone: 'warn' },
};

/** Sunday first, as in the terms; a week in January 2023 began on a Sunday. */
export const weekday = (day: number, form: 'short' | 'long' = 'short'): string => new Intl.DateTimeFormat(region.locale, { weekday: form, timeZone: 'UTC' }).format(Date.UTC(2023, 0, 1 + day));

const write = (minor: number) => money(minor, region.currency, region.locale);
const figure = (n: number | undefined) => quantity(String(n ?? 0), region.locale);

/** What a promotion gives, in a few words: "Buy 2, get 1 free". */
export function gives(t: Terms): string {
	const percent = quantity(t.percent, region.locale);
	switch (t.kind) {
		case 'percent': return m.promo_gives_percent({ percent });
		case 'amount': return m.promo_gives_amount({ amount: write(t.amount_minor) });
		case 'price': return m.promo_gives_price({ amount: write(t.amount_minor) });
		case 'buy_get': return Number(t.percent) === 100 ? m.promo_gives_free({ buy: figure(t.buy), get: figure(t.get) }) : m.promo_gives_part({ buy: figure(t.buy), get: figure(t.get), percent });
		case 'multi_buy': return m.promo_gives_multi({ count: figure(t.count), amount: write(t.amount_minor) });
		case 'bundle': return m.promo_gives_bundle({ amount: write(t.amount_minor) });
		case 'spend': return m.promo_gives_spend({ from: write(t.min_spend_minor ?? 0), off: t.amount_minor ? write(t.amount_minor) : `${percent} %` });
	}
}

export const everything = (goods: Goods): boolean => !goods.items?.length && !goods.categories?.length;

/** When and for whom, in a few words; empty where it is always and for everyone. */
export function conditions(t: Terms): string {
	const day = (text: string) => new Intl.DateTimeFormat(region.locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(text));
	const days = t.from || t.until ? [t.from && day(t.from), t.until && day(t.until)].map((d) => d || '…').join(' – ') : '';
	const hours = t.from_hour ? `${t.from_hour}–${t.until_hour}` : '';
	return [days, t.days?.map((d) => weekday(d)).join(', '), hours, t.members && m.promo_members_short(), t.coupon && m.promo_coupon_short({ code: t.coupon })].filter(Boolean).join(' · ');
}
