package till_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/desktop/till"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

func TestASaleFromScanToServer(t *testing.T) {
	f := selling(t, cashier)
	require.Equal(t, 7, f.State().Shift.Number, "the register's numbering goes on")

	f.scan(milkCode)
	f.scan(milkCode)
	f.scan("3*" + breadCode)
	state := f.State()
	require.Len(t, state.Cart.Lines, 2)
	require.Equal(t, "2", state.Cart.Lines[0].Quantity.String())
	require.Equal(t, money.Amount(2*129+3*350), state.Cart.Total)
	require.Equal(t, state.Cart.Total, state.Cart.QuickCash[0])

	state, err := f.Complete([]wire.TenderIn{{MethodID: cash, Amount: 2000}})
	require.NoError(t, err)
	require.Equal(t, money.Amount(2000-1308), state.LastSale.Change)
	require.Equal(t, "1A-000001", state.LastSale.ReceiptNo)
	require.Empty(t, state.Cart.Lines)

	f.await(func(s wire.RegisterState) bool { return s.LastSale.Printed })
	paper, err := os.ReadFile(f.paper)
	require.NoError(t, err)
	require.Contains(t, string(paper), "1A-000001")
	require.Contains(t, string(paper), "Whole milk 1 l")
	require.Contains(t, string(paper), "\x1bp", "cash opens the drawer")

	f.drained()
	sales := f.shop.sales()
	require.Len(t, sales, 1)
	require.Equal(t, money.Amount(1308), sales[0].Total)
	require.Equal(t, money.Amount(692), sales[0].Tenders[0].Change)
	recent, err := f.Recent(5)
	require.NoError(t, err)
	require.True(t, recent[0].Sent)
	f.await(func(wire.RegisterState) bool {
		return f.Search("milk", 1)[0].OnHand.Equal(dec("98"))
	})
}

func TestPhases(t *testing.T) {
	f := unpaired(t, openShop(t))
	require.Equal(t, wire.PhaseUnpaired, f.State().Phase)
	_, err := f.SignIn(cashier, "1234")
	isFault(t, err, "till.not_paired")
	_, err = f.Pair("what a mess", "GOODCODE", "x")
	isFault(t, err, "till.address")
	_, err = f.Pair(f.shop.URL, "BADCODE1", "x")
	isFault(t, err, "tills.code_wrong")
	require.Equal(t, wire.ScanBlocked, f.scan(milkCode).Outcome)

	_, err = f.Pair(f.shop.URL, "GOODCODE", "x")
	require.NoError(t, err)
	f.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked })
	_, err = f.SignIn(newbie, "")
	isFault(t, err, "till.no_pin")
	_, err = f.SignIn(uuid.New(), "1234")
	isFault(t, err, "till.person_unknown")
	f.signIn(cashier)
	require.Equal(t, wire.PhaseNoShift, f.State().Phase)
	_, err = f.SellOpen("x", 100, "", "")
	isFault(t, err, "till.no_shift")
}

func TestCompleteRefuses(t *testing.T) {
	f := selling(t, cashier)
	_, err := f.Complete([]wire.TenderIn{{MethodID: cash, Amount: 100}})
	isFault(t, err, "till.cart_empty")
	f.scan(milkCode)
	_, err = f.Complete(nil)
	isFault(t, err, "till.tenders")
	_, err = f.Complete([]wire.TenderIn{{MethodID: uuid.New(), Amount: 129}})
	isFault(t, err, "till.method_unknown")
	_, err = f.Complete([]wire.TenderIn{{MethodID: cash, Amount: 128}})
	isFault(t, err, pricing.Underpaid)
	_, err = f.Complete([]wire.TenderIn{{MethodID: card, Amount: 130}})
	isFault(t, err, pricing.ChangeWithoutCash)
	require.Equal(t, "1A-000001", f.pay().LastSale.ReceiptNo, "refusals use up no number")
}

