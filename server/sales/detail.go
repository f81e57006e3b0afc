package sales

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/approvals"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// SaleDetail is all there is to know of one document. Cost and Margin (net less
// cost) are there only for those who may see what goods cost.
type SaleDetail struct {
	SaleRow
	Series          string             `json:"series" db:"series"`
	Number          int64              `json:"number" db:"number"`
	ShiftID         uuid.UUID          `json:"shift_id" db:"shift_id"`
	ShiftNumber     int                `json:"shift_number" db:"shift_number"`
	ShiftOpen       bool               `json:"shift_open" db:"shift_open"`
	CustomerID      *uuid.UUID         `json:"customer_id,omitempty" db:"customer_id"`
	OriginalID      *uuid.UUID         `json:"original_id,omitempty" db:"original_id"`
	OriginalReceipt string             `json:"original_receipt,omitempty" db:"original_receipt"`
	ReceivedAt      time.Time          `json:"received_at" db:"received_at"`
	TaxIncluded     bool               `json:"tax_included" db:"tax_included"`
	Gross           money.Amount       `json:"gross_minor" db:"gross_minor"`
	Discount        money.Amount       `json:"discount_minor" db:"discount_minor"`
	Net             money.Amount       `json:"net_minor" db:"net_minor"`
	Tax             money.Amount       `json:"tax_minor" db:"tax_minor"`
	Rounding        money.Amount       `json:"rounding_minor" db:"rounding_minor"`
	Due             money.Amount       `json:"due_minor" db:"due_minor"`
	Cost            *money.Amount      `json:"cost_minor,omitempty" db:"cost_minor"`
	Margin          *money.Amount      `json:"margin_minor,omitempty" db:"-"`
	Note            string             `json:"note" db:"note"`
	Lines           []SoldLine         `json:"lines" db:"-" nullable:"false"`
	Tenders         []NamedTender      `json:"tenders" db:"-" nullable:"false"`
	Taxes           []pricing.TaxTotal `json:"taxes" db:"-" nullable:"false"`
	Approvals       []approvals.Used   `json:"approvals" db:"-" nullable:"false" doc:"What others approved of it"`
	Answers         []SaleAnswer       `json:"answers" db:"-" nullable:"false" doc:"The refunds and voids of this sale"`
}

// SoldLine is a line and what has come back of it.
type SoldLine struct {
	wire.SaleLine
	Returned decimal.Decimal `json:"returned" doc:"How much of it was taken back"`
	Cost     *money.Amount   `json:"cost_minor,omitempty"`
}

// NamedTender is a payment with its method's name.
type NamedTender struct {
	wire.SaleTender
	MethodName string `json:"method_name" db:"method_name"`
	MethodKind string `json:"method_kind" db:"method_kind" enum:"cash,card,other"`
}

// SaleAnswer is a refund or void of a sale.
type SaleAnswer struct {
	ID          uuid.UUID     `json:"id" db:"id"`
	Kind        wire.SaleKind `json:"kind" db:"kind" enum:"sale,refund,void"`
	ReceiptNo   string        `json:"receipt_no" db:"receipt_no"`
	CompletedAt time.Time     `json:"completed_at" db:"completed_at"`
	Total       money.Amount  `json:"total_minor" db:"total_minor"`
}

// SaleIn names a sale.
type SaleIn struct {
	ID uuid.UUID `path:"id"`
}

