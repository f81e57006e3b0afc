package sales

import (
	"encoding/json"
	"slices"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/inventory"
	"souk/server/ledger"
	"souk/server/platform/db"
	"souk/server/tills"
	"souk/shared/money"
	"souk/shared/wire"
)

// shop is what every document takes from the company.
type shop struct {
	Currency    string `db:"currency"`
	TaxIncluded bool   `db:"prices_include_tax"`
}

func shopOf(r tills.Register) shop { return shop{Currency: r.Currency, TaxIncluded: r.TaxIncluded} }

// openShift is the shift that a register sells in.
type openShift struct {
	ID    uuid.UUID    `db:"id"`
	Float money.Amount `db:"float_minor"`
}

// numbered is a number fresh from a register's own series.
type numbered struct {
	Series string `db:"series"`
	Number int64  `db:"number"`
}

const (
	readShop db.SQL = `
		select currency, prices_include_tax
		from   company
		where  tenant_id = @tenant`

	// Shared with other sales; closing the shift waits for them and they for it.
	holdOpenShift db.SQL = `
		select id, float_minor
		from   shifts
		where  tenant_id = @tenant and register_id = @register and closed_at is null
		and    (@stores::uuid[] is null or store_id = any(@stores))
		for    share`

	// The place is looked up by the register so that the locks travel with the
	// other reads; always by item, so that two sales never wait for each other.
	holdBalances db.SQL = `
		select b.item_id, b.location_id, b.on_hand, b.value_minor as value, b.unit_cost
		from   stock_balances b
		join   locations l on l.tenant_id = @tenant and l.id = b.location_id and l.sells
		join   registers r on r.tenant_id = @tenant and r.store_id = l.store_id
		where  b.tenant_id = @tenant and r.id = @register and (@stores::uuid[] is null or r.store_id = any(@stores)) and b.item_id = any(@items::uuid[])
		order  by b.item_id
		for    update of b`

	// Held to the commit: a number is given out only with its sale.
	takeNumber db.SQL = `
		insert into counters as c (tenant_id, series, last)
		select @tenant, r.number || 'W', 1
		from   registers r
		where  r.tenant_id = @tenant and r.id = @register and (@stores::uuid[] is null or r.store_id = any(@stores))
		on conflict (tenant_id, series) do update set last = c.last + 1
		returning series, last as number`

	readCustomer db.SQL = `
		select name
		from   customers
		where  tenant_id = @tenant and id = @customer`

	insertSale db.SQL = `
		insert into sales (tenant_id, id, kind, series, number, receipt_no, original_id, store_id, location_id, register_id,
			shift_id, person_id, customer_id, business_date, completed_at, received_at, currency, tax_included, gross_minor,
			discount_minor, net_minor, tax_minor, total_minor, rounding_minor, due_minor, cost_minor, flags, note, content_hash, approved_by)
		values (@tenant, @id, @kind, @series, @number, @receipt_no, @original, @store, @location, @register,
			@shift, @person, @customer, @business_date, @completed_at, @now, @currency, @tax_included, @gross,
			@discount, @net, @tax, @total, @rounding, @due, @cost, @flags, @note, @hash, @approved)`

	linesInto = `
		insert into sale_lines (tenant_id, sale_id, line_no, item_id, original_line, name, barcode, unit, quantity, unit_price_minor,
			list_price_minor, gross_minor, discount_minor, discount_reason, tax_code, tax_rate, net_minor, tax_minor, total_minor, cost_minor,
			not_restocked, note, approved_by`
	linesFrom = `)
		select @tenant, @sale, *
		from   unnest(@line_nos::int[], @items::uuid[], @original_lines::int[], @names::text[], @barcodes::text[], @units::text[],
			@quantities::numeric[], @unit_prices::bigint[], @list_prices::bigint[], @grosses::bigint[], @discounts::bigint[], @reasons::text[],
			@tax_codes::text[], @tax_rates::numeric[], @nets::bigint[], @taxes::bigint[], @totals::bigint[], @costs::bigint[], @lost::bool[], @notes::text[], @approvers::uuid[]`

	insertLines         db.SQL = linesInto + linesFrom + `)`
	insertPromotedLines db.SQL = linesInto + `, deals` + linesFrom + `, @deals::text[]::jsonb[])`

	insertTenders db.SQL = `
		insert into tenders (tenant_id, sale_id, line_no, method_id, amount_minor, tendered_minor, change_minor, reference)
		select @tenant, @sale, n, method, amount, tendered, change, reference
		from   unnest(@methods::uuid[], @amounts::bigint[], @tendered::bigint[], @changes::bigint[], @references::text[])
			with ordinality as t (method, amount, tendered, change, reference, n)`
)

func readBalances(r *db.Reads, register uuid.UUID, items []uuid.UUID) *[]inventory.Balance {
	return db.ReadAll[inventory.Balance](r, holdBalances, db.Args{"register": register, "items": items})
}

