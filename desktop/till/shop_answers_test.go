package till_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/desktop/till"
	"souk/shared/receipt"
	"souk/shared/wire"
)

func (s *shop) sendSetup(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer(w, wire.SetupAnswer{Cursor: wire.Cursor{Epoch: s.epoch, Seq: s.seq}, Setup: s.setup})
}

func (s *shop) sendItems(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from, _ := strconv.Atoi(r.URL.Query().Get("after"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	to := min(from+limit, len(s.items))
	page := wire.Page[wire.TillItem]{Rows: slices.Clone(s.items[from:to])}
	if to < len(s.items) {
		page.Next = strconv.Itoa(to)
	}
	answer(w, page)
}

func (s *shop) sendCustomers(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	active := slices.DeleteFunc(slices.Clone(s.clients), func(c wire.TillCustomer) bool { return !c.Active })
	from, _ := strconv.Atoi(r.URL.Query().Get("after"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	to := min(from+limit, len(active))
	page := wire.Page[wire.TillCustomer]{Rows: active[from:to]}
	if to < len(active) {
		page.Next = strconv.Itoa(to)
	}
	answer(w, page)
}

func (s *shop) sendChanges(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes := wire.Changes{Cursor: wire.Cursor{Epoch: s.epoch, Seq: s.seq}, Items: []wire.TillItem{}, Customers: []wire.TillCustomer{}}
	if r.URL.Query().Get("epoch") != s.epoch.String() {
		changes.Reload = true
		answer(w, changes)
		return
	}
	since, _ := strconv.ParseInt(r.URL.Query().Get("seq"), 10, 64)
	told := map[uuid.UUID]bool{}
	for _, c := range s.log {
		switch {
		case c.seq <= since:
		case c.customer != nil && !told[*c.customer]:
			told[*c.customer] = true
			changes.Customers = append(changes.Customers, s.clients[s.client(*c.customer)])
		case c.customer != nil:
		case c.item == nil:
			changes.Setup = &s.setup
		case !told[*c.item]:
			told[*c.item] = true
			changes.Items = append(changes.Items, s.items[s.at(*c.item)])
		}
	}
	answer(w, changes)
}

// sendStock tells of the item here as the catalogue has it, and of nine in another store.
func (s *shop) sendStock(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := uuid.Parse(r.PathValue("id"))
	at := slices.IndexFunc(s.items, func(i wire.TillItem) bool { return i.ID == id })
	if err != nil || at < 0 {
		problem(w, http.StatusNotFound, "inventory.item_unknown")
		return
	}
	item := s.items[at]
	answer(w, wire.ItemStock{ItemID: id, Price: item.Price, TrackStock: item.TrackStock, Places: []wire.PlaceStock{
		{Store: "Here", Here: true, OnHand: item.OnHand}, {Store: "Harbour", OnHand: dec("9"), Coming: dec("2")},
	}})
}

// sendReceipt finds a sale among what was taken, with what came back of it.
func (s *shop) sendReceipt(w http.ResponseWriter, r *http.Request) {
	found := wire.Returnable{Back: []wire.LineBack{}}
	back := map[int]*wire.LineBack{}
	for _, sale := range s.sales() {
		if sale.ReceiptNo == r.URL.Query().Get("number") {
			found.Sale = sale
		}
	}
	if found.Sale.ID == uuid.Nil {
		problem(w, http.StatusNotFound, "sales.not_found")
		return
	}
	for _, sale := range s.sales() {
		if sale.OriginalID == nil || *sale.OriginalID != found.Sale.ID {
			continue
		}
		for _, l := range sale.Lines {
			if l.OriginalLine == nil {
				continue
			}
			b := back[*l.OriginalLine]
			if b == nil {
				b = &wire.LineBack{LineNo: *l.OriginalLine}
				back[b.LineNo] = b
			}
			b.Quantity, _ = b.Quantity.Sub(l.Quantity)
			b.Gross, b.Discount, b.Net, b.Tax = b.Gross-l.Gross, b.Discount-l.Discount, b.Net-l.Net, b.Tax-l.Tax
		}
	}
	for _, b := range back {
		found.Back = append(found.Back, *b)
	}
	answer(w, found)
}

// elsewhere is a sale that another till has made.
func (s *shop) elsewhere() wire.RecentSale {
	return wire.RecentSale{ID: foreign, Kind: wire.SaleKindSale, ReceiptNo: "2A-000009", At: time.Now().Add(-time.Hour), Total: 4711, Sent: true, RegisterName: "Till 2"}
}

func (s *shop) sendReceipts(w http.ResponseWriter, r *http.Request) {
	found := wire.FoundReceipts{Rows: []wire.RecentSale{}}
	for _, sale := range s.sales() {
		if strings.HasPrefix(sale.ReceiptNo, r.URL.Query().Get("q")) {
			found.Rows = append(found.Rows, wire.RecentSale{ID: sale.ID, Kind: sale.Kind, ReceiptNo: sale.ReceiptNo, At: sale.CompletedAt, Total: sale.Due, Sent: true})
		}
	}
	if other := s.elsewhere(); strings.HasPrefix(other.ReceiptNo, r.URL.Query().Get("q")) {
		found.Rows = append(found.Rows, other)
	}
	answer(w, found)
}

func (s *shop) sendOneReceipt(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("id") != foreign.String() {
		problem(w, http.StatusNotFound, "sales.not_found")
		return
	}
	answer(w, till.Receipt{Document: receipt.Document{
		ID: foreign, Number: "2A-000009", Kind: receipt.KindSale, Copy: r.URL.Query().Get("copy") == "true", ShopName: "City Mart", Currency: "EUR", Total: 4711,
	}})
}

func (s *shop) sendPurchases(w http.ResponseWriter, r *http.Request) {
	bought := wire.Purchases{Last: []wire.RecentSale{}}
	for _, sale := range s.sales() {
		if sale.CustomerID != nil && sale.CustomerID.String() == r.PathValue("id") {
			bought.Count++
			bought.Total += sale.Total
			bought.Last = append(bought.Last, wire.RecentSale{ID: sale.ID, Kind: sale.Kind, ReceiptNo: sale.ReceiptNo, At: sale.CompletedAt, Total: sale.Due, Sent: true})
		}
	}
	answer(w, bought)
}

func (s *shop) sendPictures(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	page := wire.Page[wire.TillPicture]{Rows: []wire.TillPicture{}}
	asked := strings.Split(r.URL.Query().Get("ids"), ",")
	s.looked = append(s.looked, len(asked))
	for _, text := range asked {
		id := uuid.MustParse(text)
		if body, ok := s.looks[id]; ok {
			page.Rows = append(page.Rows, wire.TillPicture{ID: id, ContentType: "image/jpeg", Bytes: body})
		}
	}
	answer(w, page)
}