const (
	readDetail db.SQL = `
		select s.id, s.kind, s.receipt_no, s.completed_at, s.business_date::text as business_date, st.name as store_name, s.register_id,
			r.name as register_name, coalesce(p.name, '') as person_name, coalesce(c.name, '') as customer_name, s.currency,
			s.total_minor, s.flags, s.series, s.number, s.shift_id, h.number as shift_number, h.closed_at is null as shift_open,
			s.customer_id, s.original_id, coalesce(o.receipt_no, '') as original_receipt, s.received_at, s.tax_included, s.gross_minor,
			s.discount_minor, s.net_minor, s.tax_minor, s.rounding_minor, s.due_minor, s.cost_minor, s.note
		from   sales s
		join   stores st on st.tenant_id = @tenant and st.id = s.store_id
		join   registers r on r.tenant_id = @tenant and r.id = s.register_id
		join   shifts h on h.tenant_id = @tenant and h.id = s.shift_id
		left   join sales o on o.tenant_id = @tenant and o.id = s.original_id and (@stores::uuid[] is null or o.store_id = any(@stores))
		left   join people p on p.tenant_id = @tenant and p.id = s.person_id
		left   join customers c on c.tenant_id = @tenant and c.id = s.customer_id
		where  s.tenant_id = @tenant and s.id = @sale
		and    (@own::uuid is null or s.person_id = @own)
		and    (@stores::uuid[] is null or s.store_id = any(@stores))`

	readNamedTenders db.SQL = `
		select t.method_id, t.amount_minor, t.tendered_minor, t.change_minor, t.reference, m.name as method_name, m.kind as method_kind
		from   tenders t
		join   payment_methods m on m.tenant_id = @tenant and m.id = t.method_id
		where  t.tenant_id = @tenant and t.sale_id = @sale
		order  by t.line_no`

	readAnswers db.SQL = `
		select id, kind, receipt_no, completed_at, total_minor
		from   sales
		where  tenant_id = @tenant and original_id = @sale
		and    (@stores::uuid[] is null or store_id = any(@stores))
		order  by completed_at, id`
)

// Show gives one sale, refund or void. It fails with sales.not_found.
func Show(ctx context.Context, tx *db.Tx, in SaleIn) (SaleDetail, error) {
	of := db.Args{"sale": in.ID}
	r := tx.Reads()
	head := db.ReadMaybe[SaleDetail](r, readDetail, db.Args{"sale": in.ID, "own": ownOnly(ctx)})
	lines := db.ReadAll[remaining](r, readRemaining, of)
	tenders := db.ReadAll[NamedTender](r, readNamedTenders, of)
	answers := db.ReadAll[SaleAnswer](r, readAnswers, of)
	used := approvals.ReadUsed(r, in.ID)
	if err := r.Run(ctx); err != nil {
		return SaleDetail{}, err
	}
	if !head.Found {
		return SaleDetail{}, notFound()
	}
	sale, seesCost := head.Row, auth.From(ctx).Can(SeeCost)
	sale.Approvals = *used
	sale.Tenders, sale.Answers, sale.Taxes, sale.Lines = *tenders, *answers, taxesOf(*lines), make([]SoldLine, len(*lines))
	for i, l := range *lines {
		sale.Lines[i] = SoldLine{SaleLine: l.SaleLine, Returned: l.BackQuantity}
		if seesCost {
			sale.Lines[i].Cost = &l.Cost
		}
	}
	if !seesCost {
		sale.Cost = nil
		return sale, nil
	}
	margin := sale.Net - *sale.Cost
	sale.Margin = &margin
	return sale, nil
}

// taxesOf sums the lines by tax code and rate.
func taxesOf(lines []remaining) []pricing.TaxTotal {
	taxes := []pricing.TaxTotal{}
	for _, l := range lines {
		at := slices.IndexFunc(taxes, func(t pricing.TaxTotal) bool { return t.Code == l.TaxCode && t.Rate.Equal(l.TaxRate) })
		if at < 0 {
			at = len(taxes)
			taxes = append(taxes, pricing.TaxTotal{Code: l.TaxCode, Rate: l.TaxRate})
		}
		taxes[at].Net += l.Net
		taxes[at].Tax += l.Tax
	}
	slices.SortFunc(taxes, func(a, b pricing.TaxTotal) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), a.Rate.Cmp(b.Rate))
	})
	return taxes
}
