import { beforeEach, describe, expect, it } from 'vitest';
import { Keys } from '@/platform/keys';
import { httpTill } from '@/platform/till-http';
import type { Cart, Checkout } from '@/platform/till-types';
import { shortcuts } from './keymap';
import { Register } from './store.svelte';

const item = (id: string) => ({ id, sku: id, name: id, unit: 'each', sold_by: 'each', tax_code: 'A', price_minor: 150, barcodes: [], favourite: true, track_stock: false, on_hand: '0', active: true });
const shop = { locale: 'en', currency: 'USD', time_zone: 'UTC', digits: 2 };
const methods = [{ id: 'card', kind: 'card', name: 'Card', position: 0 }, { id: 'cash', kind: 'cash', name: 'Cash', position: 1 }];

function answer(path: string, query: URLSearchParams, sent: unknown): unknown {
	switch (path) {
		case '/api/register/state':
			return { phase: 'selling', shop, person: { name: 'Amara', permissions: [] }, shift: { id: 's' }, cart: { lines: [] }, link: { online: true }, methods, tax_codes: [], categories: [], printer: { kind: 'none' } };
		case '/api/register/scan':
			return { outcome: 'added', code: query.get('code'), item: item(query.get('code')!), quantity: '1' };
		case '/api/register/quote':
			return { lines: (sent as Cart).lines.map((l) => ({ ...l, sold_by: 'each' })), total_minor: 1003, cash_due_minor: 1005, taxes: [], quick_cash: [1005] };
		case '/api/sales':
			return { id: (sent as Checkout).id, receipt_no: '9W-1', due_minor: 1005, paid_minor: 1005, change_minor: 0, completed_at: '2026-01-01T00:00:00Z' };
	}
}

async function setup() {
	const sales: Checkout[] = [];
	const kept = new Map<string, string>();
	const till = httpTill({
		registerId: 'r',
		onLock: async () => undefined,
		storage: { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => void kept.set(k, v), removeItem: (k) => void kept.delete(k) },
		fetch: async (path, init) => {
			const url = new URL(path, 'http://shop.test');
			const sent: unknown = init.body ? JSON.parse(String(init.body)) : null;
			if (url.pathname === '/api/sales') sales.push(sent as Checkout);
			return Response.json(answer(url.pathname, url.searchParams, sent));
		},
	});
	const register = new Register(till);
	await register.load();
	const keys = new Keys({ getItem: () => null, setItem: () => undefined });
	let found = 0;
	keys.register(...shortcuts(register, () => found++));
	const settle = async () => {
		for (let calm = 0; calm < 3; calm++) {
			await new Promise((done) => setTimeout(done));
			if (register.busy) calm = 0;
		}
	};
	const press = async (key: string, held: Partial<KeyboardEventInit> = {}, on: EventTarget = document.body) => {
		const event = new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true, ...held });
		on.addEventListener('keydown', (e) => keys.handle(e as KeyboardEvent), { once: true });
		on.dispatchEvent(event);
		await settle();
		return event.defaultPrevented;
	};
	const scan = async (...codes: string[]) => {
		for (const code of codes) register.scan(code);
		await settle();
	};
	return { register, press, scan, sales, found: () => found };
}

describe('the register’s keys', () => {
	let at: Awaited<ReturnType<typeof setup>>;
	beforeEach(async () => {
		at = await setup();
	});

	it('puts a burst of scans on the cart in its order', async () => {
		await at.scan('a', 'b', 'a', 'c');
		expect(at.register.cart?.lines.map((l) => [l.item_id, l.quantity])).toEqual([['a', '2'], ['b', '1'], ['c', '1']]);
	});
	it('F10 takes the amount rounded for cash, and only once', async () => {
		await at.scan('a');
		await Promise.all([at.press('F10'), at.press('F10')]);
		expect(at.sales.map((s) => s.tenders)).toEqual([[{ method_id: 'cash', amount_minor: 1005 }]]);
		expect(at.register.done?.receipt_no).toBe('9W-1');
		await at.scan('b');
		expect(at.register.done).toBeUndefined();
	});
	it('F10 and F9 pressed before a scan is on the cart wait for it', async () => {
		at.register.scan('a');
		await at.press('F9');
		expect(at.register.paying).toBe(true);
		at.register.stopPaying();
		at.register.scan('a');
		await Promise.all([at.press('F10'), at.press('F10')]);
		expect(at.sales.map((s) => s.cart.lines.map((l) => l.quantity))).toEqual([['2']]);
	});
	it('F10 does nothing with an empty cart or under a dialog', async () => {
		await at.press('F10');
		await at.scan('a');
		await at.press('F4');
		await at.press('F10');
		expect(at.sales).toEqual([]);
	});
	it('arrows choose a line, Delete takes it off, Ctrl+Z brings it back', async () => {
		await at.scan('a', 'b');
		await at.press('ArrowUp');
		expect(at.register.selected?.item_id).toBe('a');
		await at.press('Delete');
		expect(at.register.cart?.lines.map((l) => l.item_id)).toEqual(['b']);
		await at.press('z', { ctrlKey: true });
		expect(at.register.cart?.lines.map((l) => l.item_id)).toEqual(['a', 'b']);
	});
	it('leaves editing keys to a field, but not the function keys', async () => {
		const field = document.body.appendChild(document.createElement('input'));
		await at.scan('a');
		expect(await at.press('Delete', {}, field)).toBe(false);
		expect(await at.press('F9', {}, field)).toBe(true);
		expect([at.register.cart?.lines.length, at.register.paying]).toEqual([1, true]);
	});
	it('opens the price panel for everyone: beyond the limit someone else approves', async () => {
		await at.scan('a');
		await at.press('F5');
		expect(at.register.panel).toMatchObject({ kind: 'price' });
		at.register.close();
		await at.press('F4');
		expect(at.register.panel).toMatchObject({ kind: 'quantity' });
	});
	it('F2 and the slash go to the find box', async () => {
		await at.press('F2');
		await at.press('/');
		expect(at.found()).toBe(2);
	});
});
