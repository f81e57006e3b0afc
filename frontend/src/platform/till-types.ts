/**
 * The register's shapes, as Go's `wire` package names them. Amounts are whole
 * minor units, quantities and percents decimal text, ids UUIDs, moments RFC 3339.
 */

export type RegisterPhase = 'unpaired' | 'fetching' | 'locked' | 'no_shift' | 'selling';

export type RegisterState = {
	phase: RegisterPhase;
	shop?: RegisterShop;
	person?: RegisterPerson;
	shift?: RegisterShift;
	cart: CartView;
	held_count: number;
	last_sale?: LastSale;
	link: LinkState;
	printer: PrinterState;
	methods: MethodSetup[];
	tax_codes: TaxSetup[];
	categories: CategorySetup[];
};

export type RegisterShop = {
	name: string;
	slug: string;
	business_type: string;
	currency: string;
	digits: number;
	locale: string;
	time_zone: string;
	store_name: string;
	register_id: string;
	register_number: number;
	register_name: string;
	tax_included: boolean;
	cash_step_minor: number;
	/** Minutes without a touch after which it locks; 0 is never. */
	lock_after_minutes: number;
};

export type RegisterPerson = { id: string; name: string; role: string; permissions: string[]; has_pin: boolean; /** No PIN is taken for so long after wrong ones. */ wait_seconds?: number };

/** What somebody wants to do that takes another's approval: exactly this, on exactly these lines. */
export type Asked = { action: string; permission?: string; amount: number; limit?: number; subject?: string; lines: AskedLine[] };
export type AskedLine = { item_id?: string; name: string; unit?: string; quantity: string; before_minor: number; after_minor: number; on_hand?: string };
export type Approver = { id: string; name: string; role: string; has_pin: boolean };
export type ApprovalAnswer = { id: string; state: 'open' | 'approved' | 'refused' | 'withdrawn' | 'expired'; by?: string; by_name?: string; at?: string; answer?: string; expires_at: string };

export type RegisterShift = { id: string; number: number; opened_at: string; float_minor: number };

export type Discount = { kind: 'percent' | 'amount'; percent: string; amount_minor: number; reason: string };

/** What a promotion takes off a line; part of what is saved. */
export type Deal = { promotion_id: string; name: string; amount_minor: number };
/** A step from the list price to what is paid; a tax that is within the price is no part of the sum. */
export type PriceStep = { kind: 'list' | 'price' | 'promotion' | 'discount' | 'cart_discount' | 'tax'; name?: string; rate?: string; amount_minor: number; within?: boolean };

export type TaxTotal = { code: string; rate: string; net_minor: number; tax_minor: number };

export type CartView = {
	id: string;
	lines: CartLineView[];
	selected?: string;
	customer_id?: string;
	customer_name?: string;
	discount?: Discount;
	/** Codes of promotions that are on the sale. */
	coupons?: string[];
	note?: string;
	gross_minor: number;
	saved_minor: number;
	net_minor: number;
	tax_minor: number;
	total_minor: number;
	cash_due_minor: number;
	taxes: TaxTotal[];
	quick_cash: number[];
	can_undo: boolean;
	/** Where the lines with negative quantities come from. */
	back?: { receipt_no: string; reason?: string; method_ids: string[]; unchecked: boolean };
};

export type CartLineView = {
	id: string;
	item_id?: string;
	name: string;
	barcode?: string;
	unit: string;
	decimals: number;
	sold_by: string;
	quantity: string;
	unit_price_minor: number;
	list_price_minor: number;
	discount?: Discount;
	deals?: Deal[];
	/** How the line came to its price. */
	steps?: PriceStep[];
	saved_minor: number;
	total_minor: number;
	tax_code: string;
	note?: string;
	/** On a line that comes back: which line of its sale it is. */
	original_line?: number;
	on_hand?: string;
};

export type LastSale = { id: string; receipt_no: string; total_minor: number; paid_minor: number; change_minor: number; at: string; printed: boolean; problem?: string; email?: string; language?: string; gift?: boolean };

export type LinkState = {
	online: boolean;
	since: string;
	waiting: number;
	oldest_at?: string;
	syncing: boolean;
	last_error?: string;
	/** The shop is suspended or closed. */
	shut?: boolean;
	exceptions: number;
	items: number;
	progress: number;
	blocked?: string;
};

export type PrinterState = { kind: 'none' | 'file' | 'tcp' | 'queue'; address?: string; columns: number; problem?: string; lacking?: string };

export type ScanOutcome = 'added' | 'unknown' | 'needs_qty' | 'needs_price' | 'coupon' | 'blocked';

export type ScanResult = { outcome: ScanOutcome; code: string; item?: TillItem; line_id?: string; state: RegisterState };

/** Where an item stands at one moment, as the server says; `here` is the register's own store. */
export type ItemStock = { item_id: string; price_minor: number; track_stock: boolean; at: string; places: PlaceStock[] };
export type PlaceStock = { store_id: string; store: string; location_id: string; location: string; sells: boolean; here: boolean; on_hand: string; coming: string };

