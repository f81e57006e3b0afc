package sales

import (
	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// originalSale is the sale that a document takes back.
type originalSale struct {
	ID          uuid.UUID     `db:"id"`
	Kind        wire.SaleKind `db:"kind"`
	ShiftID     uuid.UUID     `db:"shift_id"`
	CustomerID  *uuid.UUID    `db:"customer_id"`
	Currency    string        `db:"currency"`
	TaxIncluded bool          `db:"tax_included"`
	Rounding    money.Amount  `db:"rounding_minor"`
	Due         money.Amount  `db:"due_minor"`
	ReceiptNo   string        `db:"receipt_no"`
	Voided      bool          `db:"voided"`
	Refunded    bool          `db:"refunded"`
}

// remaining is a sold line and what has come back of it so far.
type remaining struct {
	wire.SaleLine
	Cost         money.Amount    `db:"cost_minor"`
	BackQuantity decimal.Decimal `db:"back_quantity"`
	BackGross    money.Amount    `db:"back_gross_minor"`
	BackDiscount money.Amount    `db:"back_discount_minor"`
	BackNet      money.Amount    `db:"back_net_minor"`
	BackTax      money.Amount    `db:"back_tax_minor"`
	BackCost     money.Amount    `db:"back_cost_minor"`
}

const (
	// sales rows are never updated, and app_user may not lock what it may not
	// update: the lock is an advisory one on the sale's id.
	holdSale db.SQL = `select pg_advisory_xact_lock(hashtextextended(@key, 0))::text`

	readSaleNo db.SQL = `
		select receipt_no
		from   sales
		where  tenant_id = @tenant and id = @sale and kind = 'sale'`

	readSaleItems db.SQL = `
		select distinct item_id
		from   sale_lines
		where  tenant_id = @tenant and sale_id = @sale and item_id is not null`

	readOriginal db.SQL = `
		select s.id, s.kind, s.shift_id, s.customer_id, s.currency, s.tax_included, s.rounding_minor, s.due_minor, s.receipt_no,
			exists (select from sales v where v.tenant_id = @tenant and v.original_id = s.id and v.kind = 'void') as voided,
			exists (select from sales v where v.tenant_id = @tenant and v.original_id = s.id and v.kind <> 'void') as refunded
		from   sales s
		where  s.tenant_id = @tenant and s.id = @sale
		and    (@stores::uuid[] is null or s.store_id = any(@stores))`

	readRemaining db.SQL = `
		select l.line_no, l.item_id, l.original_line, l.name, l.barcode, l.unit, l.quantity, l.unit_price_minor, l.list_price_minor,
			l.gross_minor, l.discount_minor, l.discount_reason, l.tax_code, l.tax_rate, l.net_minor, l.tax_minor, l.total_minor, l.not_restocked, l.note, l.approved_by, l.deals, l.cost_minor,
			-coalesce(b.quantity, 0) as back_quantity, -coalesce(b.gross, 0)::bigint as back_gross_minor,
			-coalesce(b.discount, 0)::bigint as back_discount_minor, -coalesce(b.net, 0)::bigint as back_net_minor,
			-coalesce(b.tax, 0)::bigint as back_tax_minor, -coalesce(b.cost, 0)::bigint as back_cost_minor
		from   sale_lines l
		left   join (
			select r.original_line, sum(r.quantity) as quantity, sum(r.gross_minor) as gross, sum(r.discount_minor) as discount,
				sum(r.net_minor) as net, sum(r.tax_minor) as tax, sum(r.cost_minor) as cost
			from   sales d
			join   sale_lines r on r.tenant_id = @tenant and r.sale_id = d.id
			where  d.tenant_id = @tenant and d.original_id = @sale
			group  by r.original_line) b on b.original_line = l.line_no
		where  l.tenant_id = @tenant and l.sale_id = @sale
		order  by l.line_no`

	readTenders db.SQL = `
		select method_id, amount_minor, tendered_minor, change_minor, reference
		from   tenders
		where  tenant_id = @tenant and sale_id = @sale
		order  by line_no`
)

// hold makes documents that take back one sale wait for each other.
func hold(r *db.Reads, tx *db.Tx, sale uuid.UUID) {
	db.ReadAll[string](r, holdSale, db.Args{"key": tx.TenantID().String() + sale.String()})
}

// part is some of a sold line, in positive figures.
type part struct {
	quantity                        decimal.Decimal
	gross, discount, net, tax, cost money.Amount
}

// refusal is why a part of a line cannot come back.
type refusal struct{ code, sentence string }

func (r *refusal) at(path string) error {
	return fault.Invalid(r.code, fault.At(path, r.code, r.sentence)).Say(r.sentence)
}

// take works out what a quantity of the line comes to: all that is due once it
// is back, less what was given back before, so that parts add up to the whole.
func (r remaining) take(quantity decimal.Decimal) (part, *refusal) {
	if !r.Quantity.IsPos() {
		return part{}, &refusal{"sales.line_not_refundable", "This line was itself a return."}
	}
	if !quantity.IsPos() || quantity.Scale() > 4 {
		return part{}, &refusal{"sales.quantity_invalid", "Say how many come back."}
	}
	back, err := r.BackQuantity.Add(quantity)
	if err != nil || r.Quantity.Less(back) {
		return part{}, &refusal{"sales.refund_exceeds", "More than what is left of this line. Lower the quantity."}
	}
	share := func(whole, before money.Amount) money.Amount {
		return pricing.Portion(whole, back, r.Quantity) - before
	}
	return part{
		quantity: quantity,
		gross:    share(r.Gross, r.BackGross), discount: share(r.Discount, r.BackDiscount),
		net: share(r.Net, r.BackNet), tax: share(r.Tax, r.BackTax), cost: max(share(r.Cost, pricing.Portion(r.Cost, r.BackQuantity, r.Quantity)), 0),
	}, nil
}

// less is the line after that part came back too.
func (r remaining) less(p part) remaining {
	r.BackQuantity, _ = r.BackQuantity.Add(p.quantity) // take has added them before
	r.BackGross += p.gross
	r.BackDiscount += p.discount
	r.BackNet += p.net
	r.BackTax += p.tax
	r.BackCost += p.cost
	return r
}
