import { beforeEach, describe, expect, it } from 'vitest';
import { Problem } from './problem';
import { httpTill } from './till-http';
import type { Cart, Checkout, RegisterState } from './till-types';

type Call = { method: string; path: string; query: URLSearchParams; body: unknown; key: string | null };
type Answer = (call: Call) => unknown;

const milk = { id: 'milk', sku: 'M', name: 'Milk', unit: 'each', sold_by: 'each', tax_code: 'A', price_minor: 150, barcodes: [], favourite: true, track_stock: false, on_hand: '0', active: true };
const base = {
	phase: 'selling', shop: { locale: 'en', time_zone: 'UTC' }, person: { name: 'Amara', permissions: [] }, shift: { id: 'shift', number: 1 },
	cart: { id: '', lines: [], taxes: [], quick_cash: [] }, held_count: 0, link: { online: true, since: '2026-01-01T00:00:00Z' }, methods: [], tax_codes: [], categories: [],
};

function setup() {
	const calls: Call[] = [];
	const kept = new Map<string, string>();
	const answers: Record<string, Answer> = {
		'GET /api/register/state': () => base,
		'GET /api/register/scan': ({ query }) => (query.get('code') === '400' ? { outcome: 'added', code: '400', item: milk, quantity: '1' } : { outcome: 'unknown', code: query.get('code'), quantity: '1' }),
		'GET /api/register/browse': () => ({ items: [milk], total: 1 }),
		'POST /api/register/quote': ({ body }) => ({ lines: (body as Cart).lines.map((l) => ({ ...l, name: 'Milk' })), total_minor: 4711, cash_due_minor: 4710, taxes: [], quick_cash: [4710] }),
		'POST /api/sales': ({ body }) => ({ id: (body as Checkout).id, receipt_no: '9W-000001', due_minor: 4710, paid_minor: 5000, change_minor: 290, completed_at: '2026-01-01T10:00:00Z' }),
	};
	const open = () =>
		httpTill({
			registerId: 'r9',
			onLock: async () => undefined,
			storage: { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => void kept.set(k, v), removeItem: (k) => void kept.delete(k) },
			fetch: async (path, init) => {
				const url = new URL(path, 'http://shop.test');
				const method = init.method ?? 'GET';
				const call = { method, path: url.pathname, query: url.searchParams, body: init.body ? JSON.parse(String(init.body)) : null, key: new Headers(init.headers).get('Idempotency-Key') };
				calls.push(call);
				const answer = answers[`${method} ${url.pathname}`]!(call);
				return answer instanceof Response ? answer : Response.json(answer);
			},
		});
	const till = open();
	return { calls, answers, till, open, last: (path: string) => calls.filter((c) => c.path === path).at(-1)! };
}

