package till_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/shared/money"
	"souk/shared/wire"
)

// back asks for some of the first line of a receipt.
func back(found wire.Returnable, quantity string, restock bool) wire.BackAsked {
	return wire.BackAsked{
		SaleID: found.Sale.ID, Reason: "broken",
		Lines: []wire.BackLine{{LineNo: 1, Quantity: dec(quantity), Restock: restock}},
	}
}

func (f *fixture) find(number string) wire.Returnable {
	f.t.Helper()
	found, err := f.FindReceipt(number)
	require.NoError(f.t, err)
	return found
}

func (f *fixture) takeBack(number, quantity string) wire.RegisterState {
	f.t.Helper()
	state, err := f.TakeBack(back(f.find(number), quantity, true))
	require.NoError(f.t, err)
	return state
}

func (f *fixture) tender(amounts ...wire.TenderIn) wire.RegisterState {
	f.t.Helper()
	state, err := f.Complete(amounts)
	require.NoError(f.t, err)
	return state
}

func TestRefundInPartsAddsUpAndEnds(t *testing.T) {
	f := selling(t, manager)
	f.shop.down()
	f.scan("3*" + milkCode)
	f.pay()
	var given money.Amount
	for range 3 {
		state := f.takeBack("1a-000001 ", "1")
		require.Equal(t, "-1", state.Cart.Lines[0].Quantity.String())
		require.True(t, state.Cart.Back.Unchecked)
		state = f.tender(wire.TenderIn{MethodID: cash, Amount: state.Cart.Total})
		given += state.LastSale.Total
	}
	require.Equal(t, money.Amount(-387), given)
	_, err := f.TakeBack(back(f.find("1A-000001"), "1", true))
	isFault(t, err, "till.refund_exceeds")

	z, err := f.CloseShift(10_000)
	require.NoError(t, err)
	require.Equal(t, []int{1, 3}, []int{z.Sales, z.Refunds})
	require.Zero(t, z.Total)
	require.Equal(t, money.Amount(10_000), z.Expected)

	f.shop.up()
	f.drained()
	sales := f.shop.sales()
	require.Len(t, sales, 4)
	for _, refund := range sales[1:] {
		require.Equal(t, wire.SaleKindRefund, refund.Kind)
		require.Equal(t, sales[0].ID, *refund.OriginalID)
		require.True(t, refund.Unchecked, "the server is told that nobody could look")
		require.Equal(t, "broken", refund.Note)
	}
}

func TestOnlineTheServerSaysWhatIsLeft(t *testing.T) {
	f := selling(t, manager)
	f.scan("2*" + milkCode)
	f.pay()
	f.drained()
	f.takeBack("1A-000001", "2")
	f.tender(wire.TenderIn{MethodID: cash, Amount: -258})
	f.drained()
	found := f.find("1A-000001")
	require.False(t, found.Unchecked)
	require.Equal(t, "2", found.Back[0].Quantity.String(), "what was sent is not counted twice")
	_, err := f.FindReceipt("9Z-000001")
	isFault(t, err, "till.receipt_unknown")
	_, err = f.FindReceipt("1A-000002")
	isFault(t, err, "till.receipt_is_return")
}

