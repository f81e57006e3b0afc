import { Problem } from './problem';
import type { Till } from './till';
import { asked, bare, changed, emptyCart, kept, multiplied, times, withItem, withLine, without, type PageCart, type Wanted } from './till-cart';
import type { ApprovalAnswer, Approver, Asked, BackAsked, Cart, CartView, CashAsked, Checkout, FoundReceipts, HeldCart, ItemStock, MetCustomer, Purchases, Receipt, RecentSale, RegisterShift, RegisterState, Returnable, ScanOutcome, ScanResult, Shelf, TillCustomer, TillItem, ZReport } from './till-types';
import { uuid } from './uuid';

export type HttpTillOptions = {
	registerId: string;
	fetch?: (path: string, init: RequestInit) => Promise<Response>;
	storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
	/** The person leaves: ends the browser's session. */
	onLock: () => Promise<void>;
	/** The server no longer knows the session. */
	onSignedOut?: () => void;
};

type Held = HeldCart & { cart: PageCart };
type Kept = { cart: PageCart; sale?: string };
type Scanned = { outcome: ScanOutcome; code: string; item?: TillItem; quantity: string; fixed_total_minor?: number };
type Sale = { id: string; receipt_no: string; due_minor: number; paid_minor: number; change_minor: number; completed_at: string };
type SaleRows = { rows: { id: string; kind: RecentSale['kind']; receipt_no: string; completed_at: string; total_minor: number }[] };

const longestUndo = 50;

/**
 * A register in a browser. The cart and the held carts are kept in this browser
 * per register; prices, stock and sales are the server's, so without it nothing
 * is sold. A sale keeps its id until it is answered: asking again cannot sell
 * twice.
 */
export function httpTill(options: HttpTillOptions): Till {
	const till = new HttpTill(options);
	const refuse = (): Promise<never> => Promise.reject(new Problem('till.browser', 'A browser register cannot do this.'));
	return {
		has: { pins: false, printer: false, newItems: false, offline: false },
		setup: null,
		state: () => till.load(),
		pair: refuse,
		people: async () => [],
		signIn: refuse,
		lock: () => till.lock(),
		openShift: (float) => till.openShift(float),
		closeShift: (counted) => till.closeShift(counted),
		unlock: refuse,
		approvers: (asked) => till.approvers(asked),
		approve: (person, pin, asked, reason) => till.approve(person, pin, asked, reason),
		askFor: (asked, reason) => till.askFor(asked, reason),
		answer: (id) => till.answer(id),
		withdraw: (id) => till.withdraw(id),
		moveCash: (asked) => till.moveCash(asked),
		xReport: () => till.xReport(),
		printReport: refuse,
		scan: (code) => till.scan(code),
		search: (q, limit) => till.get<TillItem[]>('/api/register/search', { q, limit, register_id: options.registerId }),
		stockOf: (id) => till.get<ItemStock>(`/api/register/items/${id}/stock`, { register_id: options.registerId }),
		browse: (category, offset, limit) => till.get<Shelf>('/api/register/browse', { category_id: category, offset, limit, register_id: options.registerId }),
		addItem: (id, quantity, price) => till.addItem(id, quantity, price),
		sellOpen: (name, price_minor, tax_code, barcode) =>
			till.edit((cart) => withLine(cart, { id: uuid(), name: name || barcode || 'Item', quantity: '1', price_minor, ...(tax_code && { tax_code }), ...(barcode && { barcode }) })),
		createItem: refuse,
		setQuantity: (id, quantity) =>
			till.editSold(id, (cart) => (/[1-9]/.test(quantity) ? changed(cart, id, ({ fixed_total_minor: _, ...line }) => ({ ...line, quantity })) : without(cart, id))),
		setLineDiscount: (id, discount) => till.editSold(id, (cart) => changed(cart, id, (line) => ({ ...line, discount: discount ?? undefined }))),
		setPrice: (id, price_minor) => till.editSold(id, (cart) => changed(cart, id, ({ fixed_total_minor: _, ...line }) => ({ ...line, price_minor }))),
		removeLine: (id) => till.edit((cart) => (till.comesBack(id) === undefined ? without(cart, id) : kept(cart, till.comesBack(id)!))),
		selectLine: async (id) => till.select(id),
		setCartDiscount: (discount) => till.edit((cart) => ({ ...cart, discount: discount ?? undefined })),
		setCustomer: (id, name) => till.edit((cart) => ({ ...cart, customer_id: id ?? undefined, customer_name: name || undefined })),
		addCoupon: (code) => till.addCoupon(code),
		removeCoupon: (code) => till.edit((cart) => ({ ...cart, coupons: cart.coupons?.filter((c) => c !== code) })),
		setLineNote: (id, note) => till.editSold(id, (cart) => changed(cart, id, (line) => ({ ...line, note: note.trim() || undefined }))),
		setNote: (note) => till.edit((cart) => ({ ...cart, note: note.trim() || undefined })),
		customers: (q, limit) => till.customers(q, limit),
		addCustomer: (met) => till.addCustomer(met),
		clearCart: () => till.edit((cart) => ({ ...emptyCart(), id: cart.id })),
		undo: () => till.undo(),
		findReceipt: (number) => till.findReceipt(number),
		takeBack: (asked) => till.takeBack(asked),
		hold: (name) => till.hold(name),
		held: async () => till.heldCarts(),
		recall: (id) => till.recall(id),
		dropHeld: async (id) => till.dropHeld(id),
		complete: (tenders) => till.complete(tenders),
		recent: (limit) => till.recent(limit),
		findReceipts: (q, day) => till.get<FoundReceipts>('/api/register/receipts', { q: q || null, day: day || null }),
		purchases: (id) => till.get<Purchases>(`/api/register/customers/${id}/purchases`, {}),
		receipt: (id) => till.receipt(id),
		mailReceipt: (id, to, locale) => till.mailReceipt(id, to, locale),
		reprint: refuse,
		printGift: refuse,
		testPrint: refuse,
		setPrinter: refuse,
		syncNow: () => till.load(),
		onState: (told) => till.follow(told),
		onLive: () => () => undefined,
	};
}

