import type { LiveMessage } from './live';
import { Problem } from './problem';
import type { Till } from './till';
import type { RegisterState } from './till-types';

type Bound = Record<string, (...values: unknown[]) => Promise<unknown>>;
type Wails = {
	go: { desktop: { Till: Bound } };
	runtime: {
		EventsOn: (name: string, told: (...values: never[]) => void) => () => void;
		WindowFullscreen?: () => void;
		WindowUnfullscreen?: () => void;
		WindowIsFullscreen?: () => Promise<boolean>;
	};
};

/** True on a page that a till's own window shows. */
export function hasWails(page: object): page is Wails {
	return 'go' in page && 'runtime' in page;
}

/** The engine of the till whose window this is. Values cross as JSON; a missing argument would be refused, so none is ever left out. */
export function wailsTill(page: Wails): Till {
	// Looked up at each call: Wails puts its objects on the page once it is ready.
	const call = async <T>(name: string, ...values: unknown[]): Promise<T> => {
		try {
			return (await page.go.desktop.Till[name]!(...values)) as T;
		} catch (error) {
			throw problemOf(error);
		}
	};
	const on = <T>(name: string, told: (value: T) => void) => page.runtime.EventsOn(name, told as (...values: never[]) => void);
	return {
		has: { pins: true, printer: true, newItems: true, offline: true },
		setup: {
			discover: () => call('Discover'),
			probe: (address) => call('Probe', address),
			firstRun: () => call('FirstRun'),
			keepFirstRun: (progress) => call('KeepFirstRun', progress),
			connection: () => call('Connection'),
			printers: () => call('Printers'),
			tryCode: (code) => call('TryCode', code),
			saveUnsent: () => call('SaveUnsent'),
			bringUnsent: () => call('BringUnsent'),
		},
		state: () => call('State'),
		pair: (address, code, deviceName) => call('Pair', address, code, deviceName),
		people: () => call('People'),
		signIn: (personId, pin) => call('SignIn', personId, pin),
		lock: () => call('Lock'),
		openShift: (floatMinor) => call('OpenShift', floatMinor),
		closeShift: (countedMinor) => call('CloseShift', countedMinor),
		unlock: (personId, byId, pin) => call('Unlock', personId, byId, pin),
		approvers: (asked) => call('Approvers', asked),
		approve: async (personId, pin, asked, reason) => void (await call('Approve', personId, pin, asked, reason)),
		askFor: (asked, reason) => call('AskFor', asked, reason),
		answer: (id) => call('Answer', id),
		withdraw: async (id) => void (await call('Withdraw', id)),
		moveCash: (asked) => call('MoveCash', asked),
		xReport: () => call('XReport'),
		printReport: (shiftId) => call('PrintReport', shiftId),
		scan: (code) => call('Scan', code),
		search: (text, limit) => call('Search', text, limit),
		stockOf: (itemId) => call('StockOf', itemId),
		browse: (categoryId, offset, limit) => call('Browse', categoryId, offset, limit),
		addItem: (itemId, quantity, priceMinor) => call('AddItem', itemId, quantity, priceMinor),
		sellOpen: (name, priceMinor, taxCode, barcode) => call('SellOpen', name, priceMinor, taxCode, barcode),
		createItem: (item) => call('CreateItem', item),
		setQuantity: (lineId, quantity) => call('SetQuantity', lineId, quantity),
		setLineDiscount: (lineId, discount) => call('SetLineDiscount', lineId, discount),
		setPrice: (lineId, priceMinor) => call('SetPrice', lineId, priceMinor),
		removeLine: (lineId) => call('RemoveLine', lineId),
		selectLine: (lineId) => call('SelectLine', lineId),
		setCartDiscount: (discount) => call('SetCartDiscount', discount),
		setCustomer: (customerId, name) => call('SetCustomer', customerId, name),
		addCoupon: (code) => call('AddCoupon', code),
		removeCoupon: (code) => call('RemoveCoupon', code),
		setLineNote: (lineId, note) => call('SetLineNote', lineId, note),
		setNote: (note) => call('SetNote', note),
		customers: (text, limit) => call('Customers', text, limit),
		addCustomer: (met) => call('AddCustomer', met),
		clearCart: () => call('ClearCart'),
		undo: () => call('Undo'),
		findReceipt: (number) => call('FindReceipt', number),
		takeBack: (asked) => call('TakeBack', asked),
		hold: (name) => call('Hold', name),
		held: () => call('Held'),
		recall: (heldId) => call('Recall', heldId),
		dropHeld: (heldId) => call('DropHeld', heldId),
		complete: (tenders) => call('Complete', tenders),
		recent: (limit) => call('Recent', limit),
		findReceipts: (text, day) => call('FindReceipts', text, day),
		purchases: (customerId) => call('Purchases', customerId),
		receipt: (saleId) => call('Receipt', saleId),
		mailReceipt: (saleId, to, locale) => call('MailReceipt', saleId, to, locale),
		reprint: (saleId) => call('Reprint', saleId),
		printGift: (saleId) => call('PrintGift', saleId),
		testPrint: () => call('TestPrint'),
		setPrinter: (printer) => call('SetPrinter', printer),
		syncNow: () => call('SyncNow'),
		onState: (told) => on<RegisterState>('till.state', told),
		onLive: (told) => on<LiveMessage>('till.live', told),
	};
}

type Fault = { code: string; message: string; asked?: unknown; fields?: { path: string; code?: string; message?: string }[] };

/** Go's faults come as the JSON text of an Error's message; what is no JSON was refused by Wails itself. */
export function problemOf(error: unknown): Problem {
	if (error instanceof Problem) return error;
	const words = error instanceof Error ? error.message : String(error);
	try {
		const fault = JSON.parse(words) as Fault;
		const fields = Object.fromEntries((fault.fields ?? []).map((f) => [f.path, f.message || f.code || '']));
		return new Problem(fault.code, fault.message, '', fields, '', 0, fault.asked);
	} catch {
		return new Problem('till.internal', words);
	}
}

/** Fills the screen, or leaves it again; in a browser the page does it by itself. */
export async function toggleFullscreen(): Promise<void> {
	if (hasWails(window) && window.runtime.WindowIsFullscreen) {
		if (await window.runtime.WindowIsFullscreen()) window.runtime.WindowUnfullscreen?.();
		else window.runtime.WindowFullscreen?.();
		return;
	}
	if (document.fullscreenElement) await document.exitFullscreen();
	else await document.documentElement.requestFullscreen();
}
