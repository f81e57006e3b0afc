package till_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

func TestScanOutcomes(t *testing.T) {
	f := selling(t, cashier)
	require.Equal(t, wire.ScanUnknown, f.scan("9999999999994").Outcome)

	result := f.scan("4011")
	require.Equal(t, wire.ScanWeigh, result.Outcome)
	require.Equal(t, bananas, result.Item.ID)
	weight := dec("1.250")
	_, err := f.AddItem(bananas, &weight, nil)
	require.NoError(t, err)
	tooFine := dec("1.2505")
	_, err = f.AddItem(bananas, &tooFine, nil)
	isFault(t, err, "till.quantity")

	result, err = f.AddItem(service, nil, nil)
	require.NoError(t, err)
	require.Equal(t, wire.ScanPrice, result.Outcome)
	_, err = f.AddItem(service, nil, amount(250))
	require.NoError(t, err)

	require.Equal(t, wire.ScanAdded, f.scan(milkCase).Outcome)
	state := f.State()
	require.Equal(t, "12", state.Cart.Lines[2].Quantity.String(), "a case adds what is in it")
	require.Equal(t, money.Amount(249), state.Cart.Lines[0].Total, "1.250 kg at 1.99")
	require.Equal(t, wire.ScanAdded, f.scan("milk-1").Outcome, "a typed SKU is found")
}

func TestScaleBarcodes(t *testing.T) {
	f := selling(t, cashier)
	weighed := withCheck("210401101250")
	require.Equal(t, wire.ScanAdded, f.scan(weighed).Outcome)
	require.Equal(t, "1.250", f.State().Cart.Lines[0].Quantity.String())
	priced := withCheck("220401100398")
	require.Equal(t, wire.ScanAdded, f.scan(priced).Outcome)
	last := f.State().Cart.Lines[1]
	require.Equal(t, money.Amount(398), last.Total, "the label's price is charged")
	require.Equal(t, "2", last.Quantity.String(), "and the weight follows from it")
}

func withCheck(body string) string {
	sum := 0
	for i, r := range body {
		sum += int(r-'0') * (1 + 2*(i%2))
	}
	return body + fmt.Sprint((10-sum%10)%10)
}

func TestRights(t *testing.T) {
	f := selling(t, cashier)
	line := *f.scan(milkCode).LineID
	ten := &pricing.Discount{Kind: pricing.DiscountPercent, Percent: dec("10")}
	_, err := f.SetLineDiscount(line, ten)
	isNeeded(t, err)
	_, err = f.SetCartDiscount(ten)
	isNeeded(t, err)
	_, err = f.SetPrice(line, 1)
	isNeeded(t, err)
	_, err = f.AddItem(milk, nil, amount(1))
	isNeeded(t, err)
	require.Equal(t, money.Amount(129), f.State().Cart.Total, "what was refused changed nothing")

	f.signIn(manager)
	require.Empty(t, f.State().Cart.Lines, "carts stay with their person")
	line = *f.scan(milkCode).LineID
	state, err := f.SetLineDiscount(line, ten)
	require.NoError(t, err)
	require.Equal(t, money.Amount(116), state.Cart.Total)
	tooMuch := &pricing.Discount{Kind: pricing.DiscountAmount, Amount: 500}
	_, err = f.SetLineDiscount(line, tooMuch)
	isFault(t, err, pricing.DiscountTooBig)
	f.signIn(cashier)
	require.Len(t, f.State().Cart.Lines, 1)
}

func TestUndoGoesBackThroughEveryStep(t *testing.T) {
	f := selling(t, manager)
	var totals []money.Amount
	note := func(state wire.RegisterState, err error) {
		t.Helper()
		require.NoError(t, err)
		totals = append(totals, state.Cart.Total)
	}
	result := f.scan(milkCode)
	note(result.State, nil)
	note(f.SetQuantity(*result.LineID, dec("5")))
	note(f.SetPrice(*result.LineID, 99))
	note(f.SetCartDiscount(&pricing.Discount{Kind: pricing.DiscountAmount, Amount: 15}))
	note(f.SellOpen("Bag", 20, "", ""))
	note(f.RemoveLine(*result.LineID))
	note(f.ClearCart())
	require.Equal(t, []money.Amount{129, 645, 495, 480, 500, 5, 0}, totals)

	f.reopen() // the way back is kept too
	f.signIn(manager)
	for i := len(totals) - 2; i >= 0; i-- {
		state, err := f.Undo()
		require.NoError(t, err)
		require.Equal(t, totals[i], state.Cart.Total, "step %d", i)
	}
	_, err := f.Undo()
	require.NoError(t, err)
	_, err = f.Undo()
	isFault(t, err, "till.nothing_to_undo")
}

