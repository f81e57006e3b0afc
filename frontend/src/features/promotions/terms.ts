import type { Goods, Kind, Promotion, Terms } from './queries';

/** What a promotion may give, in the order in which it is offered. */
export const kinds: Kind[] = ['percent', 'amount', 'price', 'buy_get', 'multi_buy', 'bundle', 'spend'];

/** A draft that shows all its fields; what its kind has no use for is left out when it is saved. */
export type Draft = Required<Omit<Terms, 'gets' | 'percent' | 'amount_minor' | 'buy' | 'get' | 'count' | 'min_quantity' | 'min_spend_minor' | 'max_uses' | 'priority' | 'parts'>> & {
	percent: string | null;
	amount_minor: number | null;
	buy: string | null;
	get: string | null;
	count: string | null;
	min_quantity: string | null;
	min_spend_minor: number | null;
	max_uses: string | null;
	priority: string | null;
	gets: Goods | null;
	parts: { goods: Goods; count: string | null }[];
	/** What a spend takes off. */
	by: 'percent' | 'amount';
};

export function draftOf(terms?: Terms): Draft {
	const count = (n: number | undefined, otherwise: string | null = null) => (n ? String(n) : otherwise);
	return {
		kind: terms?.kind ?? 'percent',
		goods: terms?.goods ?? {},
		percent: terms && Number(terms.percent) ? terms.percent : null,
		amount_minor: terms?.amount_minor || (terms?.kind === 'price' ? 0 : null),
		buy: count(terms?.buy, '2'),
		get: count(terms?.get, '1'),
		count: count(terms?.count, '3'),
		gets: terms?.gets ?? null,
		parts: terms?.parts?.map(({ count, ...goods }) => ({ goods, count: String(count) })) ?? [{ goods: {}, count: '1' }, { goods: {}, count: '1' }],
		by: terms?.kind === 'spend' && terms.amount_minor ? 'amount' : 'percent',
		min_quantity: count(terms?.min_quantity),
		min_spend_minor: terms?.min_spend_minor ?? null,
		max_uses: count(terms?.max_uses),
		members: terms?.members ?? false,
		coupon: terms?.coupon ?? '',
		stores: terms?.stores ?? [],
		from: terms?.from ?? '',
		until: terms?.until ?? '',
		days: terms?.days ?? [],
		from_hour: terms?.from_hour ?? '',
		until_hour: terms?.until_hour ?? '',
		priority: count(terms?.priority),
		stacks: terms?.stacks ?? false,
	};
}

const whole = (text: string | null): number => Number(text ?? 0) || 0;

/** The terms that a draft says, without what its kind has no use for. */
export function termsOf(d: Draft): Terms {
	const units = d.kind === 'percent' || d.kind === 'amount' || d.kind === 'price';
	const byPercent = d.kind === 'percent' || d.kind === 'buy_get' || (d.kind === 'spend' && d.by === 'percent');
	const byAmount = d.kind !== 'percent' && d.kind !== 'buy_get' && !(d.kind === 'spend' && d.by === 'percent');
	return {
		kind: d.kind,
		goods: d.kind === 'bundle' ? {} : d.goods,
		percent: byPercent ? (d.percent ?? '0') : '0',
		amount_minor: byAmount ? (d.amount_minor ?? 0) : 0,
		...(d.kind === 'buy_get' && { buy: whole(d.buy), get: whole(d.get), ...(d.gets && { gets: d.gets }) }),
		...(d.kind === 'multi_buy' && { count: whole(d.count) }),
		...(d.kind === 'bundle' && { parts: d.parts.map((p) => ({ ...p.goods, count: whole(p.count) })) }),
		...(units && whole(d.min_quantity) > 1 && { min_quantity: whole(d.min_quantity) }),
		...(d.kind === 'spend' && { min_spend_minor: d.min_spend_minor ?? 0 }),
		...(d.kind !== 'spend' && whole(d.max_uses) && { max_uses: whole(d.max_uses) }),
		...(d.members && { members: true }),
		...(d.coupon.trim() && { coupon: d.coupon.trim() }),
		...(d.stores.length && { stores: d.stores }),
		...(d.from && { from: d.from }),
		...(d.until && { until: d.until }),
		...(d.days.length && { days: [...d.days].sort((a, b) => a - b) }),
		...(d.from_hour && { from_hour: d.from_hour }),
		...(d.until_hour && { until_hour: d.until_hour }),
		...(whole(d.priority) && { priority: whole(d.priority) }),
		...(d.stacks && { stacks: true }),
	};
}

export type Standing = 'stopped' | 'scheduled' | 'running' | 'over';

/** How a promotion stands on a day (YYYY-MM-DD). */
export function standing(p: Pick<Promotion, 'active' | 'terms'>, today: string): Standing {
	if (!p.active) return 'stopped';
	if (p.terms.until && p.terms.until < today) return 'over';
	return p.terms.from && p.terms.from > today ? 'scheduled' : 'running';
}
