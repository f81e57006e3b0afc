import type { LiveMessage } from './live';
import type { ApprovalAnswer, Approver, Asked, BackAsked, CarriedHead, CashAsked, Connection, Discount, FirstRun, FoundPrinter, FoundReceipts, FoundServer, HeldCart, ItemStock, MetCustomer, NewItem, PrinterState, Probed, Purchases, Receipt, RecentSale, RegisterPerson, RegisterState, Returnable, ScanResult, Shelf, TenderIn, TillCustomer, TillItem, TriedCode, ZReport } from './till-types';

/** What only a till with an engine of its own has: a server to find, devices to set up. */
export interface TillSetup {
	discover(): Promise<FoundServer[]>;
	/** Looks who answers at an address, before a code is sent there. */
	probe(address: string): Promise<Probed>;
	firstRun(): Promise<FirstRun>;
	keepFirstRun(progress: FirstRun): Promise<FirstRun>;
	connection(): Promise<Connection>;
	printers(): Promise<FoundPrinter[]>;
	tryCode(code: string): Promise<TriedCode>;
	/** Asks where to, and writes what the server has not got to a file; no path if nothing was chosen. */
	saveUnsent(): Promise<{ path: string; head: CarriedHead }>;
	/** Asks for another till's file, and brings its sales to the server. */
	bringUnsent(): Promise<{ head: CarriedHead; taken: number; exceptions: number }>;
}

/**
 * What a register can be asked to do. A till answers from its own engine, with
 * or without a network; a browser register asks the server. Both answer with the
 * state after the command, and fail with a Problem whose sentence is for the
 * person at the register. After a failure the cart is as it was.
 */
export interface Till {
	/** What this kind of register has besides selling. */
	readonly has: {
		/** People switch by PIN; otherwise the browser's session says who sells. */
		pins: boolean;
		/** A receipt printer of its own; otherwise the page prints. */
		printer: boolean;
		/** Unknown items can be made here. */
		newItems: boolean;
		/** Works without the server. */
		offline: boolean;
	};

	/** Setting the till up; a browser register has nothing to set up. */
	readonly setup: TillSetup | null;

	state(): Promise<RegisterState>;
	pair(address: string, code: string, deviceName: string): Promise<RegisterState>;
	people(): Promise<RegisterPerson[]>;
	signIn(personId: string, pin: string): Promise<RegisterState>;
	/** Ends a person's wait after wrong PINs: someone else says so, who may change the shop's people. */
	unlock(personId: string, byId: string, pin: string): Promise<RegisterState>;
	/** The open cart stays with its person. */
	lock(): Promise<RegisterState>;
	openShift(floatMinor: number): Promise<RegisterState>;
	/** Takes what was counted before it is known what should be there. */
	closeShift(countedMinor: number): Promise<ZReport>;

	/** Who may approve what was refused, at this register. */
	approvers(asked: Asked): Promise<Approver[]>;
	/** Someone else gives their word, by PIN, on exactly what was refused. It holds for the next try of it. */
	approve(personId: string, pin: string, asked: Asked, reason: string): Promise<void>;
	/** Asks whoever may approve, wherever they are. */
	askFor(asked: Asked, reason: string): Promise<ApprovalAnswer>;
	/** How far that has come; an approval holds from then on for the next try. */
	answer(id: string): Promise<ApprovalAnswer>;
	withdraw(id: string): Promise<void>;
	moveCash(asked: CashAsked): Promise<RegisterState>;
	/** Reads the open shift out without closing it. */
	xReport(): Promise<ZReport>;
	/** The open shift's X report, or the Z report that was kept at closing. */
	printReport(shiftId: string): Promise<RegisterState>;

	/** A code as the scanner sent it; "3*code" adds three. */
	scan(code: string): Promise<ScanResult>;
	search(text: string, limit: number): Promise<TillItem[]>;
	/** Where an item stands now, in other stores too. Only the server knows: it fails where that cannot be reached. */
	stockOf(itemId: string): Promise<ItemStock>;
	/** Items of a category; null is the favourites. */
	browse(categoryId: string | null, offset: number, limit: number): Promise<Shelf>;

	addItem(itemId: string, quantity: string | null, priceMinor: number | null): Promise<ScanResult>;
	sellOpen(name: string, priceMinor: number, taxCode: string, barcode: string): Promise<RegisterState>;
	createItem(item: NewItem): Promise<RegisterState>;
	/** "0" removes the line. */
	setQuantity(lineId: string, quantity: string): Promise<RegisterState>;
	setLineDiscount(lineId: string, discount: Discount | null): Promise<RegisterState>;
	setPrice(lineId: string, priceMinor: number): Promise<RegisterState>;
	removeLine(lineId: string): Promise<RegisterState>;
	selectLine(lineId: string): Promise<RegisterState>;
	setCartDiscount(discount: Discount | null): Promise<RegisterState>;
	setCustomer(customerId: string | null, name: string): Promise<RegisterState>;
	/** A promotion's code, as typed; one that nothing runs under is refused. */
	addCoupon(code: string): Promise<RegisterState>;
	removeCoupon(code: string): Promise<RegisterState>;
	/** Printed below the line; empty takes it off. */
	setLineNote(lineId: string, note: string): Promise<RegisterState>;
	/** Said of the whole sale. */
	setNote(note: string): Promise<RegisterState>;
	/** Customers by name, phone or code, best first; for an empty text the first by name. */
	customers(text: string, limit: number): Promise<TillCustomer[]>;
	/** Keeps a customer whom the shop did not know, and puts them on the cart. */
	addCustomer(met: MetCustomer): Promise<RegisterState>;
	clearCart(): Promise<RegisterState>;
	undo(): Promise<RegisterState>;

	/** A sale by the number on its receipt. */
	findReceipt(number: string): Promise<Returnable>;
	/** Puts lines of a receipt that was found on the cart, as returns. */
	takeBack(asked: BackAsked): Promise<RegisterState>;

	/** An empty name lets the register find one. */
	hold(name: string): Promise<RegisterState>;
	held(): Promise<HeldCart[]>;
	recall(heldId: string): Promise<RegisterState>;
	dropHeld(heldId: string): Promise<RegisterState>;

	/** Finishes the sale; `last_sale` says what goes back. */
	complete(tenders: TenderIn[]): Promise<RegisterState>;
	recent(limit: number): Promise<RecentSale[]>;
	/** Receipts of all registers by number, amount or a card's last digits, and by day (YYYY-MM-DD or empty). */
	findReceipts(text: string, day: string): Promise<FoundReceipts>;
	/** What a customer has bought so far; the server knows. */
	purchases(customerId: string): Promise<Purchases>;
	receipt(saleId: string): Promise<Receipt>;
	/** Has the receipt sent by e-mail; a till without a network has it sent later. */
	mailReceipt(saleId: string, to: string, locale: string): Promise<RegisterState>;
	/** Prints again, marked as a copy. */
	reprint(saleId: string): Promise<RegisterState>;
	/** Prints a receipt without prices. */
	printGift(saleId: string): Promise<RegisterState>;
	testPrint(): Promise<RegisterState>;
	setPrinter(printer: PrinterState): Promise<RegisterState>;
	syncNow(): Promise<RegisterState>;

	/** Told of each change that no command of this page caused. Returns what ends it. */
	onState(told: (state: RegisterState) => void): () => void;
	/** The shop's change stream, where the register carries it. */
	onLive(told: (message: LiveMessage) => void): () => void;
}