func TestHoldAndRecall(t *testing.T) {
	f := selling(t, cashier)
	_, err := f.Hold("")
	isFault(t, err, "till.cart_empty")
	f.scan(milkCode)
	state, err := f.Hold("Table 4")
	require.NoError(t, err)
	require.Equal(t, 1, state.HeldCount)
	f.scan(breadCode)
	held, err := f.Held()
	require.NoError(t, err)
	require.Equal(t, "Table 4", held[0].Name)
	require.Equal(t, money.Amount(129), held[0].Total)
	_, err = f.Recall(held[0].ID)
	isFault(t, err, "till.cart_open")
	_, err = f.Hold("")
	require.NoError(t, err)

	f.reopen()
	f.signIn(cashier)
	require.Equal(t, 2, f.State().HeldCount)
	state, err = f.Recall(held[0].ID)
	require.NoError(t, err)
	require.Equal(t, money.Amount(129), state.Cart.Total)
	_, err = f.DropHeld(held[0].ID)
	isFault(t, err, "till.held_unknown")
}

func TestNotesGoWithTheSale(t *testing.T) {
	f := selling(t, cashier)
	first := *f.scan(milkCode).LineID
	state, err := f.SetLineNote(first, "  cold, please ")
	require.NoError(t, err)
	require.Equal(t, "cold, please", state.Cart.Lines[0].Note)
	_, err = f.SetLineNote(first, strings.Repeat("ü", wire.LongestLineNote+1))
	isFault(t, err, "till.note")
	_, err = f.SetNote(strings.Repeat("ü", wire.LongestSaleNote+1))
	isFault(t, err, "till.note")
	require.NotEqual(t, first, *f.scan(milkCode).LineID, "the next one is another line")
	require.Len(t, f.State().Cart.Lines, 2)
	_, err = f.SetNote("gift for Zoë")
	require.NoError(t, err)

	_, err = f.Hold("later")
	require.NoError(t, err)
	f.reopen()
	f.signIn(cashier)
	held, err := f.Held()
	require.NoError(t, err)
	state, err = f.Recall(held[0].ID)
	require.NoError(t, err)
	require.Equal(t, "gift for Zoë", state.Cart.Note)
	require.Equal(t, "cold, please", state.Cart.Lines[0].Note)
	f.pay()
	require.Empty(t, f.State().Cart.Note)
	require.Eventually(t, func() bool {
		paper, err := os.ReadFile(f.paper)
		return err == nil && strings.Contains(string(paper), "  cold, please") && strings.Contains(string(paper), "  gift for Zo")
	}, soon, 10*time.Millisecond)
	f.drained()
	sale := f.shop.sales()[0]
	require.Equal(t, "gift for Zoë", sale.Note)
	require.Equal(t, "cold, please", sale.Lines[0].Note)
	require.Empty(t, sale.Lines[1].Note)

	f.signIn(manager)
	f.takeBack(sale.ReceiptNo, "1")
	_, err = f.SetNote("in the box")
	require.NoError(t, err)
	_, err = f.Complete([]wire.TenderIn{{MethodID: cash, Amount: f.State().Cart.Total}})
	require.NoError(t, err)
	f.drained()
	refund := f.shop.sales()[1]
	require.Equal(t, "broken\nin the box", refund.Note)
	require.Empty(t, refund.Lines[0].Note)
	receipt, err := f.Receipt(refund.ID)
	require.NoError(t, err)
	require.Empty(t, receipt.Document.Note, "why it came back is the shop's own")
}
