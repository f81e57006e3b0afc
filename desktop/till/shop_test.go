package till_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/govalues/decimal"

	"souk/shared/audit"
	"souk/shared/barcode"
	"souk/shared/money"
	"souk/shared/secret"
	"souk/shared/wire"
)

// shop is the far end of the wire: it speaks the server's protocol and keeps
// what it is told, so that a test can ask what arrived and how often. Faults
// are set on it from outside.
type shop struct {
	*httptest.Server

	mu       sync.Mutex
	setup    wire.Setup
	items    []wire.TillItem
	clients  []wire.TillCustomer
	epoch    uuid.UUID
	seq      int64
	log      []change
	devices  map[string]uuid.UUID // by token
	revoked  bool
	shut     bool // suspended or closed by the office
	tenant   uuid.UUID
	entries  map[uuid.UUID]wire.Entry
	order    []wire.Entry
	arrivals int
	uploads  int
	last     int64                                // the highest entry number taken
	fault    func(r *http.Request, answer func()) // replaces the plain answer
	spoil    bool                                 // acks carry a wrong hash
	strict   bool                                 // takes nothing after a gap
	poison   uuid.UUID                            // an entry that is refused
	sockets  map[*websocket.Conn]bool
	looks    map[uuid.UUID][]byte // pictures of items
	looked   []int                // how many were asked for at a time
	trail    []audit.Head         // of the audit trail, the newest last; row numbers are unique
}

// change is a row of the change stream; without item and customer it is the setup.
type change struct {
	seq      int64
	item     *uuid.UUID
	customer *uuid.UUID
}

var (
	cashier = uuid.MustParse("018f0000-0000-7000-8000-000000000001")
	manager = uuid.MustParse("018f0000-0000-7000-8000-000000000002")
	newbie  = uuid.MustParse("018f0000-0000-7000-8000-000000000003")
	cash    = uuid.MustParse("018f0000-0000-7000-8000-000000000011")
	card    = uuid.MustParse("018f0000-0000-7000-8000-000000000012")
	food    = uuid.MustParse("018f0000-0000-7000-8000-000000000021")
	fruit   = uuid.MustParse("018f0000-0000-7000-8000-000000000022")
	milk    = uuid.MustParse("018f0000-0000-7000-8000-000000000031")
	bananas = uuid.MustParse("018f0000-0000-7000-8000-000000000032")
	bread   = uuid.MustParse("018f0000-0000-7000-8000-000000000033")
	service = uuid.MustParse("018f0000-0000-7000-8000-000000000034")
	ada     = uuid.MustParse("018f0000-0000-7000-8000-000000000041")
	foreign = uuid.MustParse("018f0000-0000-7000-8000-000000000051")
	zoe     = uuid.MustParse("018f0000-0000-7000-8000-000000000042")
)

const (
	milkCode  = "4006381333931"
	milkCase  = "14006381333938"
	breadCode = "5000159407236"
)

var pinHash = sync.OnceValue(func() string { return secret.HashPIN("1234") })

func dec(text string) decimal.Decimal { return decimal.MustParse(text) }