class HttpTill {
	#options: HttpTillOptions;
	#base: RegisterState | null = null;
	#cart: PageCart = emptyCart();
	#view: CartView | null = null;
	#undo: PageCart[] = [];
	#seen = new Map<string, TillItem>();
	/** The customers that were found here. */
	#met = new Map<string, TillCustomer>();
	/** The id under which the cart as it stands was last sent to be sold. */
	#sale: { id: string; of: string } | null = null;
	/** The cash movement that was last sent and not yet answered. */
	#moving: { id: string; of: string } | null = null;
	/** The customer who was last sent and not yet answered. */
	#meeting: { id: string; of: string } | null = null;
	/** The letter that was last asked for and not yet answered. */
	#mailing: { id: string; of: string } | null = null;
	/** What others have approved and nothing has used yet, newest last. */
	#given: { id: string; action: string }[] = [];
	#asking: { id: string; action: string } | null = null;
	#told: ((state: RegisterState) => void) | null = null;

	constructor(options: HttpTillOptions) {
		this.#options = options;
	}

	async load(): Promise<RegisterState> {
		const state = await this.get<RegisterState>('/api/register/state', { register_id: this.#options.registerId });
		this.#base = { ...state, categories: state.categories ?? [], last_sale: this.#base?.last_sale };
		const before = this.#read<Kept>('cart');
		if (before) await this.#price(before.cart).catch(() => undefined);
		return this.#state();
	}

	async lock(): Promise<RegisterState> {
		await this.#options.onLock();
		return this.#state();
	}

	async openShift(float_minor: number): Promise<RegisterState> {
		const shift = await this.#post<RegisterShift>('/api/shifts', { id: uuid(), register_id: this.#options.registerId, float_minor });
		this.#base = { ...this.#base!, phase: 'selling', shift };
		return this.#state();
	}

	async closeShift(counted_minor: number): Promise<ZReport> {
		return this.#post<ZReport>(`/api/shifts/${this.#base?.shift?.id}/closure`, { counted_minor });
	}

	async moveCash({ kind, reason, amount_minor, note }: CashAsked): Promise<RegisterState> {
		const path = { in: 'cash-in', out: 'cash-out', drop: 'safe-drop', open: 'drawer-opening' }[kind];
		// The same request again after silence is the same movement; a changed one is another.
		const of = JSON.stringify([kind, reason, amount_minor, note]);
		if (this.#moving?.of !== of) this.#moving = { id: uuid(), of };
		const { id } = this.#moving;
		const action = { in: 'cash_in', out: 'cash_out', drop: 'cash_drop', open: 'no_sale' }[kind];
		const given = this.#given.findLast((g) => g.action === action);
		// Refused is answered: what somebody has approved meanwhile is another request.
		const key = given ? uuid() : id;
		await this.#post(`/api/shifts/${this.#base?.shift?.id}/${path}`, { id, reason, amount_minor, note, ...(given && { approval_id: given.id }) }, key);
		this.#moving = null;
		this.#given = this.#given.filter((g) => g !== given);
		return this.#state();
	}

	xReport(): Promise<ZReport> {
		return this.get<ZReport>(`/api/shifts/${this.#base?.shift?.id}/x`, {});
	}

	async scan(text: string): Promise<ScanResult> {
		if (this.#base?.phase !== 'selling') return { outcome: 'blocked', code: text, state: this.#state() };
		const { count, code } = multiplied(text);
		const found = await this.get<Scanned>('/api/register/scan', { code, register_id: this.#options.registerId });
		const { item } = found;
		if (found.outcome === 'coupon') return { outcome: 'coupon', code: found.code, state: await this.#withCoupon(found.code) };
		if (!item || found.outcome !== 'added') {
			if (item) this.#seen.set(item.id, item);
			return { outcome: found.outcome, code: found.code, item, state: this.#state() };
		}
		const want: Wanted = { quantity: times(found.quantity, count), barcode: found.code };
		// A label's price is for one pack; several packs are several lines' worth of it.
		if (found.fixed_total_minor !== undefined) want.fixed_total_minor = Number(times(String(found.fixed_total_minor), count));
		return this.#added(item, want, found.code);
	}

	async addItem(id: string, quantity: string | null, price_minor: number | null): Promise<ScanResult> {
		const item = this.#seen.get(id);
		if (!item) throw new Problem('till.item_unknown', 'That item is no longer sold here.');
		if (item.sold_by === 'weight' && quantity === null) return { outcome: 'needs_qty', code: '', item, state: this.#state() };
		if (item.sold_by === 'open' && price_minor === null) return { outcome: 'needs_price', code: '', item, state: this.#state() };
		return this.#added(item, { quantity: quantity ?? '1', ...(price_minor !== null && { price_minor }) }, '');
	}

	async addCustomer({ name, phone, email }: MetCustomer): Promise<RegisterState> {
		// The same request again after silence is the same customer; a changed one is another.
		const of = JSON.stringify([name, phone, email]);
		if (this.#meeting?.of !== of) this.#meeting = { id: uuid(), of };
		const { id } = this.#meeting;
		await this.#post('/api/customers', { id, name, ...(phone && { phone }), ...(email && { email }) }, id);
		this.#meeting = null;
		return this.edit((cart) => ({ ...cart, customer_id: id, customer_name: name }));
	}

	async #added(item: TillItem, want: Wanted, code: string): Promise<ScanResult> {
		const state = await this.edit((cart) => withItem(cart, item, want));
		return { outcome: 'added', code, line_id: this.#cart.selected, state };
	}

	/** Changes the cart and has it priced. If that fails, the cart is as it was. */
	async edit(change: (cart: PageCart) => PageCart): Promise<RegisterState> {
		const before = this.#cart;
		await this.#price(change(before));
		this.#undo = [...this.#undo, before].slice(-longestUndo);
		if (this.#base) this.#base = { ...this.#base, last_sale: undefined };
		return this.#state();
	}

	/** The line of the earlier sale that a line of the cart takes back. */
	comesBack(id: string): number | undefined {
		return this.#view?.lines.find((l) => l.id === id)?.original_line;
	}

	/** As edit, of a line that is sold: what comes back is as it was sold. */
	async editSold(id: string, change: (cart: PageCart) => PageCart): Promise<RegisterState> {
		if (this.comesBack(id) !== undefined) throw new Problem('till.line_returned', 'A returned line is as it was sold. Take it off, and choose again what comes back.');
		return this.edit(change);
	}

	async findReceipt(number: string): Promise<Returnable> {
		const found = await this.get<Returnable>('/api/register/receipt', { number: number.trim() });
		if (!found.sale.lines.length) throw new Problem('till.receipt_unknown', 'No receipt has this number. Look at the number below the barcode and try again.');
		if (found.sale.kind !== 'sale') throw new Problem('till.receipt_is_return', 'This receipt is itself of a return. Take the receipt of the sale.');
		if (found.voided) throw new Problem('till.receipt_voided', 'This sale was voided: nothing of it is left to give back.');
		return found;
	}

	async takeBack(back: BackAsked): Promise<RegisterState> {
		const { back: before } = this.#cart;
		if (before && before.sale_id !== back.sale_id) throw new Problem('till.receipt_other', 'The cart takes back another receipt already. Finish that one first.');
		return this.edit((cart) => ({ ...cart, back }));
	}

	/** A coupon as it was typed; an empty cart is not priced, so the server is asked whether it knows it. */
	async addCoupon(code: string): Promise<RegisterState> {
		const found = await this.get<Scanned>('/api/register/scan', { code: code.trim(), register_id: this.#options.registerId });
		if (found.outcome !== 'coupon') throw new Problem('till.coupon_unknown', 'No promotion that runs has this coupon. Check the code.');
		return this.#withCoupon(found.code);
	}

	#withCoupon(scanned: string): Promise<RegisterState> {
		const code = scanned.toUpperCase();
		if (this.#cart.coupons?.includes(code)) return Promise.reject(new Problem('till.coupon_taken', 'This coupon is on the sale already.'));
		return this.edit((cart) => ({ ...cart, coupons: [...(cart.coupons ?? []), code] }));
	}

	select(id: string): RegisterState {
		this.#cart = { ...this.#cart, selected: id };
		return this.#state();
	}

	async undo(): Promise<RegisterState> {
		const before = this.#undo.at(-1);
		if (!before) throw new Problem('till.nothing_to_undo', 'There is nothing to undo.');
		await this.#price(before);
		this.#undo = this.#undo.slice(0, -1);
		return this.#state();
	}

	async approvers(asked: Asked): Promise<Approver[]> {
		const { rows } = await this.#post<{ rows: Approver[] }>('/api/approvals/approvers', { asked, register_id: this.#options.registerId });
		return rows;
	}

	async approve(person_id: string, pin: string, asked: Asked, reason: string): Promise<void> {
		const id = uuid();
		await this.#post('/api/approvals/pin', { id, register_id: this.#options.registerId, asked, person_id, pin, ...(reason && { reason }) }, id);
		this.#given.push({ id, action: asked.action });
	}

	async askFor(asked: Asked, reason: string): Promise<ApprovalAnswer> {
		const id = uuid();
		const answer = await this.#post<ApprovalAnswer>('/api/approvals', { id, register_id: this.#options.registerId, asked, ...(reason && { reason }) }, id);
		this.#asking = { id, action: asked.action };
		return answer;
	}

	async answer(id: string): Promise<ApprovalAnswer> {
		const answer = await this.get<ApprovalAnswer>(`/api/approvals/${id}/answer`, {});
		if (answer.state !== 'open' && this.#asking?.id === id) {
			if (answer.state === 'approved') this.#given.push(this.#asking);
			this.#asking = null;
		}
		return answer;
	}

	async withdraw(id: string): Promise<void> {
		if (this.#asking?.id === id) this.#asking = null;
		await this.#post(`/api/approvals/${id}/withdrawal`, {});
	}

	/** A cart with all that was approved for it, and what may be for its next step. */
	#approved(cart: PageCart): PageCart {
		const approvals = [...new Set([...(cart.approvals ?? []), ...this.#given.map((g) => g.id)])];
		return approvals.length ? { ...cart, approvals } : cart;
	}

	async #price(wanted: PageCart): Promise<void> {
		const cart = this.#approved(wanted);
		const view = !bare(cart) ? await this.#post<CartView>('/api/register/quote', { ...asked(cart), register_id: this.#options.registerId }) : null;
		this.#given = [];
		this.#cart = cart;
		this.#view = view;
		this.#write('cart', { cart } satisfies Kept);
	}

	#start(): void {
		this.#cart = emptyCart();
		this.#view = null;
		this.#undo = [];
		this.#given = [];
		this.#sale = null;
		this.#write('cart', null);
	}

	async hold(name: string): Promise<RegisterState> {
		if (bare(this.#cart)) throw new Problem('till.cart_empty', 'The cart is empty. Scan something first.');
		const at = new Date();
		const shop = this.#base!.shop!;
		const time = new Intl.DateTimeFormat(shop.locale, { timeStyle: 'medium', timeZone: shop.time_zone }).format(at);
		const held: Held = {
			id: uuid(),
			name: name || this.#cart.customer_name || time,
			held_at: at.toISOString(),
			held_by: this.#base!.person?.name ?? '',
			...(this.#cart.customer_name && { customer_name: this.#cart.customer_name }),
			lines: this.#view?.lines.length ?? 0,
			total_minor: this.#view?.total_minor ?? 0,
			cart: this.#cart,
		};
		this.#write('held', [...this.#held(), held]);
		this.#start();
		return this.#state();
	}

	heldCarts(): HeldCart[] {
		return this.#held().map(({ cart: _, ...held }) => held);
	}

	async recall(id: string): Promise<RegisterState> {
		if (!bare(this.#cart)) throw new Problem('till.cart_open', 'There are lines on the cart. Finish, hold or clear it first.');
		const held = this.#held().find((h) => h.id === id);
		if (!held) throw new Problem('till.held_unknown', 'That held cart is gone. Open the list again.');
		await this.#price(held.cart);
		return this.dropHeld(id);
	}

	dropHeld(id: string): RegisterState {
		this.#write('held', this.#held().filter((h) => h.id !== id));
		return this.#state();
	}

	async complete(tenders: Checkout['tenders']): Promise<RegisterState> {
		const cart: Cart = asked(this.#approved(this.#cart));
		const { note } = this.#cart;
		const of = JSON.stringify([cart, tenders, note]);
		// The same sale asked again after silence is the same sale; a changed one is another.
		if (this.#sale?.of !== of) this.#sale = { id: uuid(), of };
		const { id } = this.#sale;
		const customer = cart.customer_id && this.#met.get(cart.customer_id);
		const sale = await this.#post<Sale>('/api/sales', { id, register_id: this.#options.registerId, cart, tenders, ...(note && { note }) } satisfies Checkout, id);
		this.#start();
		const last_sale = { id: sale.id, receipt_no: sale.receipt_no, total_minor: sale.due_minor, paid_minor: sale.paid_minor, change_minor: sale.change_minor, at: sale.completed_at, printed: false, ...(customer && { email: customer.email, language: customer.language }) };
		this.#base = { ...this.#base!, last_sale };
		return this.#state();
	}

	async customers(q: string, limit: number): Promise<TillCustomer[]> {
		const { rows } = await this.get<{ rows: TillCustomer[] }>('/api/customers', { q: q || null, limit });
		for (const one of rows) this.#met.set(one.id, one);
		return rows;
	}

	async mailReceipt(saleId: string, to: string, locale: string): Promise<RegisterState> {
		const of = JSON.stringify([saleId, to, locale]);
		// The same request again after silence is the same letter.
		if (this.#mailing?.of !== of) this.#mailing = { id: uuid(), of };
		const { id } = this.#mailing;
		await this.#post(`/api/sales/${saleId}/mails`, { id, to, locale }, id);
		this.#mailing = null;
		return this.#state();
	}

	/** Only the sale just made gets an original; all later paper says that it is a copy. */
	receipt(id: string): Promise<Receipt> {
		return this.get<Receipt>(`/api/sales/${id}/receipt`, { copy: this.#base?.last_sale?.id !== id });
	}

	async recent(limit: number): Promise<RecentSale[]> {
		const { rows } = await this.get<SaleRows>('/api/sales', { register_id: this.#options.registerId, limit });
		return rows.map((row) => ({ id: row.id, kind: row.kind, receipt_no: row.receipt_no, at: row.completed_at, total_minor: row.total_minor, sent: true }));
	}

	follow(told: (state: RegisterState) => void): () => void {
		this.#told = told;
		return () => (this.#told = null);
	}

	#state(): RegisterState {
		const base = this.#base!;
		const blank: CartView = { ...base.cart, lines: [], gross_minor: 0, saved_minor: 0, net_minor: 0, tax_minor: 0, total_minor: 0, cash_due_minor: 0, taxes: [], quick_cash: [] };
		const { id, selected, customer_id, customer_name, note } = this.#cart;
		return { ...base, held_count: this.#held().length, cart: { ...(this.#view ?? blank), id, selected, customer_id, customer_name, note, can_undo: this.#undo.length > 0 } };
	}

	async get<T>(path: string, query: Record<string, string | number | boolean | null>): Promise<T> {
		const filled = Object.entries(query).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
		const answer = await this.#send<T>(`${path}?${new URLSearchParams(filled).toString()}`, { method: 'GET' });
		this.#remember(answer);
		return answer;
	}

	#post<T>(path: string, body: unknown, key: string = uuid()): Promise<T> {
		return this.#send<T>(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key } });
	}

	async #send<T>(path: string, init: RequestInit): Promise<T> {
		const send = this.#options.fetch ?? ((to: string, how: RequestInit) => globalThis.fetch(to, how));
		let response: Response;
		try {
			response = await send(path, { credentials: 'same-origin', ...init });
		} catch (error) {
			this.#reached(false);
			throw new Problem('network.unreachable', error instanceof Error ? error.message : String(error));
		}
		this.#reached(![502, 503, 504].includes(response.status));
		if (response.status === 401) this.#options.onSignedOut?.();
		if (!response.ok) throw await Problem.read(response);
		return (await response.json()) as T;
	}

	/** Whether the server answers is seen at each call; the screen is told when it changes. */
	#reached(online: boolean): void {
		if (!this.#base || this.#base.link.online === online) return;
		this.#base = { ...this.#base, link: { ...this.#base.link, online, since: new Date().toISOString() } };
		this.#told?.(this.#state());
	}

	/** What the grid or a search has shown can be put on the cart. */
	#remember(answer: unknown): void {
		const items = Array.isArray(answer) ? answer : (answer as Partial<Shelf>).items;
		for (const item of (items ?? []) as TillItem[]) this.#seen.set(item.id, item);
	}

	#held(): Held[] {
		return this.#read<Held[]>('held') ?? [];
	}
	#place(what: string): string {
		return `souk.register.${this.#options.registerId}.${what}`;
	}
	#read<T>(what: string): T | null {
		try {
			return JSON.parse((this.#options.storage ?? localStorage).getItem(this.#place(what)) ?? 'null') as T | null;
		} catch {
			return null;
		}
	}
	#write(what: string, value: unknown): void {
		const storage = this.#options.storage ?? localStorage;
		if (value === null) storage.removeItem(this.#place(what));
		else storage.setItem(this.#place(what), JSON.stringify(value));
	}
}