func TestShiftIsCountedBlind(t *testing.T) {
	f := selling(t, cashier)
	f.scan(milkCode)
	_, err := f.CloseShift(10_000)
	isFault(t, err, "till.cart_open")
	f.pay()
	f.scan(breadCode)
	_, err = f.Complete([]wire.TenderIn{{MethodID: card, Amount: 200}, {MethodID: cash, Amount: 200}})
	require.NoError(t, err)

	z, err := f.CloseShift(10_270)
	require.NoError(t, err)
	require.Equal(t, 2, z.Sales)
	require.Equal(t, money.Amount(479), z.Total)
	require.Equal(t, money.Amount(129+150), z.Cash)
	require.Equal(t, money.Amount(10_279), z.Expected)
	require.Equal(t, money.Amount(-9), z.Difference)
	require.Equal(t, z.Tax, z.Taxes[0].Tax)
	require.Equal(t, wire.PhaseNoShift, f.State().Phase)
	state, err := f.OpenShift(0)
	require.NoError(t, err)
	require.Equal(t, 8, state.Shift.Number)
	f.drained()
	kinds := []wire.EntryKind{}
	for _, entry := range f.shop.order {
		kinds = append(kinds, entry.Kind)
	}
	require.Equal(t, []wire.EntryKind{
		wire.EntryShiftOpened, wire.EntrySaleFinished, wire.EntrySaleFinished, wire.EntryShiftClosed, wire.EntryShiftOpened,
	}, kinds)
}

func TestAnUnknownBarcodeBecomesAnItem(t *testing.T) {
	f := selling(t, cashier)
	f.shop.down()
	const code = "4000000000006"
	require.Equal(t, wire.ScanUnknown, f.scan(code).Outcome)
	_, err := f.CreateItem(till.NewItem{Name: " ", Barcode: code, Price: 100})
	isFault(t, err, "till.name")
	state, err := f.CreateItem(till.NewItem{Name: "Local jam", Barcode: code, Price: 400})
	require.NoError(t, err)
	require.Equal(t, money.Amount(400), state.Cart.Total)
	f.reopen()
	f.signIn(cashier)
	require.Equal(t, wire.ScanAdded, f.scan(code).Outcome, "known after a restart")
	require.Equal(t, "Local jam", f.Search("jam", 5)[0].Name)
	f.pay()
	f.shop.up()
	f.drained()
	require.Equal(t, wire.EntryItemCreated, f.shop.order[1].Kind, "the server learns of the item before its sale")
}

func TestBrowse(t *testing.T) {
	f := selling(t, cashier)
	require.Equal(t, 1, f.Browse(nil, 0, 10).Total, "the favourites")
	shelf := f.Browse(&food, 0, 2)
	require.Equal(t, 3, shelf.Total, "with what is under it")
	require.Len(t, shelf.Items, 2)
	require.Len(t, f.Browse(&food, 2, 2).Items, 1)
	require.Empty(t, f.Browse(&food, 9, 2).Items)
}

func TestSearch(t *testing.T) {
	f := selling(t, cashier)
	find := func(query string) uuid.UUID {
		items := f.Search(query, 5)
		if len(items) == 0 {
			return uuid.Nil
		}
		return items[0].ID
	}
	require.Equal(t, milk, find("mil"))
	require.Equal(t, milk, find("MILK who"))
	require.Equal(t, bread, find("creme"), "marks do not matter")
	require.Equal(t, bananas, find("4011"), "PLU")
	require.Equal(t, milk, find("3931"), "the last digits of a barcode")
	require.Equal(t, bread, find("brd"), "SKU")
	require.Equal(t, bananas, find("bannas"), "one slip is forgiven")
	require.Equal(t, bananas, find("2*banan"))
	require.Equal(t, uuid.Nil, find("zebra"))
	require.Equal(t, uuid.Nil, find("  "))
	f.shop.alter(milk, func(i *wire.TillItem) { i.Name = "Oat drink" })
	f.await(func(wire.RegisterState) bool { return find("oat") == milk && find("whole") == uuid.Nil })
	f.shop.alter(milk, func(i *wire.TillItem) { i.Active = false })
	f.await(func(wire.RegisterState) bool { return find("oat") == uuid.Nil && f.State().Link.Items == 3 })
	require.Equal(t, wire.ScanUnknown, f.scan(milkCode).Outcome)
}