func newSetup(slug string) wire.Setup {
	day := []wire.DatedRate{{From: "2020-01-01", Rate: dec("20")}}
	return wire.Setup{
		Company: wire.CompanySetup{
			Name: "City Mart", Slug: slug, BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en-DE",
			PricesIncludeTax: true, DayEndsHour: 4, Rules: wire.TillRules{OfflineRefunds: wire.RefundOwn},
		},
		Store:    wire.StoreSetup{ID: uuid.New(), Name: "High Street", Address: "1 High Street\nTown", TimeZone: "Europe/Berlin"},
		Register: wire.RegisterSetup{ID: uuid.New(), Number: 1, Name: "Till 1", NextShift: 7},
		Units:    []wire.UnitSetup{{Code: "pc", Name: "piece"}, {Code: "kg", Name: "kilogram", Decimals: 3}},
		TaxCodes: []wire.TaxSetup{{Code: "standard", Name: "Standard", Rates: day}},
		Categories: []wire.CategorySetup{
			{ID: food, Name: "Food"}, {ID: fruit, ParentID: &food, Name: "Fruit"},
		},
		Methods: []wire.MethodSetup{
			{ID: cash, Kind: "cash", Name: "Cash", OpensDrawer: true}, {ID: card, Kind: "card", Name: "Card"},
		},
		People: []wire.PersonSetup{
			{ID: cashier, Name: "Casey", Role: wire.Cashier, PINHash: pinHash(), Permissions: []wire.Permission{"sales.sell", wire.MayCashIn, wire.MayDrop, wire.MayFindCustomers, wire.MayAddCustomers, wire.MayMailReceipts}},
			{ID: manager, Name: "Morgan", Role: wire.Manager, PINHash: pinHash(), Permissions: []wire.Permission{"sales.discount", "sales.price", wire.MayCashOut, wire.MayOpen, wire.MayReadX, "sales.refund", wire.MayFindCustomers, wire.MayCashIn, wire.MayAddCustomers, wire.MayApprove, wire.MayEditPeople}},
			{ID: newbie, Name: "Nico", Role: wire.Cashier},
		},
	}
}

func newItems() []wire.TillItem {
	caseCode, _ := barcode.Normalize(milkCase)
	return []wire.TillItem{
		{
			ID: milk, SKU: "MILK-1", Name: "Whole milk 1 l", CategoryID: &food, Unit: "pc", SoldBy: "each", TaxCode: "standard", Price: 129,
			Barcodes:   []wire.ItemBarcode{{Code: milkCode, Quantity: decimal.One}, {Code: caseCode, Quantity: dec("12")}},
			TrackStock: true, OnHand: dec("100"), Active: true, Favourite: true,
		},
		{
			ID: bananas, SKU: "BAN", Name: "Bananas", CategoryID: &fruit, Unit: "kg", SoldBy: "weight", PLU: "4011", TaxCode: "standard",
			Price: 199, Barcodes: []wire.ItemBarcode{}, TrackStock: true, OnHand: dec("40.5"), Active: true,
		},
		{
			ID: bread, SKU: "BRD", Name: "Crème bread", CategoryID: &food, Unit: "pc", SoldBy: "each", TaxCode: "standard", Price: 350,
			Barcodes: []wire.ItemBarcode{{Code: breadCode, Quantity: decimal.One}}, TrackStock: true, OnHand: dec("10"), Active: true,
		},
		{
			ID: service, SKU: "GIFT", Name: "Gift wrap", Unit: "pc", SoldBy: "open", TaxCode: "standard",
			Barcodes: []wire.ItemBarcode{}, Active: true,
		},
	}
}

func newCustomers() []wire.TillCustomer {
	return []wire.TillCustomer{
		{ID: ada, Name: "Ada Byron", Phone: "+44 20 7946 0123", Email: "ada@mail.example", Code: "C-0001", Active: true},
		{ID: zoe, Name: "Zoë Müller", Phone: "+49 (30) 901820", Code: "C-0002", Language: "de", Active: true},
	}
}

// openShop starts a shop; pass an address to come back under the same one.
func openShop(t testing.TB) *shop {
	s := &shop{
		setup: newSetup("city-mart"), items: newItems(), clients: newCustomers(), epoch: uuid.New(), seq: 10, tenant: uuid.New(),
		devices: map[string]uuid.UUID{}, entries: map[uuid.UUID]wire.Entry{}, sockets: map[*websocket.Conn]bool{},
	}
	s.listen("127.0.0.1:0")
	t.Cleanup(func() { s.down() })
	return s
}

