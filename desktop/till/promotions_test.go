package till_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/shared/money"
	"souk/shared/pricing"
	"souk/shared/promotion"
	"souk/shared/wire"
)

// offering opens a shop with promotions and sells in it.
func offering(t *testing.T, person uuid.UUID, offers ...promotion.Offer) *fixture {
	s := openShop(t)
	s.setup.Promotions = offers
	f := unpaired(t, s)
	_, err := f.Pair(s.URL, "GOODCODE", "test till")
	require.NoError(t, err)
	f.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked })
	f.signIn(person)
	_, err = f.OpenShift(10_000)
	require.NoError(t, err)
	return f
}

// paperOf is the text of the last sale's receipt.
func (f *fixture) paperOf(state wire.RegisterState) string {
	f.t.Helper()
	receipt, err := f.Receipt(state.LastSale.ID)
	require.NoError(f.t, err)
	var text strings.Builder
	for _, l := range receipt.Lines {
		text.WriteString(l.Text + "\n")
	}
	return text.String()
}

var (
	threeForTwo = promotion.Offer{ID: uuid.New(), Name: "3 for 2", Terms: promotion.Terms{
		Kind: promotion.BuyGet, Buy: 2, Get: 1, Percent: dec("100"), Goods: promotion.Goods{Items: []uuid.UUID{milk}},
	}}
	foodWeek = promotion.Offer{ID: uuid.New(), Name: "Food week", Terms: promotion.Terms{
		Kind: promotion.Percent, Percent: dec("10"), Goods: promotion.Goods{Categories: []uuid.UUID{food}},
	}}
	fiveOff = promotion.Offer{ID: uuid.New(), Name: "Five off", Terms: promotion.Terms{
		Kind: promotion.Spend, Amount: 500, MinSpend: 1000, Coupon: "FIVE", Stacks: true,
	}}
)

func TestPromotionsOffline(t *testing.T) {
	f := offering(t, cashier, threeForTwo, foodWeek)
	f.shop.down()
	f.scan("2*" + milkCode)
	state := f.State()
	require.Equal(t, money.Amount(258-26), state.Cart.Total, "10 % off what is food")
	state = f.scan(milkCode).State
	require.Equal(t, money.Amount(387-129), state.Cart.Total, "three for two is better for the customer")
	require.Equal(t, []pricing.Deal{{Promotion: threeForTwo.ID, Name: "3 for 2", Amount: 129}}, state.Cart.Lines[0].Deals)
	require.Equal(t, []pricing.Step{
		{Kind: pricing.StepList, Amount: 387}, {Kind: pricing.StepPromotion, Name: "3 for 2", Amount: -129},
	}, state.Cart.Lines[0].Steps[:2])
	weight := dec("1.000")
	_, err := f.AddItem(bananas, &weight, nil)
	require.NoError(t, err)
	require.Equal(t, money.Amount(20), f.State().Cart.Lines[1].Saved, "fruit lies in food, and what is weighed gets a percentage too")

	state, err = f.Complete([]wire.TenderIn{{MethodID: cash, Amount: 500}})
	require.NoError(t, err)
	require.Equal(t, money.Amount(258+179), state.LastSale.Total)
	paper := f.paperOf(state)
	require.Contains(t, paper, "3 for 2")
	require.Contains(t, paper, "Food week")

	z, err := f.CloseShift(10_437)
	require.NoError(t, err)
	require.Equal(t, money.Amount(149), z.Discount)
	f.shop.up()
	f.drained()
	sold := f.shop.sales()[0]
	require.Equal(t, money.Amount(129), sold.Lines[0].Promoted())
	require.Equal(t, foodWeek.ID, sold.Lines[1].Deals[0].Promotion)
}

