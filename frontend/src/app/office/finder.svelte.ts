import Contact from '@lucide/svelte/icons/contact';
import History from '@lucide/svelte/icons/history';
import Package from '@lucide/svelte/icons/package';
import Receipt from '@lucide/svelte/icons/receipt-text';
import { api } from '@/api/client';
import type { Permission } from '@/api/modules.gen';
import { money } from '@/platform/format';
import { body } from '@/platform/http';
import { me } from '@/platform/me.svelte';
import { region } from '@/platform/region.svelte';
import { navigate } from '@/platform/router.svelte';
import { m } from '@/paraglide.gen/messages';
import type { Command, Icon } from '@/ui/types';

type Place = { label: string; note?: string; href: string };
type Source = { needs: Permission; group: () => string; icon: Icon; fetch: (q: string) => Promise<Place[]> };

const most = 6;
const wait_ms = 160;
const sources: Source[] = [
	{
		needs: 'catalog.read', group: m.find_items, icon: Package,
		fetch: async (q) => (await body(api.GET('/api/items', { params: { query: { q, active: 'all', limit: most } } }))).rows.map((i) => ({ label: i.name, note: `${i.sku} · ${money(i.price_minor, region.currency, region.locale)}`, href: `/items?item=${i.id}&active=all` })),
	},
	{
		needs: 'parties.read', group: m.find_customers, icon: Contact,
		fetch: async (q) => (await body(api.GET('/api/customers', { params: { query: { q, active: 'all', limit: most } } }))).rows.map((c) => ({ label: c.name, note: c.phone || c.email, href: `/customers?customer=${c.id}` })),
	},
	{
		needs: 'sales.read', group: m.find_sales, icon: Receipt,
		fetch: async (q) => (/\d/.test(q) ? (await body(api.GET('/api/sales', { params: { query: { q, limit: most } } }))).rows.map((s) => ({ label: s.receipt_no, note: `${s.business_date} · ${money(s.total_minor, s.currency, region.locale)}`, href: `/sales?sale=${s.id}` })) : []),
	},
];

/** Searches the shop for the command palette, and remembers what was opened from there. */
export function createFinder(can: (permission: Permission) => boolean) {
	let hits = $state.raw<Command[]>([]);
	let note = $state('');
	let places = $state.raw<Place[]>(read());
	let timer: ReturnType<typeof setTimeout> | undefined;
	let asked = 0;

	function open(place: Place): void {
		places = [place, ...places.filter((p) => p.href !== place.href)].slice(0, most);
		localStorage.setItem(store(), JSON.stringify(places));
		navigate(place.href);
	}
	async function ask(q: string): Promise<void> {
		const turn = ++asked;
		const answers = await Promise.allSettled(sources.filter((s) => can(s.needs)).map(async (s) => (await s.fetch(q)).map((p): Command => ({ id: p.href, label: p.label, note: p.note, group: s.group(), icon: s.icon, found: true, run: () => open(p) }))));
		if (turn !== asked) return;
		hits = answers.flatMap((a) => (a.status === 'fulfilled' ? a.value : []));
		note = answers.some((a) => a.status === 'rejected') ? m.find_failed() : '';
	}
	return {
		get hits(): Command[] {
			return hits;
		},
		get note(): string | undefined {
			return note || undefined;
		},
		get recent(): Command[] {
			return places.map((p) => ({ id: `recent ${p.href}`, label: p.label, note: p.note, group: m.find_recent(), icon: History, run: () => open(p) }));
		},
		search(text: string): void {
			clearTimeout(timer);
			asked++;
			hits = [];
			const q = text.trim();
			note = q.length < 2 ? '' : m.find_searching();
			if (q.length >= 2) timer = setTimeout(() => void ask(q), wait_ms);
		},
	};
}

/** Kept for each person by itself: people share a browser. */
const store = () => `souk.recent.${me.id}`;

function read(): Place[] {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(store()) ?? '[]');
		return Array.isArray(kept) ? (kept as Place[]).filter((p) => p.href?.startsWith('/')) : [];
	} catch {
		return [];
	}
}
