package pricing_test

import (
	"math"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"souk/shared/money"
	"souk/shared/pricing"
)

func lookup(t require.TestingT, code string) money.Currency {
	c, ok := money.Lookup(code)
	require.True(t, ok)
	return c
}

func cash(a money.Amount) pricing.Tender {
	return pricing.Tender{MethodKind: pricing.Cash, Amount: a}
}

func card(a money.Amount) pricing.Tender { return pricing.Tender{MethodKind: "card", Amount: a} }

func TestSettleProblems(t *testing.T) {
	eur, chf := lookup(t, "EUR"), lookup(t, "CHF")
	for name, c := range map[string]struct {
		cur     money.Currency
		total   money.Amount
		tenders []pricing.Tender
		code    string
	}{
		"nothing paid":                      {eur, 1000, nil, pricing.Underpaid},
		"too little cash":                   {eur, 1000, []pricing.Tender{cash(999)}, pricing.Underpaid},
		"card and cash too little together": {eur, 1000, []pricing.Tender{card(500), cash(499)}, pricing.Underpaid},
		"card above the total":              {eur, 1000, []pricing.Tender{card(1001)}, pricing.ChangeWithoutCash},
		"more change than cash":             {eur, 1000, []pricing.Tender{card(1100), cash(50)}, pricing.ChangeWithoutCash},
		"money the wrong way":               {eur, 1000, []pricing.Tender{cash(1100), cash(-100)}, pricing.TenderSign},
		"payout on a sale":                  {eur, 1000, []pricing.Tender{cash(-1000)}, pricing.TenderSign},
		"payment on a refund":               {eur, -1000, []pricing.Tender{cash(1000)}, pricing.TenderSign},
		"refund paid out short":             {eur, -1000, []pricing.Tender{cash(-999)}, pricing.Underpaid},
		"refund by card too high":           {eur, -1000, []pricing.Tender{card(-1001)}, pricing.ChangeWithoutCash},
		"the cash part is rounded up":       {chf, 1003, []pricing.Tender{card(500), cash(500)}, pricing.Underpaid},
		"all by card is not rounded":        {chf, 1002, []pricing.Tender{card(500), card(500)}, pricing.Underpaid},
		"more than fits":                    {eur, 1000, []pricing.Tender{cash(money.Max), cash(1)}, pricing.AmountTooLarge},
		"total beyond all amounts":          {eur, math.MinInt64, nil, pricing.AmountTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pricing.Settle(c.cur, c.total, c.tenders)
			requireProblem(t, err, c.code, uuid.Nil)
		})
	}
}

func TestCashBelowTheSmallestCoinIsWaived(t *testing.T) {
	s, err := pricing.Settle(lookup(t, "CHF"), 2, []pricing.Tender{cash(0)})
	require.NoError(t, err)
	require.Equal(t, money.Amount(0), s.Due)
	require.Equal(t, money.Amount(-2), s.Rounding)
}

func TestSettlementsBalanceAndMirror(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cur := lookup(t, rapid.SampledFrom([]string{"EUR", "CHF", "SEK", "JPY", "KWD", "DKK"}).Draw(t, "currency"))
		total := money.Amount(rapid.Int64Range(0, 10000).Draw(t, "total"))
		tenders := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) pricing.Tender {
			return pricing.Tender{
				MethodKind: rapid.SampledFrom([]string{pricing.Cash, pricing.Cash, "card", "voucher"}).Draw(t, "method"),
				Amount:     money.Amount(rapid.Int64Range(0, 8000).Draw(t, "amount")),
			}
		}), 1, 4).Draw(t, "tenders")

		s, err := pricing.Settle(cur, total, tenders)
		back := make([]pricing.Tender, len(tenders))
		for i, tender := range tenders {
			back[i] = pricing.Tender{MethodKind: tender.MethodKind, Amount: -tender.Amount}
		}
		refund, refundErr := pricing.Settle(cur, -total, back)
		require.Equal(t, err, refundErr)
		if err != nil {
			return
		}
		requireBalanced(t, s)
		requireBalanced(t, refund)
		require.Equal(t, -s.Due, refund.Due)
		require.Equal(t, -s.Change, refund.Change)
		require.Less(t, s.Rounding.Abs(), max(cur.CashStep, 1))
		var other money.Amount
		for _, tender := range s.Tenders {
			if tender.MethodKind != pricing.Cash {
				other += tender.Amount
			}
		}
		require.Equal(t, s.Due-other, cur.RoundCash(s.Due-other), "what is paid in cash can be paid in coins, unless nothing is rounded")
		for i, tender := range s.Tenders {
			require.Equal(t, tenders[i].Amount, tender.Tendered)
			require.GreaterOrEqual(t, tender.Amount, money.Amount(0))
			if tender.MethodKind != pricing.Cash {
				require.Zero(t, tender.Change)
			}
		}
	})
}

func requireBalanced(t require.TestingT, s pricing.Settlement) {
	require.Equal(t, s.Due, s.Total+s.Rounding)
	require.Equal(t, s.Due, s.Paid-s.Change)
	var kept, change money.Amount
	for _, tender := range s.Tenders {
		require.Equal(t, tender.Tendered, tender.Amount+tender.Change)
		kept, change = kept+tender.Amount, change+tender.Change
	}
	require.Equal(t, s.Due, kept)
	require.Equal(t, s.Change, change)
}
