package till_test

import (
	"encoding/json"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/wire"
)

// isNeeded takes what was refused out of the fault.
func isNeeded(t testing.TB, err error) wire.Asked {
	t.Helper()
	isFault(t, err, "approvals.needed")
	var asked wire.Asked
	require.NoError(t, json.Unmarshal(fault.Of(err).Asked, &asked))
	return asked
}

// become changes the till's people and waits until it has heard.
func (f *fixture) become(alter func([]wire.PersonSetup)) {
	f.t.Helper()
	f.shop.mu.Lock()
	alter(f.shop.setup.People)
	f.shop.setup.Company.Name += "."
	name := f.shop.setup.Company.Name
	f.shop.tell(change{})
	f.shop.mu.Unlock()
	require.Eventually(f.t, func() bool { return f.State().Shop.Name == name }, soon, 10*time.Millisecond)
}

func (s *shop) movements() []wire.CashMoved {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []wire.CashMoved
	for _, entry := range s.order {
		if entry.Kind == wire.EntryCashMoved {
			var moved wire.CashMoved
			if err := json.Unmarshal(entry.Body, &moved); err != nil {
				panic(err)
			}
			list = append(list, moved)
		}
	}
	return list
}

func off(percent string) *pricing.Discount {
	return &pricing.Discount{Kind: pricing.DiscountPercent, Percent: dec(percent)}
}

// limited is a till at which the cashier may give ten percent off, and the manager
// fifty.
func limited(t *testing.T) *fixture {
	f := newTill(t)
	ten, fifty := int64(10_00), int64(50_00)
	f.become(func(people []wire.PersonSetup) {
		people[0].Permissions = append(slices.Clone(people[0].Permissions), "sales.discount")
		people[0].Limits = wire.Limits{wire.ActionDiscount: &ten}
		people[1].Limits = wire.Limits{wire.ActionDiscount: &fifty}
	})
	f.signIn(cashier)
	_, err := f.OpenShift(0)
	require.NoError(t, err)
	return f
}

