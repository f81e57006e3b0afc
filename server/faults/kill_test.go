package faults_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/sales"
	"souk/shared/wire"
)

func TestNoSaleIsLostOrDoubledWhenTheServerIsKilled(t *testing.T) {
	s := startServer(t)
	sellThrough(s, 6, 41, s.kill)
}

func TestNoSaleIsLostOrDoubledWhenPostgresIsKilled(t *testing.T) {
	s := startServer(t)
	sellThrough(s, 4, 43, s.killPostgres)
}

// sellThrough has four registers sell while the blow falls, and looks at every
// sale afterwards.
func sellThrough(s *server, blows int, seed uint64, blow func()) {
	t, total := s.t, &atomic.Int64{}
	var sellers []*seller
	for i, shop := range []string{"city-mart", "corner-shop", "city-mart", "corner-shop"} {
		sellers = append(sellers, openCounter(t, newSeller(s, shop, seed+uint64(i), total)))
	}
	before := map[string]int{"city-mart": len(receipts(t, sellers[0])), "corner-shop": len(receipts(t, sellers[1]))}

	stop, running := make(chan struct{}), &sync.WaitGroup{}
	for _, p := range sellers {
		running.Go(func() { p.sell(stop) })
	}
	random := rand.New(rand.NewPCG(seed, 5))
	end := sync.OnceFunc(func() { close(stop); running.Wait() })
	t.Cleanup(end) // before the server's own: cleanups run last first
	for range blows {
		// Moments are counted in sales, so that there are some between any two.
		waitForSales(t, total, int64(10+random.IntN(30)))
		time.Sleep(time.Duration(random.IntN(40)) * time.Millisecond)
		blow()
	}
	waitForSales(t, total, 20)
	end()
	require.False(t, t.Failed(), "every register sells to the end")

	lost := 0
	for _, p := range sellers {
		lost += lostAnswers(p)
	}
	require.Positive(t, lost, "some blow fell while a sale was on its way")
	for _, p := range sellers {
		requireSameAnswers(t, p)
	}
	for i, shop := range []string{"city-mart", "corner-shop"} {
		requireOnce(t, before[shop], receipts(t, sellers[i]), sellers[i], sellers[i+2])
	}
	s.verify()
	t.Logf("%d blows, %d sales acknowledged, %d of them after lost answers", blows, total.Load(), lost)
}

// waitForSales returns when the sellers have made more of them.
func waitForSales(t *testing.T, total *atomic.Int64, more int64) {
	t.Helper()
	goal := total.Load() + more
	require.Eventually(t, func() bool { return total.Load() >= goal || t.Failed() }, patience, time.Millisecond, "registers sell")
	require.False(t, t.Failed(), "every register sells on")
}

// openCounter signs in and opens the shop's browser register.
func openCounter(t *testing.T, p *seller) *seller {
	t.Helper()
	body, err := json.Marshal(map[string]string{"email": "manager@" + p.shop + ".example", "password": "souk-demo"})
	require.NoError(t, err)
	a, _, err := p.insist(http.MethodPost, "/session", uuid.NewString(), body)
	require.NoError(t, err)
	require.NotEmpty(t, a.cookies)
	p.cookie = a.cookies[0]

	var registers []struct {
		ID         uuid.UUID
		Name, Kind string
	}
	require.NoError(t, p.do(http.MethodGet, "/registers", nil, &registers))
	for _, r := range registers {
		if r.Kind == "browser" {
			p.register = r.ID
		}
	}
	require.NotZero(t, p.register)
	body, err = json.Marshal(map[string]any{"id": uuid.Must(uuid.NewV7()), "register_id": p.register, "float_minor": 10000})
	require.NoError(t, err)
	a, err = p.send(http.MethodPost, "/shifts", uuid.NewString(), body)
	require.NoError(t, err)
	require.True(t, a.status == http.StatusOK || strings.Contains(string(a.body), "tills.shift_open"), string(a.body))

	var methods wire.Page[struct {
		ID   uuid.UUID
		Kind string
	}]
	require.NoError(t, p.do(http.MethodGet, "/payment-methods", nil, &methods))
	for _, m := range methods.Rows {
		if m.Kind == "cash" {
			p.cash = m.ID
		}
	}
	require.NotZero(t, p.cash)
	var items wire.Page[struct {
		ID     uuid.UUID
		SoldBy string `json:"sold_by"`
		Active bool
		Price  int64 `json:"price_minor"`
	}]
	require.NoError(t, p.do(http.MethodGet, "/items?limit=50", nil, &items))
	for _, item := range items.Rows {
		if item.Active && item.SoldBy == "each" && item.Price > 0 {
			p.items = append(p.items, item.ID)
		}
	}
	require.NotEmpty(t, p.items)
	return p
}

func lostAnswers(p *seller) (lost int) {
	for _, one := range p.made {
		if one.attempts > 1 {
			lost++
		}
	}
	return lost
}

// requireSameAnswers asks for every sale once more: it is answered as before and
// not made again.
func requireSameAnswers(t *testing.T, p *seller) {
	t.Helper()
	for _, one := range p.made {
		again, err := p.send(http.MethodPost, "/sales", one.key, one.body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, again.status, string(again.body))
		require.Equal(t, string(one.answer), string(again.body))
	}
}

// receipts are all documents of the seller's register, as the office lists them.
func receipts(t *testing.T, p *seller) []sales.SaleRow {
	t.Helper()
	var all []sales.SaleRow
	for after := ""; ; {
		var page wire.Page[sales.SaleRow]
		path := "/sales?limit=200&register_id=" + p.register.String() + "&after=" + after
		require.NoError(t, p.do(http.MethodGet, path, nil, &page))
		all = append(all, page.Rows...)
		if after = page.Next; after == "" {
			return all
		}
	}
}

// requireOnce holds the list against what was acknowledged: nothing is missing,
// nothing is there twice, nothing else has come, and no number is left out.
func requireOnce(t *testing.T, before int, listed []sales.SaleRow, sellers ...*seller) {
	t.Helper()
	byID, numbers, series := map[uuid.UUID]sales.SaleRow{}, map[int]bool{}, ""
	for _, row := range listed {
		byID[row.ID] = row
		name, digits, found := strings.Cut(row.ReceiptNo, "-")
		require.True(t, found, row.ReceiptNo)
		require.Contains(t, []string{"", name}, series, "a browser register has one series")
		number, err := strconv.Atoi(digits)
		require.NoError(t, err)
		require.False(t, numbers[number], "%s is there twice", row.ReceiptNo)
		numbers[number], series = true, name
	}
	require.Len(t, byID, len(listed), "no sale is there twice")
	for number := 1; number <= len(listed); number++ {
		require.True(t, numbers[number], "%s-%06d is missing", series, number)
	}
	acknowledged := 0
	for _, p := range sellers {
		for _, one := range p.made {
			row, found := byID[one.sale.ID]
			require.True(t, found, "%s was acknowledged and is gone", one.sale.ReceiptNo)
			require.Equal(t, one.sale.ReceiptNo, row.ReceiptNo)
			require.Equal(t, one.sale.Total, row.Total)
			acknowledged++
		}
	}
	require.Len(t, listed, before+acknowledged, "every sale that is there was acknowledged")
}
