import { createContext } from 'svelte';
import type { LiveMessage } from '@/platform/live';
import { Problem } from '@/platform/problem';
import type { How } from '@/platform/scan';
import { figuresIn, language, textsFor } from '@/platform/language';
import { region } from '@/platform/region.svelte';
import type { Till } from '@/platform/till';
import type { Asked, CartLineView, CashKind, FirstRun, RegisterState, ScanResult, TenderIn, TillItem, ZReport } from '@/platform/till-types';
import { m } from '@/paraglide.gen/messages';
import { toasts } from '@/ui/toast.svelte';
import { sounds } from './sounds';
import { withTender } from './tender';

export type Panel =
	| { kind: 'unknown'; code: string }
	| { kind: 'weigh' | 'open'; item: TillItem }
	| { kind: 'quantity' | 'price'; line: CartLineView }
	| { kind: 'note'; line?: CartLineView }
	| { kind: 'why'; line: CartLineView }
	| { kind: 'cash'; what: CashKind }
	| { kind: 'return'; number: string }
	| { kind: 'recent'; text: string }
	| { kind: 'check'; code: string }
	| { kind: 'customer' | 'held' | 'more' | 'keys' | 'close' | 'hold' | 'coupon' | 'keyboard' };

/**
 * The register's screen: what the till last said, and which view of it is open.
 * Commands run one after another in the order in which they were given, so a
 * burst of scans lands on the cart as it was scanned. It computes no totals.
 */
export class Register {
	readonly till: Till;
	state = $state.raw<RegisterState | null>(null);
	/** Why the till did not even say how it is. */
	failed = $state.raw<Problem | null>(null);
	/** How far this till is set up; null where there is nothing to set up. */
	firstRun = $state.raw<FirstRun | null>(null);
	/** The page of what this till is connected to lies over everything. */
	devices = $state(false);
	/** Someone who wants to see the next codes instead of having them sold. */
	trial: ((code: string, how: How) => void) | null = null;
	paying = $state(false);
	tenders = $state.raw<TenderIn[]>([]);
	panel = $state.raw<Panel | null>(null);
	report = $state.raw<ZReport | null>(null);
	/** What someone else has to approve. */
	asking = $state.raw<{ asked: Asked; again: () => Promise<boolean>; done: (lent: boolean) => void } | null>(null);
	/** On a narrow screen one of the two is seen. */
	view = $state<'items' | 'cart'>('items');
	/** Something was typed into the open panel, which a scan must not throw away. */
	typed = false;
	/** Commands under way. */
	busy = $state(0);
	/** Counts up when items may have changed, so that the grid asks again. */
	stocked = $state(0);
	/** The finished sale whose change need not be shown any longer. */
	#seen = $state<string | null>(null);
	#queue: Promise<unknown> = Promise.resolve();
	/** A sale is being finished. */
	#finishing = false;
	#unsay: (() => void) | null = null;

	constructor(till: Till) {
		this.till = till;
	}

	/** Begins to follow the till; returns what ends it. */
	start(): () => void {
		void this.load();
		const ends = [this.till.onState((state) => this.take(state)), this.till.onLive((message) => this.#hear(message))];
		return () => ends.forEach((end) => end());
	}

	async load(): Promise<void> {
		try {
			this.failed = null;
			await this.#resume();
			this.take(await this.till.state());
		} catch (error) {
			this.failed = Problem.from(error);
		}
	}

	/** Goes on with setting up where it was left, in the language that was chosen then. */
	async #resume(): Promise<void> {
		this.firstRun = (await this.till.setup?.firstRun()) ?? null;
		const chosen = textsFor(this.firstRun?.language);
		if (chosen && !this.firstRun?.done) language.choose(chosen);
	}
	/** Keeps how far setting up has come; a disk that does not take it stops nobody. */
	async keep(progress: Partial<FirstRun>): Promise<void> {
		if (!this.firstRun) return;
		this.firstRun = { ...this.firstRun, ...progress };
		try {
			await this.till.setup?.keepFirstRun(this.firstRun);
		} catch (error) {
			this.say(Problem.from(error));
		}
	}

	get cart() {
		return this.state?.cart;
	}
	get selected(): CartLineView | undefined {
		const cart = this.cart;
		return cart?.lines.find((l) => l.id === cart.selected) ?? cart?.lines.at(-1);
	}
	/** The sale whose change is to be seen: until the next one begins. */
	get done() {
		const last = this.state?.last_sale;
		return last && last.id !== this.#seen && this.cart?.lines.length === 0 ? last : undefined;
	}
	/** Whether to show something; the till decides for itself. */
	can(permission: string): boolean {
		return this.state?.person?.permissions.includes(permission) ?? false;
	}

	take(state: RegisterState): void {
		const before = this.state;
		if (state.shop) {
			if (language.follow(state.shop.locale)) return;
			region.locale = figuresIn(state.shop.locale);
			region.currency = state.shop.currency;
			region.timeZone = state.shop.time_zone;
		}
		this.state = state;
		if (before?.link.items !== state.link.items || before?.last_sale?.id !== state.last_sale?.id) this.stocked++;
		if (state.phase !== 'selling') this.panel = this.asking = null;
		if (state.phase !== 'selling' || state.cart.lines.length === 0) this.stopPaying();
	}

	/** Runs a command after those before it. False if it failed, which the person has been told. */
	async do(command: (till: Till) => Promise<RegisterState | ScanResult>): Promise<boolean> {
		try {
			const answer = await this.#inTurn(() => command(this.till));
			if ('outcome' in answer) this.#after(answer);
			else this.take(answer);
			return true;
		} catch (error) {
			return this.#refused(Problem.from(error), () => this.do(command));
		}
	}

	/** What a person may not do alone, someone else can approve: the question lies over what was begun. */
	#refused(problem: Problem, again: () => Promise<boolean>): Promise<boolean> | false {
		const asked = problem.asked as Asked | undefined;
		if (problem.code !== 'approvals.needed' || !asked) {
			this.say(problem);
			return false;
		}
		sounds.play('blocked');
		return new Promise((done) => {
			this.asking = { asked, again, done };
		});
	}
	/** It was approved, or nobody approved it. */
	async answered(lent: boolean): Promise<void> {
		const asking = this.asking;
		this.asking = null;
		asking?.done(lent ? await asking.again() : false);
	}