export type HeldCart = { id: string; name: string; held_at: string; held_by: string; customer_name?: string; lines: number; total_minor: number };

export type RecentSale = { id: string; kind: 'sale' | 'refund' | 'void'; receipt_no: string; at: string; total_minor: number; sent: boolean; register_name?: string; customer_name?: string };

/** `own_only`: a till without the server looked through its own alone. */
export type FoundReceipts = { rows: RecentSale[]; own_only: boolean };

export type Purchases = { count: number; total_minor: number; last: RecentSale[] };

export type MethodTotal = { method_id: string; kind: string; name: string; count: number; amount_minor: number };

export type ZReport = {
	shift_id: string;
	number: number;
	opened_at: string;
	closed_at: string;
	sales_count: number;
	refunds_count: number;
	total_minor: number;
	tax_minor: number;
	discount_minor: number;
	rounding_minor: number;
	float_minor: number;
	cash_minor: number;
	cash_in_minor: number;
	cash_out_minor: number;
	drops_minor: number;
	drawer_opened: number;
	expected_minor: number;
	counted_minor: number;
	difference_minor: number;
	methods: MethodTotal[];
	taxes: TaxTotal[];
};

export type SoldLine = { line_no: number; item_id?: string; name: string; unit: string; quantity: string; total_minor: number };

/** A sale and what of each line has come back so far; unchecked if the server could not be asked. */
export type Returnable = {
	sale: { id: string; kind: RecentSale['kind']; receipt_no: string; completed_at: string; total_minor: number; lines: SoldLine[] };
	back: { line_no: number; quantity: string }[];
	voided: boolean;
	unchecked: boolean;
};

export type BackAsked = { sale_id: string; lines: { line_no: number; quantity: string; restock: boolean }[]; reason: string };

export type CashKind = 'in' | 'out' | 'drop' | 'open';
export type CashReason = 'petty' | 'supplier' | 'bank' | 'safe' | 'owner' | 'change' | 'check' | 'other';

/** Money that goes into the drawer or out of it, or the drawer opened without a sale. */
export type CashAsked = { kind: CashKind; reason: CashReason; amount_minor: number; note: string };

export type MethodSetup = { id: string; kind: 'cash' | 'card' | 'other'; name: string; opens_drawer: boolean; position: number };
export type TaxSetup = { code: string; name: string; rates: { from: string; rate: string }[] };
export type CategorySetup = { id: string; parent_id?: string; name: string; position: number };

export type TillItem = {
	id: string;
	sku: string;
	name: string;
	category_id?: string;
	unit: string;
	sold_by: 'each' | 'weight' | 'open';
	plu?: string;
	tax_code: string;
	price_minor: number;
	barcodes: { code: string; quantity: string }[];
	favourite: boolean;
	track_stock: boolean;
	on_hand: string;
	active: boolean;
	picture_id?: string;
};

/** Uncounted: no item of the shop has any stock, so that none of one means nothing. */
export type Shelf = { items: TillItem[]; total: number; uncounted?: boolean };

export type TenderIn = { method_id: string; amount_minor: number; reference?: string };

export type NewItem = { name: string; barcode: string; category_id: string | null; tax_code: string; price_minor: number };

export type TillCustomer = { id: string; name: string; phone?: string; email?: string; code?: string; tax_number?: string; language?: string; active: boolean };

export type MetCustomer = { name: string; phone: string; email: string };

/** A receipt as it looks on this register's paper. */
export type Receipt = { document: { locale?: string; design?: { languages?: string[] | null } }; lines: TextLine[] };
export type TextLine = { kind: 'normal' | 'bold' | 'big' | 'center' | 'right' | 'barcode' | 'qr'; text: string };

/** One line as a browser register asks for it to be priced. */
export type CartLine = {
	id: string;
	item_id?: string;
	name?: string;
	barcode?: string;
	quantity: string;
	price_minor?: number;
	fixed_total_minor?: number;
	tax_code?: string;
	discount?: Discount;
	note?: string;
};

export type Cart = { lines: CartLine[]; discount?: Discount; customer_id?: string; coupons?: string[]; back?: BackAsked; /** What others have approved of it. */ approvals?: string[] };

export type Checkout = { id: string; register_id: string; cart: Cart; tenders: TenderIn[]; note?: string };

/** A server that answered on the network, and what it claims to be known by. */
export type FoundServer = { name: string; address: string; key?: string; version: string };
/** Who answers at an address; `key` is empty where the system vouches for the server. */
export type Probed = { address: string; shop?: string; key?: string };
/** How far setting this till up has come. */
export type FirstRun = { step: string; language: string; address: string; done: boolean };
export type Connection = { paired: boolean; address: string; key?: string; series: string; waiting: number; shift: boolean; since: string };
export type FoundPrinter = { kind: 'file' | 'queue'; address: string };
/** Whose unsent sales are in a file. */
export type CarriedHead = { format: string; shop: string; register: string; series: string; entries: number; sales: number; made_at: string };
/** What a code means, without anything being sold. */
export type TriedCode = { code: string; kind: string; item?: TillItem };