func (s *shop) listen(address string) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set(wire.ServerHeader, "1") })
	mux.HandleFunc("GET /api/session", func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusUnauthorized
		if slug := r.Header.Get(wire.ShopHeader); slug != "" && slug != "city-mart" {
			status = http.StatusNotFound
		}
		w.WriteHeader(status)
	})
	mux.HandleFunc("POST /api/devices", s.pair)
	mux.HandleFunc("GET /api/sync/receipt", s.known(s.sendReceipt))
	mux.HandleFunc("GET /api/sync/setup", s.known(s.sendSetup))
	mux.HandleFunc("GET /api/sync/items", s.known(s.sendItems))
	mux.HandleFunc("GET /api/sync/pictures", s.known(s.sendPictures))
	mux.HandleFunc("GET /api/sync/customers", s.known(s.sendCustomers))
	mux.HandleFunc("GET /api/sync/customers/{id}/purchases", s.known(s.sendPurchases))
	mux.HandleFunc("GET /api/sync/receipts", s.known(s.sendReceipts))
	mux.HandleFunc("GET /api/sync/sales/{id}/receipt", s.known(s.sendOneReceipt))
	mux.HandleFunc("GET /api/sync/items/{id}/stock", s.known(s.sendStock))
	mux.HandleFunc("GET /api/sync/changes", s.known(s.sendChanges))
	mux.HandleFunc("GET /api/sync/audit-head", s.known(s.sendAuditHead))
	mux.HandleFunc("POST /api/sync/entries", s.known(s.takeEntries))
	mux.HandleFunc("POST /api/sync/carried", s.known(s.takeCarried))
	mux.HandleFunc("GET /live", s.known(s.live))
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		panic(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		fault := s.fault
		s.mu.Unlock()
		if fault != nil && r.URL.Path != "/live" {
			fault(r, func() { mux.ServeHTTP(w, r) })
			return
		}
		mux.ServeHTTP(w, r)
	}))
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	s.Server = server
}

// down cuts every line; up comes back under the same address.
func (s *shop) down() {
	s.mu.Lock()
	for conn := range s.sockets {
		_ = conn.Close()
	}
	s.sockets = map[*websocket.Conn]bool{}
	s.mu.Unlock()
	s.CloseClientConnections()
	s.Close()
}

func (s *shop) up() { s.listen(s.Listener.Addr().String()) }

func (s *shop) setFault(f func(r *http.Request, answer func())) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

func problem(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "code": code, "detail": "No: " + code})
}

func (s *shop) known(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		_, ok := s.devices[r.Header.Get("Authorization")]
		revoked, shut := s.revoked, s.shut
		s.mu.Unlock()
		if shut {
			problem(w, http.StatusServiceUnavailable, "auth.shop_shut")
			return
		}
		if !ok || revoked {
			problem(w, http.StatusUnauthorized, "auth.device_revoked")
			return
		}
		next(w, r)
	}
}

