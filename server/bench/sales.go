package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/platform/db"
	"souk/server/sales"
	"souk/shared/money"
	"souk/shared/wire"
)

const lines = 5

// cart is a sale of five lines, another one for each client and turn, paid with
// more cash than it can cost.
func cart(client, n int) wire.Checkout {
	in := wire.Checkout{ID: uuid.Must(uuid.NewV7()), RegisterID: market.registers[client]}
	total := int64(0)
	for line := range lines {
		at := (client*131 + n*lines + line) % len(market.items)
		in.Cart.Lines = append(in.Cart.Lines, wire.CartLine{ID: uuid.New(), ItemID: &market.items[at], Quantity: decimal.One})
		total += market.prices[at]
	}
	in.Tenders = []wire.TenderIn{{MethodID: market.cash, Amount: money.Amount(total + 10000)}}
	return in
}

// direct checks out without HTTP.
func direct(database *db.DB) func(context.Context, int, int) error {
	return func(ctx context.Context, client, n int) error {
		in := cart(client, n)
		return database.Tenant(ctx, db.Identity{Tenant: market.tenant, Actor: market.owner, Stores: db.AllStores()}, func(ctx context.Context, tx *db.Tx) error {
			_, err := sales.Checkout(ctx, tx, in)
			return err
		})
	}
}

// client talks to the server over loopback as a browser would.
func (b *bench) client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: clients,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, b.address)
		},
	}}
}

// call makes a request whose answer is of no interest.
func call(ctx context.Context, client *http.Client, method, path string, in any) error {
	_, err := fetch(ctx, client, method, path, in)
	return err
}

func fetch(ctx context.Context, client *http.Client, method, path string, in any) ([]byte, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://city-mart.localhost"+path, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+market.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", uuid.NewString())
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %d %s", method, path, answer.StatusCode, text)
	}
	return text, err
}

// byBarcode looks an item up as a browser register does at a scan.
func byBarcode(web *http.Client) func(context.Context, int, int) error {
	return func(ctx context.Context, client, n int) error {
		return call(ctx, web, http.MethodGet, "/api/items/by-barcode/"+market.codes[(client*131+n)%len(market.codes)], nil)
	}
}

// checkout sells over HTTP.
func checkout(web *http.Client) func(context.Context, int, int) error {
	return func(ctx context.Context, client, n int) error {
		return call(ctx, web, http.MethodPost, "/api/sales", cart(client, n))
	}
}

func (b *bench) reads(ctx context.Context) error {
	point, err := measured(ctx, b.point)
	if err != nil {
		return err
	}
	row("yardstick: point read, prepared, 8 clients", point)
	web := b.client()
	nothing, err := measured(ctx, func(ctx context.Context, _, _ int) error { return call(ctx, web, http.MethodGet, "/healthz", nil) })
	if err != nil {
		return err
	}
	row("HTTP: an answer without any look-up, 8 clients", nothing)
	item, err := measured(ctx, byBarcode(web))
	if err != nil {
		return err
	}
	row("HTTP: item by barcode, 8 clients", item)
	verdict("B3", "HTTP point read / point read", item.perSecond/point.perSecond, 0.15)
	return nil
}

func (b *bench) checkouts(ctx context.Context) error {
	tpcb, err := measured(ctx, func(ctx context.Context, client, n int) error { return transferOnce(ctx, b.yardstick, client, n) })
	if err != nil {
		return err
	}
	row("yardstick: TPC-B transaction, prepared, 8 clients", tpcb)
	ctx = b.actor(ctx)
	var plain, isolated rate
	// Twice in turns, so that neither has the warmer caches.
	for range 2 {
		first, err := measured(ctx, direct(b.plain.Database))
		if err != nil {
			return err
		}
		second, err := measured(ctx, direct(b.program.Database))
		if err != nil {
			return err
		}
		if first.perSecond > plain.perSecond {
			plain = first
		}
		if second.perSecond > isolated.perSecond {
			isolated = second
		}
	}
	row("checkout of 5 lines, no HTTP, no row-level security", plain)
	row("checkout of 5 lines, no HTTP", isolated)
	web := b.client()
	whole, err := measured(ctx, checkout(web))
	if err != nil {
		return err
	}
	row("checkout of 5 lines over HTTP, all in", whole)
	verdict("B1", "checkout isolated / without row-level security", isolated.perSecond/plain.perSecond, 0.90)
	verdict("B2", "HTTP checkout / the same without HTTP", whole.perSecond/plain.perSecond, 0.40)
	verdict("B2", "HTTP checkout / TPC-B", whole.perSecond/tpcb.perSecond, 0.15)
	verdict("B2", "50 ms / p99 of HTTP checkout", 50/(float64(whole.p99.Microseconds())/1000), 1)
	return nil
}
