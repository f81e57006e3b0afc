package sync_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/parties"
	"souk/server/platform/db"
	"souk/shared/wire"
)

const customerOf db.SQL = `select coalesce(customer_id::text, '') from sales where tenant_id = @tenant and id = @sale`

func (w *world) customer(facts parties.CustomerFacts) uuid.UUID {
	w.t.Helper()
	id := uuid.Must(uuid.NewV7())
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := parties.Add(ctx, tx, parties.NewCustomer{ID: id, CustomerFacts: facts})
		return err
	})
	return id
}

func (w *world) archive(id uuid.UUID) {
	w.t.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := parties.Archive(ctx, tx, parties.CustomerID{ID: id})
		return err
	})
}

func (w *world) shown(id uuid.UUID) (out parties.CustomerDetail) {
	w.t.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = parties.ShowDetail(ctx, tx, parties.CustomerID{ID: id})
		return err
	})
	return out
}

func (d *device) met(in wire.NewCustomer) uuid.UUID {
	d.t.Helper()
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	d.write(wire.EntryCustomerMet, in)
	return in.ID
}

func TestCustomersComeToTills(t *testing.T) {
	w := newWorld(t)
	facts := parties.CustomerFacts{
		Name: "Ada Byron", Phone: "+44 20 7946 0123", Email: "ada@example.org", Address: "1 Mill Lane", TaxNumber: "GB123", Notes: "Likes tea",
		Code: "C-1", Language: "en",
	}
	ada := w.customer(facts)
	old := w.customer(parties.CustomerFacts{Name: "Old"})
	w.archive(old)
	d := w.pair()
	start := d.setup().Cursor

	t.Run("the active ones, page by page, with what a till shows and no more", func(t *testing.T) {
		zoe := w.customer(parties.CustomerFacts{Name: "Zoë"})
		found := map[uuid.UUID]wire.TillCustomer{}
		for after := ""; ; {
			var page wire.Page[wire.TillCustomer]
			require.Equal(t, http.StatusOK, d.call(d.Token, "GET", "/sync/customers?limit=1&after="+after, nil, &page))
			require.Len(t, page.Rows, 1)
			found[page.Rows[0].ID] = page.Rows[0]
			if after = page.Next; after == "" {
				break
			}
		}
		require.Len(t, found, 2)
		require.Contains(t, found, zoe)
		require.Equal(t, wire.TillCustomer{
			ID: ada, Name: facts.Name, Phone: facts.Phone, Email: facts.Email, Code: "C-1", TaxNumber: "GB123", Language: "en", Active: true,
		}, found[ada])
		var raw any
		d.call(d.Token, "GET", "/sync/customers", nil, &raw)
		require.NotContains(t, fmt.Sprint(raw), "Mill Lane")
		require.NotContains(t, fmt.Sprint(raw), "Likes tea")
		require.Equal(t, http.StatusBadRequest, d.call(d.Token, "GET", "/sync/customers?after=x", nil, &raw)/100*100)
		require.Equal(t, http.StatusUnauthorized, d.call("", "GET", "/sync/customers", nil, &raw))
	})
	t.Run("those who changed, once each; of one who was archived the id alone", func(t *testing.T) {
		at := d.since(start).Cursor
		w.archive(ada)
		got := d.since(at)
		require.Empty(t, got.Items)
		require.Equal(t, []wire.TillCustomer{{ID: ada}}, got.Customers)
		require.Empty(t, d.since(got.Cursor).Customers)
	})
}

func TestCustomersMetAtTills(t *testing.T) {
	w := newWorld(t)
	item := w.item()
	buyer := func(sale uuid.UUID) string { return one[string](w, customerOf, db.Args{"sale": sale}) }

	t.Run("are there before the sale that names them, once, however they are sent", func(t *testing.T) {
		d := w.pair()
		d.open()
		grace := d.met(wire.NewCustomer{Name: " Grace Hopper ", Phone: "+1 202 555 0100", Email: "grace@example.org"})
		sale := d.sale(item)
		sale.CustomerID = &grace
		d.write(wire.EntrySaleFinished, sale)
		require.Empty(t, d.send(d.journal[2]), "the sale does not come before the customer")
		first := d.send(d.journal...)
		require.Equal(t, first, d.send(d.journal...))
		require.Equal(t, wire.AckBooked, first[1].Outcome, first[1].Code)
		require.Equal(t, grace.String(), buyer(sale.ID))
		require.Equal(t, parties.CustomerFacts{Name: "Grace Hopper", Phone: "+1 202 555 0100", Email: "grace@example.org"}, w.shown(grace).CustomerFacts)
	})
	t.Run("with a number that is known are kept and told of", func(t *testing.T) {
		ada := w.customer(parties.CustomerFacts{Name: "Ada", Phone: "+44 (20) 7946 0123"})
		d := w.pair()
		twin := d.met(wire.NewCustomer{Name: "A. Byron", Phone: "442079460123"})
		acks := d.send(d.journal...)
		require.Equal(t, wire.AckFlagged, acks[0].Outcome)
		require.Equal(t, parties.FlagPhoneKnown, acks[0].Code)
		require.Equal(t, []parties.Twin{{ID: ada, Name: "Ada"}}, w.shown(twin).Twins)
		require.Equal(t, []parties.Twin{{ID: twin, Name: "A. Byron"}}, w.shown(ada).Twins)
		w.archive(twin)
		require.Empty(t, w.shown(ada).Twins)
	})
	t.Run("whatever is odd about them never loses a sale", func(t *testing.T) {
		d := w.pair()
		d.open()
		nameless := d.met(wire.NewCustomer{Phone: "555 0199", Email: "at home"})
		zero := d.met(wire.NewCustomer{Name: "N\x00ul"})
		d.journal[1].At = d.journal[0].At
		again := d.met(wire.NewCustomer{ID: nameless, Name: "Another"})
		sale := d.sale(item)
		sale.CustomerID = &again
		d.write(wire.EntrySaleFinished, sale)
		lost := d.sale(item)
		nobody := uuid.New()
		lost.CustomerID = &nobody
		d.write(wire.EntrySaleFinished, lost)
		acks := d.send(d.journal...)
		require.Len(t, acks, 6)
		for _, ack := range acks {
			require.NotEqual(t, wire.AckException, ack.Outcome, ack.Code)
		}
		require.Equal(t, parties.FlagEmailBad, acks[1].Code)
		require.Equal(t, "Customer 555 0199", w.shown(nameless).Name, "who was there first stays")
		require.Equal(t, "Nul", w.shown(zero).Name)
		require.Equal(t, nameless.String(), buyer(sale.ID))
		require.Empty(t, buyer(lost.ID))
		require.Equal(t, "customer_unknown", acks[5].Code)
		var broken wire.Ack
		d.write(wire.EntryCustomerMet, []string{"no", "customer"})
		broken = d.send(d.journal...)[6]
		require.Equal(t, wire.AckException, broken.Outcome)
	})
}