func TestExchangeSettlesEitherWay(t *testing.T) {
	f := selling(t, manager)
	f.scan(milkCode)
	f.pay() // 1.29
	f.scan(breadCode)
	f.pay() // 3.50
	f.takeBack("1A-000001", "1")
	state := f.scan(breadCode).State
	require.Equal(t, money.Amount(221), state.Cart.Total, "dearer: the customer pays")
	require.Len(t, state.Cart.Lines, 2)
	state = f.tender(wire.TenderIn{MethodID: cash, Amount: 500})
	require.Equal(t, money.Amount(279), state.LastSale.Change)

	f.takeBack("1A-000002", "1")
	state = f.scan(milkCode).State
	require.Equal(t, money.Amount(-221), state.Cart.Total, "cheaper: the shop pays")
	require.Equal(t, money.Amount(-221), state.Cart.CashDue)
	held, err := f.Hold("")
	require.NoError(t, err)
	require.Equal(t, 1, held.HeldCount)
	carts, err := f.Held()
	require.NoError(t, err)
	state, err = f.Recall(carts[0].ID)
	require.NoError(t, err)
	require.Equal(t, money.Amount(-221), state.Cart.Total)
	state = f.tender(wire.TenderIn{MethodID: cash, Amount: -221})
	require.Equal(t, money.Amount(-221), state.LastSale.Total)

	f.drained()
	sales := f.shop.sales()
	for _, exchange := range sales[2:] {
		require.Equal(t, wire.SaleKindSale, exchange.Kind)
		require.NotNil(t, exchange.OriginalID)
		require.Nil(t, exchange.Lines[0].OriginalLine)
		require.Equal(t, 1, *exchange.Lines[1].OriginalLine)
		require.Equal(t, exchange.Total, exchange.Lines[0].Total+exchange.Lines[1].Total)
		require.Equal(t, exchange.Tax, exchange.Lines[0].Tax+exchange.Lines[1].Tax)
	}
	require.Eventually(t, func() bool {
		paper, err := os.ReadFile(f.paper)
		return err == nil && len(paper) > 0
	}, soon, 10*time.Millisecond)
}

func TestOfflineTheShopsRulesHold(t *testing.T) {
	for name, c := range map[string]struct {
		rules wire.TillRules
		find  string
		take  string
	}{
		"own receipts":              {wire.TillRules{OfflineRefunds: wire.RefundOwn}, "", ""},
		"own receipts, up to 1.00":  {wire.TillRules{OfflineRefunds: wire.RefundLimit, RefundLimit: 100}, "", "till.refund_limit"},
		"own receipts, up to 2.00":  {wire.TillRules{OfflineRefunds: wire.RefundLimit, RefundLimit: 200}, "", ""},
		"nothing while it is alone": {wire.TillRules{OfflineRefunds: wire.RefundNever}, "till.refund_offline", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := openShop(t)
			s.setup.Company.Rules = c.rules
			f := unpaired(t, s)
			_, err := f.Pair(f.shop.URL, "GOODCODE", "test till")
			require.NoError(t, err)
			f.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked })
			f.signIn(manager)
			_, err = f.OpenShift(0)
			require.NoError(t, err)
			f.shop.down()
			f.scan(milkCode)
			f.pay()
			found, err := f.FindReceipt("1A-000001")
			if c.find != "" {
				isFault(t, err, c.find)
				return
			}
			require.NoError(t, err)
			_, err = f.FindReceipt("2A-000001")
			isFault(t, err, "till.receipt_elsewhere")
			_, err = f.TakeBack(back(found, "1", true))
			if c.take != "" {
				isFault(t, err, c.take)
				require.Empty(t, f.State().Cart.Lines)
				return
			}
			require.NoError(t, err)
		})
	}
}

func TestACashierNeedsSomeoneToTakeBack(t *testing.T) {
	f := selling(t, cashier)
	f.scan(milkCode)
	f.pay()
	found := f.find("1A-000001")
	_, err := f.TakeBack(back(found, "1", false))
	_, err = f.Approve(manager, "1234", isNeeded(t, err), "")
	require.NoError(t, err)
	state, err := f.TakeBack(back(found, "1", false))
	require.NoError(t, err)
	_, err = f.SetQuantity(state.Cart.Lines[0].ID, dec("5"))
	isFault(t, err, "till.line_returned")
	f.tender(wire.TenderIn{MethodID: cash, Amount: -129})
	f.drained()
	refund := f.shop.sales()[1]
	require.Equal(t, manager, *refund.ApprovedBy)
	require.Equal(t, manager, *refund.Lines[0].ApprovedBy)
	require.Len(t, refund.Approvals, 1)
	require.True(t, refund.Lines[0].NotRestocked)
	f.await(func(wire.RegisterState) bool {
		return f.Search("milk", 1)[0].OnHand.String() == "99" || f.Search("milk", 1)[0].OnHand.String() == "100"
	})
}