func TestReprintIsMarkedAndHasNoSecondNumber(t *testing.T) {
	f := selling(t, cashier)
	f.scan(milkCode)
	sale := f.pay().LastSale
	receipt, err := f.Receipt(sale.ID)
	require.NoError(t, err)
	require.Equal(t, sale.ReceiptNo, receipt.Document.Number)
	require.False(t, receipt.Document.Copy)
	require.Equal(t, "en-DE", receipt.Document.Locale)
	require.NotEmpty(t, receipt.Lines)
	_, err = f.Reprint(sale.ID)
	require.NoError(t, err)
	f.await(func(wire.RegisterState) bool {
		paper, _ := os.ReadFile(f.paper)
		return strings.Contains(strings.ToLower(string(paper)), "copy")
	})
	_, err = f.Receipt(uuid.New())
	isFault(t, err, "till.sale_unknown")
	recent, err := f.Recent(10)
	require.NoError(t, err)
	require.Len(t, recent, 1)
}

func TestASaleStandsWhenThePrinterDoesNot(t *testing.T) {
	f := selling(t, cashier)
	_, err := f.SetPrinter(wire.PrinterState{Kind: "fax"})
	isFault(t, err, "till.printer")
	_, err = f.SetPrinter(wire.PrinterState{Kind: "tcp", Address: "127.0.0.1:1"})
	require.NoError(t, err)
	_, err = f.TestPrint()
	isFault(t, err, "till.printer_silent")
	f.scan(milkCode)
	began := time.Now()
	f.pay()
	require.Less(t, time.Since(began), 200*time.Millisecond)
	state := f.await(func(s wire.RegisterState) bool { return s.LastSale.Problem != "" })
	require.False(t, state.LastSale.Printed)
	f.drained()
	require.Len(t, f.shop.sales(), 1)
}

func TestX1TwoProcessesOnOneJournal(t *testing.T) {
	f := newTill(t)
	_, err := till.Open(t.Context(), f.cfg)
	isFault(t, err, "till.taken")
	require.NoError(t, f.Engine.Close())
	f.open()
}

func TestADamagedJournalIsNeverReplaced(t *testing.T) {
	f := selling(t, cashier)
	f.scan(milkCode)
	f.pay()
	require.NoError(t, f.Engine.Close())
	path := filepath.Join(f.dir, "journal.db")
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	whole := string(content)
	copy(content[100:], strings.Repeat("x", 4000))
	require.NoError(t, os.WriteFile(path, content, 0o600))
	_, err = till.Open(t.Context(), f.cfg)
	isFault(t, err, "till.journal_damaged")
	now, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, content, now)

	require.NoError(t, os.WriteFile(path, []byte(whole), 0o600))
	f.open()
}

func TestADamagedCatalogueIsFetchedAgain(t *testing.T) {
	f := newTill(t)
	require.NoError(t, f.Engine.Close())
	for _, torn := range []func(string) error{
		func(path string) error { return os.WriteFile(path, []byte("not a database at all"), 0o600) },
		func(path string) error { return os.Truncate(path, 5000) },
		os.Remove,
	} {
		require.NoError(t, torn(filepath.Join(f.dir, "catalogue.db")))
		f.open()
		f.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked && s.Link.Items == 4 })
		require.NoError(t, f.Engine.Close())
	}
	f.open()
}

func TestPairingAgain(t *testing.T) {
	f := selling(t, cashier)
	_, err := f.Pair(f.shop.URL, "GOODCODE", "again")
	isFault(t, err, "till.shift_open")
	f.shop.setFault(func(r *http.Request, answer func()) {
		if r.URL.Path != "/api/sync/entries" {
			answer()
		}
	})
	f.scan(milkCode)
	f.pay()
	_, err = f.CloseShift(0)
	require.NoError(t, err)

	other := openShop(t)
	_, err = f.Pair(other.URL, "GOODCODE", "elsewhere")
	isFault(t, err, "till.paired")
	_, err = f.Pair(f.shop.URL, "GOODCODE", "again")
	require.NoError(t, err)
	f.shop.setFault(nil)
	f.drained()
	require.Len(t, f.shop.sales(), 1, "what waited went along")
	f.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked })
	f.signIn(cashier)
	_, err = f.OpenShift(0)
	require.NoError(t, err)
	f.scan(milkCode)
	require.Equal(t, "1B-000001", f.pay().LastSale.ReceiptNo, "a new pairing has its own series")
}