describe('a browser register', () => {
	let shop: ReturnType<typeof setup>;
	beforeEach(async () => {
		shop = setup();
		await shop.till.state();
	});

	it('shows the totals that the server gave, and none of its own', async () => {
		const { outcome, state } = await shop.till.scan('3*400');
		expect(outcome).toBe('added');
		expect((shop.last('/api/register/quote').body as Cart).lines[0]).toMatchObject({ item_id: 'milk', quantity: '3' });
		expect(state.cart).toMatchObject({ total_minor: 4711, cash_due_minor: 4710, can_undo: true });
	});

	it('leaves the cart alone when a code is unknown', async () => {
		const { outcome, state } = await shop.till.scan('777');
		expect([outcome, state.cart.lines.length]).toEqual(['unknown', 0]);
	});

	it('keeps the cart as it was when a change is refused', async () => {
		const { state } = await shop.till.scan('400');
		shop.answers['POST /api/register/quote'] = () => Response.json({ code: 'sales.discount_not_allowed', detail: 'You may not give discounts.' }, { status: 403 });
		const line = state.cart.lines[0]!.id;
		const refused = shop.till.setLineDiscount(line, { kind: 'percent', percent: '50', amount_minor: 0, reason: '' });
		await expect(refused).rejects.toMatchObject({ code: 'sales.discount_not_allowed', message: 'You may not give discounts.' });
		expect((await shop.till.selectLine(line)).cart.lines).toHaveLength(1);
		expect((await shop.till.selectLine(line)).cart.lines[0]!.discount).toBeUndefined();
	});

	it('X14: sends an unanswered sale again under the same id and key', async () => {
		await shop.till.scan('400');
		const tenders = [{ method_id: 'cash', amount_minor: 5000 }];
		const works = shop.answers['POST /api/sales']!;
		shop.answers['POST /api/sales'] = () => {
			throw new TypeError('connection lost');
		};
		await expect(shop.till.complete(tenders)).rejects.toMatchObject({ code: 'network.unreachable' });
		const first = shop.last('/api/sales');
		shop.answers['POST /api/sales'] = works;
		const state = await shop.till.complete(tenders);
		const again = shop.last('/api/sales');
		expect(again.key).toBe(first.key);
		expect((again.body as Checkout).id).toBe(first.key);
		expect(state.last_sale).toMatchObject({ change_minor: 290, receipt_no: '9W-000001' });
		expect(state.cart.lines).toHaveLength(0);
	});

	it('gives the next sale another id', async () => {
		const sell = async () => {
			await shop.till.scan('400');
			await shop.till.complete([{ method_id: 'cash', amount_minor: 5000 }]);
			return shop.last('/api/sales').key;
		};
		expect(await sell()).not.toBe(await sell());
	});

	it('undoes the last change', async () => {
		await shop.till.scan('400');
		await shop.till.scan('2*400');
		const state = await shop.till.undo();
		expect(state.cart.lines[0]!.quantity).toBe('1');
		await shop.till.undo();
		await expect(shop.till.undo()).rejects.toBeInstanceOf(Problem);
	});

	it('keeps held carts over a reload, and lets none be lost by a recall', async () => {
		await shop.till.scan('400');
		await shop.till.hold('Table 4');
		const reopened = shop.open();
		expect((await reopened.state()).held_count).toBe(1);
		const [held] = await reopened.held();
		expect(held).toMatchObject({ name: 'Table 4', lines: 1, total_minor: 4711, held_by: 'Amara' });
		await reopened.scan('400');
		await expect(reopened.recall(held!.id)).rejects.toMatchObject({ code: 'till.cart_open' });
		await reopened.clearCart();
		const state = await reopened.recall(held!.id);
		expect([state.cart.lines.length, state.held_count]).toEqual([1, 0]);
	});

	it('has its cart again after a reload', async () => {
		await shop.till.scan('400');
		const state = await shop.open().state();
		expect(state.cart.lines).toHaveLength(1);
	});

	it('tells the screen when the server stops answering, and when it is back', async () => {
		const told: RegisterState[] = [];
		shop.till.onState((state) => told.push(state));
		const works = shop.answers['GET /api/register/browse']!;
		shop.answers['GET /api/register/browse'] = () => {
			throw new TypeError('connection lost');
		};
		await expect(shop.till.browse(null, 0, 10)).rejects.toMatchObject({ code: 'network.unreachable' });
		shop.answers['GET /api/register/browse'] = works;
		await shop.till.browse(null, 0, 10);
		expect(told.map((s) => s.link.online)).toEqual([false, true]);
	});

	it('asks for what an item lacks before it is sold', async () => {
		shop.answers['GET /api/register/browse'] = () => ({ items: [{ ...milk, id: 'nuts', sold_by: 'weight' }, { ...milk, id: 'gift', sold_by: 'open' }], total: 2 });
		await shop.till.browse(null, 0, 10);
		expect((await shop.till.addItem('nuts', null, null)).outcome).toBe('needs_qty');
		expect((await shop.till.addItem('gift', null, null)).outcome).toBe('needs_price');
		expect((await shop.till.addItem('gift', null, 500)).outcome).toBe('added');
		expect((shop.last('/api/register/quote').body as Cart).lines[0]).toMatchObject({ item_id: 'gift', price_minor: 500 });
	});

	it('has notes go with the sale, and lets a line with one stand alone', async () => {
		const { line_id } = await shop.till.scan('400');
		await shop.till.setLineNote(line_id!, ' cold ');
		await shop.till.setNote('gift');
		const { state } = await shop.till.scan('400');
		expect(state.cart.lines.map((l) => l.note)).toEqual(['cold', undefined]);
		expect(state.cart.note).toBe('gift');
		await shop.till.complete([]);
		expect(shop.last('/api/sales').body).toMatchObject({ note: 'gift', cart: { lines: [{ note: 'cold' }, {}] } });
	});

	it('keeps a new customer once, however often it has to be asked', async () => {
		const met = { name: 'Grace', phone: '555 0100', email: '' };
		shop.answers['POST /api/customers'] = () => {
			throw new TypeError('connection lost');
		};
		await expect(shop.till.addCustomer(met)).rejects.toMatchObject({ code: 'network.unreachable' });
		shop.answers['POST /api/customers'] = () => ({});
		const first = shop.last('/api/customers');
		const state = await shop.till.addCustomer(met);
		const again = shop.last('/api/customers');
		expect(again.body).toEqual({ id: first.key, name: 'Grace', phone: '555 0100' });
		expect(again.key).toBe(first.key);
		expect(state.cart).toMatchObject({ customer_id: first.key, customer_name: 'Grace' });
		await shop.till.scan('400');
		await shop.till.hold('Table 4');
		expect((await shop.till.held())[0]).toMatchObject({ customer_name: 'Grace' });
	});

	describe('takes goods back', () => {
		const returnable = { sale: { id: 's1', kind: 'sale', receipt_no: '9W-1', lines: [{ line_no: 2 }] }, back: [], voided: false, unchecked: false };
		const asked = { sale_id: 's1', reason: 'broken', lines: [{ line_no: 2, quantity: '1', restock: true }] };
		beforeEach(() => {
			shop.answers['GET /api/register/receipt'] = () => returnable;
			shop.answers['POST /api/register/quote'] = ({ body }) => {
				const { lines, back } = body as Cart;
				return { lines: [...(back?.lines ?? []).map((l) => ({ id: 'b' + l.line_no, original_line: l.line_no, quantity: '-1' })), ...lines], total_minor: back ? -150 : 150, taxes: [], quick_cash: [] };
			};
		});

		it('of a receipt that is found, and of one at a time', async () => {
			expect(await shop.till.findReceipt(' 9W-1 ')).toEqual(returnable);
			expect(shop.last('/api/register/receipt').query.get('number')).toBe('9W-1');
			const state = await shop.till.takeBack(asked);
			expect(state.cart).toMatchObject({ total_minor: -150, lines: [{ original_line: 2 }] });
			await expect(shop.till.takeBack({ ...asked, sale_id: 's2' })).rejects.toMatchObject({ code: 'till.receipt_other' });
			await expect(shop.till.setQuantity('b2', '3')).rejects.toMatchObject({ code: 'till.line_returned' });
			await shop.till.complete([{ method_id: 'cash', amount_minor: -150 }]);
			expect(shop.last('/api/sales').body).toMatchObject({ cart: { lines: [], back: asked } });
		});

		it('beside what is sold, until the line is taken off', async () => {
			await shop.till.takeBack(asked);
			expect((await shop.till.scan('400')).state.cart.lines).toHaveLength(2);
			const state = await shop.till.removeLine('b2');
			expect(state.cart.lines).toHaveLength(1);
			expect((shop.last('/api/register/quote').body as Cart).back).toBeUndefined();
		});

		it('over a reload, on hold and back again', async () => {
			await shop.till.takeBack(asked);
			expect((await shop.open().state()).cart.lines).toHaveLength(1);
			await shop.till.hold('later');
			const [held] = await shop.till.held();
			expect(held).toMatchObject({ lines: 1 });
			expect((await shop.till.recall(held!.id)).cart.lines).toHaveLength(1);
		});

		it.each([
			['till.receipt_unknown', { ...returnable, sale: { ...returnable.sale, lines: [] } }],
			['till.receipt_is_return', { ...returnable, sale: { ...returnable.sale, kind: 'refund' } }],
			['till.receipt_voided', { ...returnable, voided: true }],
		])('but says %s', async (code, answer) => {
			shop.answers['GET /api/register/receipt'] = () => answer;
			await expect(shop.till.findReceipt('9W-1')).rejects.toMatchObject({ code });
		});
	});
});
