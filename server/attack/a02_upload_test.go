package attack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/verify"
	"souk/shared/wire"
)

// uploaded is what a till sends that names somebody's rows in every field that
// can name one.
func uploaded(t *testing.T, series string, id func(table string) uuid.UUID) []wire.Entry {
	t.Helper()
	at := time.Now().UTC().Truncate(time.Millisecond)
	item, customer, original, category := id("items"), id("customers"), id("sales"), id("categories")
	sale := wire.FinishedSale{
		ID: uuid.New(), Kind: wire.SaleKindSale, Series: series, Number: 1, ReceiptNo: wire.ReceiptNo(series, 1), RegisterID: id("registers"),
		ShiftID: id("shifts"), PersonID: id("people"), CustomerID: &customer, CompletedAt: at, Currency: "EUR", TaxIncluded: true,
		Lines: []wire.SaleLine{{
			LineNo: 1, ItemID: &item, Name: "Something", Unit: "each", Quantity: decimal.One, UnitPrice: 500, ListPrice: 500, Gross: 500,
			TaxCode: "none", TaxRate: decimal.Zero, Net: 500, Total: 500,
		}},
		Tenders: []wire.SaleTender{{MethodID: id("payment_methods"), Amount: 500, Tendered: 500}},
		Gross:   500, Net: 500, Total: 500, Due: 500,
	}
	refund := sale
	one := 1
	refund.ID, refund.Kind, refund.Number, refund.ReceiptNo, refund.OriginalID = uuid.New(), wire.SaleKindRefund, 2, wire.ReceiptNo(series, 2), &original
	line := sale.Lines[0]
	line.Quantity, line.Gross, line.Net, line.Total, line.OriginalLine = decimal.One.Neg(), -500, -500, -500, &one
	refund.Lines = []wire.SaleLine{line}
	refund.Tenders = []wire.SaleTender{{MethodID: id("payment_methods"), Amount: -500, Tendered: -500}}
	refund.Gross, refund.Net, refund.Total, refund.Due = -500, -500, -500, -500
	facts := []struct {
		kind wire.EntryKind
		body any
	}{
		{wire.EntryItemCreated, wire.NewItem{ID: uuid.New(), Name: "New at the till", Barcode: "T-" + uuid.NewString()[:8], CategoryID: &category, TaxCode: "none", Price: 500}},
		{wire.EntryCustomerMet, wire.NewCustomer{ID: customer, Name: "Met at the till", Phone: "+49 30 1234567"}},
		{wire.EntrySaleFinished, sale},
		{wire.EntrySaleFinished, refund},
		{wire.EntryShiftClosed, wire.ShiftClosed{ID: id("shifts"), ClosedBy: id("people"), ClosedAt: at, Counted: 500}},
	}
	var entries []wire.Entry
	for n, fact := range facts {
		entries = append(entries, wire.Entry{
			No: int64(n + 1), ID: uuid.New(), Kind: fact.kind, PersonID: id("people"), At: at, Body: must(json.Marshal(fact.body)),
		})
	}
	return entries
}

func (r *ring) upload(t *testing.T, of *shop, token string, entries []wire.Entry) (answer, []wire.Ack) {
	t.Helper()
	got := r.call(of, token, "", request{
		method: http.MethodPost, target: "/api/sync/entries", body: must(json.Marshal(wire.Upload{Waiting: len(entries), Entries: entries})),
	})
	require.Equal(t, http.StatusOK, got.status, got.body)
	var out wire.UploadAnswer
	require.NoError(t, json.Unmarshal([]byte(got.body), &out))
	return got, out.Acks
}

// A finished sale is never refused, so a till is the one caller that can hand in
// rows of any shop's: they are taken for what they are here, rows that nobody has.
func TestAttackByUpload(t *testing.T) {
	ring := newRing(t)
	prey := ring.prey(t, ring.a)
	before := ring.fingerprint(t, ring.a.id)
	cases := count(t, "A2", 0)
	theirs := func(table string) uuid.UUID {
		cases.expect(1)
		rows := prey.rows[table]
		require.NotEmpty(t, rows, table)
		return uuid.MustParse(fmt.Sprint(rows[len(rows)-1]["id"]))
	}
	strangers := map[string]uuid.UUID{}
	nobodys := func(table string) uuid.UUID {
		if strangers[table] == uuid.Nil {
			strangers[table] = uuid.New()
		}
		return strangers[table]
	}
	series := `select series from devices where tenant_id = $1 and register_id = $2`
	first := ring.text(t, series, ring.b.id, ring.b.register)
	second := ring.text(t, series, ring.b.id, ring.b.spare)
	entries := uploaded(t, first, theirs)
	got, foreign := ring.upload(t, ring.b, ring.b.till, entries)
	_, random := ring.upload(t, ring.b, ring.b.spareTill, uploaded(t, second, nobodys))

	require.Len(t, foreign, len(entries))
	for n := range foreign {
		require.Equal(t, random[n].Outcome, foreign[n].Outcome, "%s: %v, %v", entries[n].Kind, random[n], foreign[n])
		require.Equal(t, random[n].Code, foreign[n].Code, "%s: %v, %v", entries[n].Kind, random[n], foreign[n])
		if entries[n].Kind == wire.EntrySaleFinished {
			require.NotEqual(t, wire.AckBooked, foreign[n].Outcome, "a sale names what is not there and nobody is told")
		}
	}
	for cases.ran < cases.known {
		cases.one() // each field that names a row stood in one of the entries that were answered
	}
	require.Empty(t, prey.canaryIn(got.body, []any{string(must(json.Marshal(entries)))}))
	require.Equal(t, before, ring.fingerprint(t, ring.a.id))
	ring.verified(t)
}

// verified asks of the whole database what "souk verify" asks: after trade and
// attacks nothing that was promised is broken.
func (r *ring) verified(t *testing.T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), r.access.MaintenanceURL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	found, err := verify.Run(t.Context(), conn)
	require.NoError(t, err)
	require.Empty(t, found)
}