func TestX4NumbersAreNeverTakenTwiceOrLeftOut(t *testing.T) {
	f := selling(t, cashier)
	for n := 1; n <= 30; n++ {
		f.scan(milkCode)
		if n%3 == 0 {
			_, err := f.Complete([]wire.TenderIn{{MethodID: cash, Amount: 1}})
			require.Error(t, err)
		}
		if n%10 == 0 {
			f.reopen()
			f.signIn(cashier)
		}
		require.Equal(t, wire.ReceiptNo("1A", int64(n)), f.pay().LastSale.ReceiptNo)
	}
	f.drained()
	for i, sale := range f.shop.sales() {
		require.Equal(t, int64(i+1), sale.Number)
	}
}

func TestStateIsAnnounced(t *testing.T) {
	states := make(chan wire.RegisterState, 100)
	f := selling(t, cashier)
	f.cfg.OnChange = func(s wire.RegisterState) {
		select {
		case states <- s:
		default:
		}
	}
	f.reopen()
	f.shop.alter(milk, func(i *wire.TillItem) { i.Price = 111 })
	f.await(func(wire.RegisterState) bool { return f.Search("milk", 1)[0].Price == 111 })
	require.NotEmpty(t, states)
}

func TestCommandsRefuseNonsense(t *testing.T) {
	f := selling(t, cashier)
	line := *f.scan(milkCode).LineID
	for name, call := range map[string]func() (wire.RegisterState, error){
		"till.quantity":     func() (wire.RegisterState, error) { return f.SetQuantity(line, dec("-1")) },
		"till.line_unknown": func() (wire.RegisterState, error) { return f.RemoveLine(uuid.New()) },
		"till.amount":       func() (wire.RegisterState, error) { return f.SellOpen("x", -1, "", "") },
	} {
		state, err := call()
		isFault(t, err, name)
		require.Equal(t, money.Amount(129), state.Cart.Total)
	}
	_, err := f.SetQuantity(line, decimal.MustParse("100000"))
	isFault(t, err, "till.quantity")
	_, err = f.AddItem(uuid.New(), nil, nil)
	isFault(t, err, "till.item_unknown")
	state, err := f.SetQuantity(line, decimal.Zero)
	require.NoError(t, err)
	require.Empty(t, state.Cart.Lines)
}

func TestAFullDiskRefusesTheSaleBeforeAnythingSaysPaid(t *testing.T) {
	f := selling(t, cashier)
	reserve := filepath.Join(f.dir, "reserve")
	require.FileExists(t, reserve)
	for range 40 {
		f.scan(breadCode) // the open cart finds room: pages that were freed
	}
	f.drained()
	require.NoError(t, f.FillDisk(true))
	made := 0
	for ; made < 100; made++ {
		if _, err := f.Complete([]wire.TenderIn{{MethodID: cash, Amount: 100_000}}); err != nil {
			isFault(t, err, "till.disk")
			break
		}
		if _, err := f.Scan(breadCode); err != nil {
			isFault(t, err, "till.disk")
			break
		}
	}
	require.Less(t, made, 100, "the disk has to fill up")
	require.NoFileExists(t, reserve, "given up for the sale")
	before, err := f.Recent(1000)
	require.NoError(t, err)

	require.NoError(t, f.FillDisk(false))
	if len(f.State().Cart.Lines) == 0 {
		f.scan(breadCode)
	}
	state := f.pay()
	require.Equal(t, wire.ReceiptNo("1A", int64(len(before)+1)), state.LastSale.ReceiptNo, "the refused sale used up no number")
	f.drained()
	require.Len(t, f.shop.sales(), len(before)+1)
}