func TestAPromotionNeedsNoApprovalAndADiscountOnTopDoes(t *testing.T) {
	f := offering(t, cashier, threeForTwo)
	f.scan("3*" + milkCode)
	line := f.State().Cart.Lines[0]
	require.Equal(t, money.Amount(129), line.Saved, "who may give no discount may sell what the shop offers")
	_, err := f.SetLineDiscount(line.ID, &pricing.Discount{Kind: pricing.DiscountPercent, Percent: dec("50")})
	isFault(t, err, "approvals.needed")

	f = offering(t, manager, threeForTwo)
	f.scan("3*" + milkCode)
	line = f.State().Cart.Lines[0]
	state, err := f.SetLineDiscount(line.ID, &pricing.Discount{Kind: pricing.DiscountPercent, Percent: dec("50"), Reason: "dented"})
	require.NoError(t, err)
	require.Equal(t, money.Amount(129), state.Cart.Total, "half of what the promotion leaves")
	state, err = f.SetPrice(line.ID, 100)
	require.NoError(t, err)
	require.Empty(t, state.Cart.Lines[0].Deals, "a price that is set by hand is the price")
	require.Equal(t, money.Amount(150), state.Cart.Total)
}

func TestACouponIsScannedTypedAndGivenBack(t *testing.T) {
	f := offering(t, cashier, fiveOff)
	_, err := f.AddCoupon("SIX")
	isFault(t, err, "till.coupon_unknown")
	require.Equal(t, wire.ScanCoupon, f.scan("five").Outcome)
	_, err = f.AddCoupon(" Five ")
	isFault(t, err, "till.coupon_taken")
	f.scan("3*" + breadCode)
	state := f.State()
	require.Equal(t, []string{"FIVE"}, state.Cart.Coupons)
	require.Equal(t, money.Amount(550), state.Cart.Total)
	f.reopen()
	f.signIn(cashier)
	require.Equal(t, money.Amount(550), f.State().Cart.Total, "it is on disk with the cart")
	state, err = f.RemoveCoupon("FIVE")
	require.NoError(t, err)
	require.Equal(t, money.Amount(1050), state.Cart.Total)
	state, err = f.Undo()
	require.NoError(t, err)
	require.Equal(t, money.Amount(550), state.Cart.Total)
}

// What was bought three for two comes back at two thirds of its price each.
func TestWhatAPromotionTookOffDoesNotComeBack(t *testing.T) {
	f := offering(t, manager, threeForTwo)
	f.scan("3*" + milkCode)
	f.pay()
	f.shop.down()
	var given money.Amount
	for range 3 {
		state := f.takeBack("1A-000001", "1")
		require.Empty(t, state.Cart.Lines[0].Deals)
		state = f.tender(wire.TenderIn{MethodID: cash, Amount: state.Cart.Total})
		given += state.LastSale.Total
		require.Contains(t, f.paperOf(state), "3 for 2")
	}
	require.Equal(t, money.Amount(-258), given)
}

// The happy hour ends while the customer looks for his purse.
func TestWhatWasOfferedHoldsWhileItIsPaid(t *testing.T) {
	now := time.Date(2026, 11, 20, 17, 59, 0, 0, time.UTC) // 18:59 in the shop
	happy := foodWeek
	happy.Terms.FromHour, happy.Terms.UntilHour = "18:00", "19:00"
	s := openShop(t)
	s.setup.Promotions = []promotion.Offer{happy}
	f := unpaired(t, s)
	require.NoError(t, f.Engine.Close())
	f.cfg.Clock = func() time.Time { return now }
	f.open()
	_, err := f.Pair(s.URL, "GOODCODE", "test till")
	require.NoError(t, err)
	f.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked })
	f.signIn(cashier)
	_, err = f.OpenShift(10_000)
	require.NoError(t, err)

	f.scan(breadCode)
	due := f.State().Cart.Total
	require.Equal(t, money.Amount(315), due)
	now = now.Add(5 * time.Minute)
	state := f.tender(wire.TenderIn{MethodID: cash, Amount: due})
	require.Equal(t, due, state.LastSale.Total)

	f.scan(breadCode)
	require.Equal(t, money.Amount(350), f.State().Cart.Total, "the next one is too late")
}

func TestAPromotionThatIsStoppedLeavesTheOpenCart(t *testing.T) {
	f := offering(t, cashier, foodWeek)
	f.scan(breadCode)
	require.Equal(t, money.Amount(315), f.State().Cart.Total)
	f.shop.mu.Lock()
	f.shop.setup.Promotions = nil
	f.shop.seq += 5000 // more than is kept: the till fetches all again
	f.shop.epoch = uuid.New()
	f.shop.mu.Unlock()
	f.SyncNow()
	f.await(func(s wire.RegisterState) bool { return s.Cart.Total == 350 })
}