// book writes a document: its stock, its rows and its journal entry. The writes
// go out with the commit.
func (d *document) book(tx *db.Tx, g ground) error {
	batch := tx.Batch()
	moves, err := d.moves(g)
	if err != nil {
		return err
	}
	valued, err := inventory.Settle(g.balances, moves)
	if err != nil {
		return err
	}
	d.costs = make([]money.Amount, len(d.Lines))
	for i, move := range moves {
		at := slices.IndexFunc(d.Lines, func(l wire.SaleLine) bool { return l.LineNo == move.SourceLine })
		d.costs[at] = -valued.Values[i]
	}
	// The sale before its moves: one that is made already is told as that.
	d.insert(batch)
	valued.Write(batch)
	if err := ledger.Post(batch, d.entry(g)); err != nil {
		return err
	}
	return batch.Emit(Completed{Sale: d.FinishedSale, LocationID: d.locationID, BusinessDate: d.businessDate})
}

func (d *document) insert(b *db.Batch) {
	flags := d.flags
	if flags == nil {
		flags = []string{}
	}
	b.Exec(insertSale, db.Args{
		"id": d.ID, "kind": d.Kind, "series": d.Series, "number": d.Number, "receipt_no": d.ReceiptNo, "original": d.OriginalID,
		"store": d.storeID, "location": d.locationID, "register": d.RegisterID, "shift": d.ShiftID, "person": d.PersonID,
		"customer": d.CustomerID, "business_date": d.businessDate, "completed_at": d.CompletedAt, "now": b.Tx().Now(),
		"currency": d.Currency, "tax_included": d.TaxIncluded, "gross": d.Gross, "discount": d.Discount, "net": d.Net, "tax": d.Tax,
		"total": d.Total, "rounding": d.Rounding, "due": d.Due, "cost": d.cost(), "flags": flags, "note": d.Note, "hash": d.hash, "approved": d.ApprovedBy,
	})
	d.insertLines(b)
	d.insertTenders(b)
}

// lineColumns are the lines turned on their side, for unnest.
type lineColumns struct {
	nos, originals                                       []*int
	items, approvers                                     []*uuid.UUID
	names, barcodes, units, reasons, codes, notes        []string
	quantities, rates                                    []decimal.Decimal
	lost                                                 []bool
	prices, lists, grosses, discounts, nets, taxes, sums []money.Amount
}

func (d *document) insertLines(b *db.Batch) {
	var c lineColumns
	for i := range d.Lines {
		l := d.Lines[i]
		c.nos, c.originals = append(c.nos, &l.LineNo), append(c.originals, l.OriginalLine)
		c.items, c.approvers = append(c.items, l.ItemID), append(c.approvers, l.ApprovedBy)
		c.names, c.barcodes, c.units = append(c.names, l.Name), append(c.barcodes, l.Barcode), append(c.units, l.Unit)
		c.reasons, c.codes = append(c.reasons, l.DiscountReason), append(c.codes, l.TaxCode)
		c.quantities, c.rates = append(c.quantities, l.Quantity), append(c.rates, l.TaxRate)
		c.lost, c.notes = append(c.lost, l.NotRestocked), append(c.notes, l.Note)
		c.prices, c.lists = append(c.prices, l.UnitPrice), append(c.lists, l.ListPrice)
		c.grosses, c.discounts = append(c.grosses, l.Gross), append(c.discounts, l.Discount)
		c.nets, c.taxes, c.sums = append(c.nets, l.Net), append(c.taxes, l.Tax), append(c.sums, l.Total)
	}
	args := db.Args{
		"sale": d.ID, "line_nos": c.nos, "items": c.items, "original_lines": c.originals, "names": c.names, "barcodes": c.barcodes,
		"units": c.units, "quantities": c.quantities, "unit_prices": c.prices, "list_prices": c.lists, "grosses": c.grosses,
		"discounts": c.discounts, "reasons": c.reasons, "tax_codes": c.codes, "tax_rates": c.rates, "nets": c.nets, "taxes": c.taxes,
		"totals": c.sums, "costs": d.costs, "lost": c.lost, "notes": c.notes, "approvers": c.approvers,
	}
	if deals := dealColumn(d.Lines); deals != nil {
		args["deals"] = deals
		b.Exec(insertPromotedLines, args)
		return
	}
	b.Exec(insertLines, args)
}

// dealColumn is what promotions took off each line, as JSON; nil where they took
// nothing off any.
func dealColumn(lines []wire.SaleLine) []*string {
	if !slices.ContainsFunc(lines, func(l wire.SaleLine) bool { return len(l.Deals) > 0 }) {
		return nil
	}
	column := make([]*string, len(lines))
	for i, l := range lines {
		if len(l.Deals) == 0 {
			continue
		}
		if body, err := json.Marshal(l.Deals); err == nil { // names, ids and amounts have a form
			text := string(body)
			column[i] = &text
		}
	}
	return column
}

func (d *document) insertTenders(b *db.Batch) {
	if len(d.Tenders) == 0 {
		return
	}
	var methods []uuid.UUID
	var amounts, tendered, changes []money.Amount
	var references []string
	for _, t := range d.Tenders {
		methods, references = append(methods, t.MethodID), append(references, t.Reference)
		amounts, tendered, changes = append(amounts, t.Amount), append(tendered, t.Tendered), append(changes, t.Change)
	}
	b.Exec(insertTenders, db.Args{
		"sale": d.ID, "methods": methods, "amounts": amounts, "tendered": tendered, "changes": changes, "references": references,
	})
}
