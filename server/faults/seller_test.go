package faults_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/server/sales"
	"souk/shared/money"
	"souk/shared/wire"
)

// seller is one browser register's page: it sells until it is told to stop and
// repeats whatever it has no answer to, word for word.
type seller struct {
	s        *server
	shop     string
	client   *http.Client
	cookie   *http.Cookie
	random   *rand.Rand
	register uuid.UUID
	cash     uuid.UUID
	items    []uuid.UUID

	made  []sold
	total *atomic.Int64 // acknowledged by all sellers
}

// sold is a sale that the server has acknowledged.
type sold struct {
	key      string
	body     []byte
	answer   []byte
	sale     sales.Sale
	attempts int
}

func newSeller(s *server, shop string, seed uint64, total *atomic.Int64) *seller {
	return &seller{s: s, shop: shop, total: total, random: rand.New(rand.NewPCG(seed, 17)),
		client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
			// *.localhost is for browsers; Go has to be told where that is.
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, s.address)
			},
			// The transport repeats keyed requests by itself, and then nothing here
			// would know that an answer was lost.
			DisableKeepAlives: true,
		}}}
}

// answer is what came back; lost when nobody knows what became of the request.
type answer struct {
	status  int
	body    []byte
	cookies []*http.Cookie
	lost    bool
}

func (p *seller) send(method, path, key string, body []byte) (answer, error) {
	request, err := http.NewRequestWithContext(p.s.t.Context(), method, "http://"+p.shop+".localhost"+p.port()+"/api"+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	if p.cookie != nil {
		request.AddCookie(p.cookie)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return answer{lost: true}, nil
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	lost := err != nil || response.StatusCode == http.StatusServiceUnavailable
	return answer{status: response.StatusCode, body: text, cookies: response.Cookies(), lost: lost}, nil
}

func (p *seller) port() string {
	_, port, _ := net.SplitHostPort(p.s.address)
	return ":" + port
}

// insist sends a request until it is answered and says how often that took. Any
// answer but success and "not available" is an error.
func (p *seller) insist(method, path, key string, body []byte) (answer, int, error) {
	giveUp := time.Now().Add(2 * patience)
	for attempt := 1; ; attempt++ {
		a, err := p.send(method, path, key, body)
		switch {
		case err != nil:
			return a, attempt, err
		case p.s.t.Context().Err() != nil:
			return a, attempt, p.s.t.Context().Err()
		case !a.lost && a.status != http.StatusOK:
			return a, attempt, fmt.Errorf("%s %s, attempt %d: %d %s", method, path, attempt, a.status, a.body)
		case !a.lost:
			return a, attempt, nil
		case time.Now().After(giveUp):
			return a, attempt, fmt.Errorf("%s %s: no answer after %d attempts", method, path, attempt)
		}
		time.Sleep(25 * time.Millisecond)
	}
}

func (p *seller) do(method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	a, _, err := p.insist(method, path, uuid.NewString(), body)
	if err != nil {
		return err
	}
	return json.Unmarshal(a.body, out)
}

// sell makes sales until stop is closed; the one at hand is always finished.
func (p *seller) sell(stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		if err := p.sellOne(); err != nil {
			p.s.t.Error(err)
			return
		}
	}
}

func (p *seller) sellOne() error {
	cart := p.cart()
	var view wire.CartView
	if err := p.do(http.MethodPost, "/register/quote", cart, &view); err != nil {
		return err
	}
	paid := view.CashDue + money.Amount(p.random.IntN(3)*500)
	one := sold{key: uuid.NewString()}
	in := wire.Checkout{ID: uuid.Must(uuid.NewV7()), RegisterID: p.register, Cart: cart,
		Tenders: []wire.TenderIn{{MethodID: p.cash, Amount: paid}}}
	var err error
	if one.body, err = json.Marshal(in); err != nil {
		return err
	}
	a, attempts, err := p.insist(http.MethodPost, "/sales", one.key, one.body)
	if err != nil {
		return err
	}
	one.answer, one.attempts = a.body, attempts
	if err := json.Unmarshal(a.body, &one.sale); err != nil {
		return err
	}
	if one.sale.ID != in.ID || one.sale.Due != view.CashDue {
		return fmt.Errorf("sale %s for %d was answered with sale %s for %d", in.ID, view.CashDue, one.sale.ID, one.sale.Due)
	}
	p.made = append(p.made, one)
	p.total.Add(1)
	return nil
}

func (p *seller) cart() wire.Cart {
	cart := wire.Cart{Lines: []wire.CartLine{}}
	for range 1 + p.random.IntN(4) {
		item := p.items[p.random.IntN(len(p.items))]
		cart.Lines = append(cart.Lines, wire.CartLine{
			ID: uuid.Must(uuid.NewV7()), ItemID: &item, Quantity: decimal.MustNew(int64(1+p.random.IntN(3)), 0),
		})
	}
	return cart
}
