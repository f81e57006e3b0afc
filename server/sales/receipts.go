package sales

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/money"
	"souk/shared/wire"
)

// ReceiptsIn is what a cashier knows of a receipt.
type ReceiptsIn struct {
	Q   string `query:"q" maxLength:"60" doc:"How its number begins, its amount, or the end of what was noted of a payment, such as a card's last digits"`
	Day string `query:"day" doc:"YYYY-MM-DD, its business day"`
}

const (
	foundReceipts = 30
	// recentDays is how far back amounts and payments are looked for without a day.
	recentDays = 7
)

const (
	receiptsByNumber db.SQL = `
		select s.id, s.kind, s.receipt_no, s.completed_at as at, s.due_minor as total, true as sent, r.name as register_name,
			coalesce(c.name, '') as customer_name
		from   sales s
		join   registers r on r.tenant_id = @tenant and r.id = s.register_id
		left   join customers c on c.tenant_id = @tenant and c.id = s.customer_id
		where  s.tenant_id = @tenant and s.receipt_no ~>=~ @q::text and s.receipt_no ~<~ (@q::text || chr(1114111))
		and    (@day::date is null or s.business_date = @day)
		and    (@own::uuid is null or s.person_id = @own)
		and    (@stores::uuid[] is null or s.store_id = any(@stores))
		order  by s.completed_at desc, s.id desc
		limit  @limit`

	// The bounds on completed_at let the newest come from the index.
	receiptsByPayment db.SQL = `
		select s.id, s.kind, s.receipt_no, s.completed_at as at, s.due_minor as total, true as sent, r.name as register_name,
			coalesce(c.name, '') as customer_name
		from   sales s
		join   registers r on r.tenant_id = @tenant and r.id = s.register_id
		left   join customers c on c.tenant_id = @tenant and c.id = s.customer_id
		where  s.tenant_id = @tenant and s.completed_at >= @since::timestamptz and s.completed_at < @until::timestamptz
		and    (@day::date is null or s.business_date = @day)
		and    (@own::uuid is null or s.person_id = @own)
		and    (@stores::uuid[] is null or s.store_id = any(@stores))
		and    (@q::text = '' or abs(s.due_minor) = @amount::bigint or length(@q::text) >= 4 and exists (
			select from tenders t where t.tenant_id = @tenant and t.sale_id = s.id and right(t.reference, length(@q::text)) = @q::text))
		order  by s.completed_at desc, s.id desc
		limit  @limit`

	readPurchases db.SQL = `
		select s.id, s.kind, s.receipt_no, s.completed_at as at, s.due_minor as total, true as sent, r.name as register_name, '' as customer_name
		from   sales s
		join   registers r on r.tenant_id = @tenant and r.id = s.register_id
		where  s.tenant_id = @tenant and s.customer_id = @customer and (@stores::uuid[] is null or s.store_id = any(@stores))
		order  by s.completed_at desc, s.id desc
		limit  @limit`

	sumPurchases db.SQL = `
		select count(*) filter (where kind = 'sale') as count, coalesce(sum(total_minor), 0)::bigint as total
		from   sales s
		where  s.tenant_id = @tenant and s.customer_id = @customer and (@stores::uuid[] is null or s.store_id = any(@stores))`
)

// FindReceipts finds receipts of all registers of the stores that the caller sees by what is known of them, the
// newest first; for nothing, the newest of all. Without a day amounts and payments
// are looked for in the last seven days alone.
//
// Fails with sales.filter_invalid for what is no day.
func FindReceipts(ctx context.Context, tx *db.Tx, in ReceiptsIn) (wire.FoundReceipts, error) {
	q := strings.TrimSpace(in.Q)
	args := db.Args{
		"q": q, "day": nil, "amount": nil, "own": ownOnly(ctx), "limit": foundReceipts,
		"since": tx.Now().AddDate(0, 0, -recentDays), "until": tx.Now().AddDate(0, 0, 2),
	}
	if in.Day != "" {
		day, err := time.Parse(time.DateOnly, in.Day)
		if err != nil {
			return wire.FoundReceipts{}, invalid("sales.filter_invalid", "day", "Dates are written YYYY-MM-DD.")
		}
		args["day"], args["since"], args["until"] = day, day.AddDate(0, 0, -2), day.AddDate(0, 0, 4)
	}
	shop, err := db.One[shop](ctx, tx, readShop, db.Args{})
	if err != nil {
		return wire.FoundReceipts{}, err
	}
	if currency, ok := money.Lookup(shop.Currency); ok {
		if amount, err := currency.Parse(strings.ReplaceAll(q, ",", ".")); err == nil {
			args["amount"] = amount
		}
	}
	r := tx.Reads()
	numbered := &[]wire.RecentSale{}
	if q != "" {
		numbered = db.ReadAll[wire.RecentSale](r, receiptsByNumber, db.Args{"q": strings.ToUpper(q), "day": args["day"], "own": args["own"], "limit": foundReceipts})
	}
	others := db.ReadAll[wire.RecentSale](r, receiptsByPayment, args)
	err = r.Run(ctx)
	return wire.FoundReceipts{Rows: newest(slices.Concat(*numbered, *others))}, err
}

// newest are the latest few, each once.
func newest(rows []wire.RecentSale) []wire.RecentSale {
	slices.SortFunc(rows, func(a, b wire.RecentSale) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(b.ID.String(), a.ID.String()))
	})
	rows = slices.CompactFunc(rows, func(a, b wire.RecentSale) bool { return a.ID == b.ID })
	return rows[:min(len(rows), foundReceipts)]
}

// PurchasesIn names a customer.
type PurchasesIn struct {
	ID uuid.UUID `path:"id"`
}

// Purchases sums up what a customer has bought in the stores that the caller sees, less what they brought back, with
// their latest receipts. One whom nobody knows has bought nothing.
func Purchases(ctx context.Context, tx *db.Tx, in PurchasesIn) (wire.Purchases, error) {
	r := tx.Reads()
	sum := db.ReadMaybe[purchasesSum](r, sumPurchases, db.Args{"customer": in.ID})
	last := db.ReadAll[wire.RecentSale](r, readPurchases, db.Args{"customer": in.ID, "limit": 5})
	err := r.Run(ctx)
	return wire.Purchases{Count: sum.Row.Count, Total: sum.Row.Total, Last: *last}, err
}

type purchasesSum struct {
	Count int
	Total money.Amount
}