func TestADiscountBeyondTheLimitTakesSomeoneElse(t *testing.T) {
	t.Run("within the limit nobody is asked, to the coin", func(t *testing.T) {
		f := limited(t)
		line := *f.scan(milkCode).LineID
		_, err := f.SetLineDiscount(line, off("10"))
		require.NoError(t, err)
		require.Equal(t, money.Amount(116), f.State().Cart.Total)
	})
	t.Run("the approver sees the line before and after, and his word goes with the sale", func(t *testing.T) {
		f := limited(t)
		line := *f.scan(milkCode).LineID
		_, err := f.SetLineDiscount(line, off("50"))
		asked := isNeeded(t, err)
		require.Equal(t, wire.ActionDiscount, asked.Action)
		require.EqualValues(t, 10_00, *asked.Limit)
		require.Len(t, asked.Lines, 1)
		require.Equal(t, money.Amount(129), asked.Lines[0].Before)
		require.Equal(t, money.Amount(64), asked.Lines[0].After)
		_, err = f.Approve(manager, "1234", asked, "dented")
		require.NoError(t, err)
		_, err = f.SetLineDiscount(line, off("50"))
		require.NoError(t, err)
		f.scan(milkCode) // another piece is a line of its own, at its price
		f.pay()
		f.drained()
		sale := f.shop.sales()[0]
		require.Equal(t, manager, *sale.Lines[0].ApprovedBy)
		require.Nil(t, sale.Lines[1].ApprovedBy)
		require.Len(t, sale.Approvals, 1)
		require.Equal(t, "dented", sale.Approvals[0].Reason)
		require.Equal(t, wire.ApprovedByPIN, sale.Approvals[0].Way)
	})
	t.Run("it is bound to that line: more of it, or another, is asked for anew", func(t *testing.T) {
		f := limited(t)
		line := *f.scan(milkCode).LineID
		_, err := f.SetLineDiscount(line, off("40"))
		_, err = f.Approve(manager, "1234", isNeeded(t, err), "")
		require.NoError(t, err)
		_, err = f.SetLineDiscount(line, off("45"))
		require.EqualValues(t, 71, isNeeded(t, err).Lines[0].After, "less than what was approved")
		_, err = f.SetLineDiscount(line, off("40"))
		require.NoError(t, err)
		_, err = f.SetQuantity(line, dec("3"))
		isNeeded(t, err)
		require.Equal(t, money.Amount(77), f.State().Cart.Total, "the cart stays as it was")
	})
	t.Run("nobody approves beyond his own limit, nor his own", func(t *testing.T) {
		f := limited(t)
		line := *f.scan(milkCode).LineID
		_, err := f.SetLineDiscount(line, off("60"))
		asked := isNeeded(t, err)
		require.Empty(t, f.Approvers(asked))
		_, err = f.Approve(manager, "1234", asked, "")
		isFault(t, err, "till.approve_beyond")
		_, err = f.SetLineDiscount(line, off("30"))
		asked = isNeeded(t, err)
		require.Equal(t, []uuid.UUID{manager}, []uuid.UUID{f.Approvers(asked)[0].ID})
		_, err = f.Approve(cashier, "1234", asked, "")
		isFault(t, err, "till.approve_own")
	})
	t.Run("a discount on the cart counts on each line, and stacks", func(t *testing.T) {
		f := limited(t)
		line := *f.scan(milkCode).LineID
		_, err := f.SetLineDiscount(line, off("10"))
		require.NoError(t, err)
		_, err = f.SetCartDiscount(off("10"))
		require.Len(t, isNeeded(t, err).Lines, 1)
	})
	t.Run("what a manager gave, a cashier who takes the cart up cannot finish alone", func(t *testing.T) {
		f := limited(t)
		_, err := f.Lock()
		require.NoError(t, err)
		f.signIn(manager)
		line := *f.scan(milkCode).LineID
		_, err = f.SetLineDiscount(line, off("50"))
		require.NoError(t, err)
		_, err = f.Hold("Ada")
		require.NoError(t, err)
		f.signIn(cashier)
		held, err := f.Held()
		require.NoError(t, err)
		_, err = f.Recall(held[0].ID)
		require.NoError(t, err)
		f.scan(milkCode)
		tender := []wire.TenderIn{{MethodID: cash, Amount: 1000}}
		_, err = f.Complete(tender)
		_, err = f.Approve(manager, "1234", isNeeded(t, err), "")
		require.NoError(t, err)
		_, err = f.Complete(tender)
		require.NoError(t, err)
	})
	t.Run("a word that nobody uses is gone after two minutes", func(t *testing.T) {
		f := limited(t)
		var ahead atomic.Int64
		f.cfg.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		f.reopen()
		f.signIn(cashier)
		line := *f.scan(milkCode).LineID
		_, err := f.SetLineDiscount(line, off("50"))
		asked := isNeeded(t, err)
		_, err = f.Approve(manager, "1234", asked, "")
		require.NoError(t, err)
		ahead.Store(int64(3 * time.Minute))
		_, err = f.SetLineDiscount(line, off("50"))
		isNeeded(t, err)
	})
	t.Run("wrong PINs of an approver count as when signing in", func(t *testing.T) {
		f := limited(t)
		line := *f.scan(milkCode).LineID
		_, err := f.SetLineDiscount(line, off("50"))
		asked := isNeeded(t, err)
		for range 4 {
			_, err = f.Approve(manager, "0000", asked, "")
			isFault(t, err, "till.wrong_pin")
		}
		_, err = f.Approve(manager, "0000", asked, "")
		isFault(t, err, "till.pin_wait")
		_, err = f.SignIn(manager, "1234")
		isFault(t, err, "till.pin_wait")
	})
}

func TestMoreThanStandsOnTheShelfTakesSomeoneElseWhereTheShopSaysSo(t *testing.T) {
	f := newTill(t)
	none := int64(0)
	f.become(func(people []wire.PersonSetup) { people[0].Limits = wire.Limits{wire.ActionNegativeStock: &none} })
	f.signIn(cashier)
	_, err := f.OpenShift(0)
	require.NoError(t, err)
	line := *f.scan(milkCode).LineID
	_, err = f.SetQuantity(line, dec("5000"))
	require.NoError(t, err)
	tender := []wire.TenderIn{{MethodID: cash, Amount: 1_000_000}}
	_, err = f.Complete(tender)
	asked := isNeeded(t, err)
	require.NotNil(t, asked.Lines[0].OnHand)
	_, err = f.Approve(manager, "1234", asked, "")
	require.NoError(t, err)
	_, err = f.Complete(tender)
	require.NoError(t, err)
}