func (s *shop) pair(w http.ResponseWriter, r *http.Request) {
	var in wire.PairingIn
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Code != "GOODCODE" {
		problem(w, http.StatusUnprocessableEntity, "tills.code_wrong")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = false
	token := uuid.NewString()
	device := uuid.New()
	s.devices["Bearer "+token] = device
	answer(w, wire.Pairing{
		DeviceID: device, Token: token, TenantID: s.tenant, RegisterID: s.setup.Register.ID,
		Series: fmt.Sprintf("1%c", 'A'+len(s.devices)-1),
	})
}

func (s *shop) at(id uuid.UUID) int {
	return slices.IndexFunc(s.items, func(i wire.TillItem) bool { return i.ID == id })
}

func (s *shop) takeEntries(w http.ResponseWriter, r *http.Request) {
	var up wire.Upload
	if err := json.NewDecoder(r.Body).Decode(&up); err != nil || r.Header.Get("Idempotency-Key") == "" {
		problem(w, http.StatusBadRequest, "web.body")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploads++
	if slices.ContainsFunc(up.Entries, func(e wire.Entry) bool { return e.ID == s.poison }) {
		problem(w, http.StatusUnprocessableEntity, "sync.entry_invalid")
		return
	}
	acks := wire.UploadAnswer{Acks: []wire.Ack{}}
	for _, entry := range up.Entries {
		s.arrivals++
		if s.strict && entry.No > s.last+1 {
			break
		}
		if _, known := s.entries[entry.ID]; !known {
			s.book(entry)
		}
		sum := sha256.Sum256(entry.Body)
		if s.spoil {
			sum[0] ^= 1
		}
		s.last = max(s.last, entry.No)
		acks.Acks = append(acks.Acks, wire.Ack{No: entry.No, ID: entry.ID, Hash: hex.EncodeToString(sum[:]), Outcome: wire.AckBooked})
	}
	last := s.last
	acks.Last = &last
	answer(w, acks)
}

func (s *shop) book(entry wire.Entry) {
	s.entries[entry.ID] = entry
	s.order = append(s.order, entry)
	if entry.Kind == wire.EntryCustomerMet {
		s.meet(entry)
	}
	if entry.Kind != wire.EntrySaleFinished {
		return
	}
	var sale wire.FinishedSale
	if err := json.Unmarshal(entry.Body, &sale); err != nil {
		panic(err)
	}
	for _, l := range sale.Lines {
		if l.ItemID == nil || s.at(*l.ItemID) < 0 {
			continue
		}
		item := &s.items[s.at(*l.ItemID)]
		item.OnHand, _ = item.OnHand.Sub(l.Quantity)
		s.tell(change{item: l.ItemID})
	}
}

func (s *shop) meet(entry wire.Entry) {
	var met wire.NewCustomer
	if err := json.Unmarshal(entry.Body, &met); err != nil {
		panic(err)
	}
	s.clients = append(s.clients, wire.TillCustomer{ID: met.ID, Name: met.Name, Phone: met.Phone, Email: met.Email, Active: true})
	s.tell(change{customer: &met.ID})
}

func (s *shop) client(id uuid.UUID) int {
	return slices.IndexFunc(s.clients, func(c wire.TillCustomer) bool { return c.ID == id })
}

// alterCustomer changes a customer at the server; one who is not active any more
// is told by their id alone.
func (s *shop) alterCustomer(id uuid.UUID, edit func(*wire.TillCustomer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &s.clients[s.client(id)]
	if edit(c); !c.Active {
		*c = wire.TillCustomer{ID: id}
	}
	s.tell(change{customer: &id})
}

// tell records a change and sends word of it.
func (s *shop) tell(c change) {
	s.seq++
	c.seq = s.seq
	s.log = append(s.log, c)
	topic, id := "catalog.items", c.item
	if c.customer != nil {
		topic, id = "parties.customers", c.customer
	}
	for conn := range s.sockets {
		_ = conn.WriteJSON(map[string]any{"type": "change", "seq": s.seq, "topic": topic, "id": id, "op": "update"})
	}
}

// alter changes an item at the server.
func (s *shop) alter(id uuid.UUID, edit func(*wire.TillItem)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	edit(&s.items[s.at(id)])
	s.tell(change{item: &id})
}

func (s *shop) live(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	var hello struct {
		Type   string   `json:"type"`
		Topics []string `json:"topics"`
	}
	if conn.ReadJSON(&hello) != nil || hello.Type != "hello" || len(hello.Topics) == 0 {
		_ = conn.Close()
		return
	}
	s.mu.Lock()
	_ = conn.WriteJSON(map[string]any{"type": "welcome", "epoch": s.epoch, "seq": s.seq})
	s.sockets[conn] = true
	s.mu.Unlock()
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

// sales lists the sales that arrived, in the order in which they did.
func (s *shop) sales() []wire.FinishedSale {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []wire.FinishedSale
	for _, entry := range s.order {
		if entry.Kind != wire.EntrySaleFinished {
			continue
		}
		var sale wire.FinishedSale
		if err := json.Unmarshal(entry.Body, &sale); err != nil {
			panic(err)
		}
		list = append(list, sale)
	}
	return list
}

// kinds counts the entries of one kind that were taken.
func (s *shop) kinds(kind wire.EntryKind) int {
	n := 0
	for _, entry := range s.order {
		if entry.Kind == kind {
			n++
		}
	}
	return n
}

func (s *shop) count(what func(*shop) int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return what(s)
}

// clock is the till's clock in tests that move it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func amount(minor int64) *money.Amount {
	a := money.Amount(minor)
	return &a
}