	/** A code from the scanner or the find box. */
	scan(code: string, how?: How): void {
		if (this.trial && how) return this.trial(code, how);
		if (this.asking || this.devices) return;
		if (this.panel?.kind === 'check') {
			this.open({ kind: 'check', code: code.trim() });
			return;
		}
		if (this.panel?.kind === 'recent') {
			this.open({ kind: 'recent', text: code.trim() });
			return;
		}
		// A receipt's own barcode means that something of it comes back.
		if (this.state?.phase === 'selling' && !this.paying && /^\d+[A-Z]+-\d{4,}$/i.test(code.trim())) {
			this.open({ kind: 'return', number: code.trim() });
			return;
		}
		void this.do((till) => till.scan(code));
	}
	add(item: TillItem, times: string | null = null): void {
		void this.do((till) => till.addItem(item.id, times, null));
	}

	/** Says what went wrong and what to do; the cart is as it was. */
	say(problem: Problem): void {
		this.#unsay?.();
		const words = problem.unreachable ? m.reg_unreachable() : problem.message;
		this.#unsay = toasts.say(words, { tone: 'warn', lasts_ms: 8000 });
		sounds.play('blocked');
	}

	open(panel: Panel): void {
		this.typed = false;
		this.panel = panel;
	}
	close(): void {
		this.typed = false;
		this.panel = null;
	}

	/** Does something once all that was scanned or typed before it is on the cart: a key pressed a moment early is not lost. */
	async whenStill(then: () => void): Promise<void> {
		if (this.#finishing) return;
		while (this.busy) {
			await this.#queue;
			// The panel that asked for it closes after it.
			await new Promise((done) => setTimeout(done));
		}
		if (!this.asking) then();
	}
	pay(): void {
		void this.whenStill(() => {
			if (!this.cart?.lines.length) return;
			this.panel = null;
			this.paying = true;
		});
	}
	stopPaying(): void {
		this.paying = false;
		this.tenders = [];
	}
	tender(tender: TenderIn): void {
		this.tenders = withTender(this.tenders, tender);
	}
	/** Finishes the sale. A second press while the first is under way does nothing. */
	async complete(tenders: TenderIn[]): Promise<void> {
		if (this.busy || !this.cart?.lines.length) return;
		this.#finishing = true;
		try {
			if (await this.do((till) => till.complete(tenders))) {
				this.view = 'cart';
				this.stopPaying();
			}
		} finally {
			this.#finishing = false;
		}
	}
	/** The change has been given and seen. */
	next(): void {
		this.#seen = this.state?.last_sale?.id ?? null;
		this.view = 'items';
	}

	/** Counts are given before it is known what should be there; the report says both. */
	async closeShift(counted_minor: number): Promise<void> {
		try {
			this.report = await this.#inTurn(() => this.till.closeShift(counted_minor));
			this.panel = null;
			this.take(await this.till.state());
		} catch (error) {
			this.say(Problem.from(error));
		}
	}

	/** Reads the shift out; it goes on. */
	async readX(): Promise<void> {
		try {
			this.report = await this.#inTurn(() => this.till.xReport());
			this.panel = null;
		} catch (error) {
			await this.#refused(Problem.from(error), async () => {
				await this.readX();
				return true;
			});
		}
	}

	#inTurn<T>(command: () => Promise<T>): Promise<T> {
		this.busy++;
		const answer = this.#queue.then(command).finally(() => this.busy--);
		this.#queue = answer.catch(() => undefined);
		return answer;
	}

	#after(result: ScanResult): void {
		this.take(result.state);
		switch (result.outcome) {
			case 'added':
				sounds.play('ok');
				if (this.panel && !this.typed) this.close();
				if (this.paying) toasts.say(m.reg_added_while_paying());
				break;
			case 'unknown':
				sounds.play('unknown');
				if (this.panel && this.typed) toasts.say(m.reg_unknown_too({ code: result.code }), { tone: 'warn' });
				else this.open({ kind: 'unknown', code: result.code });
				break;
			case 'needs_qty':
			case 'needs_price':
				sounds.play('ok');
				if (result.item) this.open({ kind: result.outcome === 'needs_qty' ? 'weigh' : 'open', item: result.item });
				break;
			case 'coupon':
				sounds.play('ok');
				toasts.say(m.reg_coupon_taken({ code: result.code }), { tone: 'good' });
				break;
			case 'blocked':
				this.say(new Problem('till.blocked', this.#whyBlocked()));
		}
	}

	#whyBlocked(): string {
		if (this.state?.link.blocked) return this.state.link.blocked;
		return this.state?.phase === 'no_shift' ? m.reg_blocked_no_shift() : m.reg_blocked_locked();
	}

	#hear(message: LiveMessage): void {
		const topic = message.type === 'change' || message.type === 'reload' ? message.topic : undefined;
		if (topic === null || topic?.startsWith('catalog.') || topic === 'inventory.stock') this.stocked++;
	}
}

export const [theRegister, provideRegister] = createContext<Register>();
