package limits_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/shared/limits"
	"souk/shared/money"
	"souk/shared/wire"
)

func line(gross, discount money.Amount) limits.Line {
	return limits.Line{Name: "Tea", Quantity: decimal.One, UnitPrice: gross, ListPrice: gross, Gross: gross, Discount: discount}
}

func upTo(most int64) limits.Reach { return limits.Reach{May: true, Most: &most} }

func TestDiscountsAreMeasuredToTheCoin(t *testing.T) {
	for name, c := range map[string]struct {
		gross, discount money.Amount
		most            int64
		amount          int64 // asked for; 0 is within reach
	}{
		"a tenth of 0.99 is 0.10":        {99, 10, 10_00, 0},
		"half of 5.09 is 2.55":           {509, 255, 20_00, 50_00},
		"half of 5.00 is 2.50":           {500, 250, 20_00, 50_00},
		"all of it":                      {1000, 1000, 99_00, 100_00},
		"nothing may be taken off":       {1000, 1, 0, 10},
		"one percent too much":           {10_000, 1101, 10_00, 11_01},
		"a coin more, of two roundings":  {10_000, 1001, 10_00, 0},
		"two coins more":                 {10_000, 1002, 10_00, 10_02},
		"amounts near the end of int64":  {money.Max, money.Max / 2, 49_00, 50_00},
		"a line below zero after it all": {100, 300, 50_00, 100_00},
	} {
		t.Run(name, func(t *testing.T) {
			v := limits.Discounts([]limits.Line{line(c.gross, c.discount)}, upTo(c.most), nil)
			if c.amount == 0 {
				require.Nil(t, v.Need)
				return
			}
			require.Equal(t, c.amount, v.Need.Amount)
			require.True(t, limits.Reach{May: true}.Approves(*v.Need))
			require.False(t, upTo(c.most).Approves(*v.Need), "who may not do it may not approve it either")
		})
	}
}

func TestAnApprovalIsForExactlyItsLinesAndOnce(t *testing.T) {
	need := limits.Discounts([]limits.Line{line(100, 50)}, upTo(10_00), nil).Need
	given := wire.Approval{ID: uuid.New(), Asked: *need, By: uuid.New()}
	look := func(lines ...limits.Line) *wire.Asked {
		return limits.Discounts(lines, upTo(10_00), []wire.Approval{given, given}).Need
	}
	require.Nil(t, look(line(100, 50)))
	require.Nil(t, look(line(100, 40)), "less off than was approved")
	require.NotNil(t, look(line(100, 51)))
	require.NotNil(t, look(line(200, 100)))
	require.Len(t, look(line(100, 50), line(100, 50)).Lines, 1, "brought twice it still counts once")
	require.Nil(t, look(line(100, 50), line(100, 5)), "what is within reach needs none")
}

func TestTheHashLeavesOutWhatIsToldBeside(t *testing.T) {
	asked := limits.CashMove(wire.CashOut, wire.ReasonPetty, 500)
	told := asked
	most, stands := int64(7), decimal.One
	told.Limit = &most
	told.Lines = []wire.AskedLine{asked.Lines[0]}
	told.Lines[0].OnHand, told.Lines[0].Quantity = &stands, decimal.MustParse("1.000")
	require.Equal(t, limits.Hash(asked), limits.Hash(told))
	require.NotEqual(t, limits.Hash(asked), limits.Hash(limits.CashMove(wire.CashOut, wire.ReasonPetty, 501)))
	require.NotEqual(t, limits.Hash(asked), limits.Hash(limits.CashMove(wire.CashOut, wire.ReasonBank, 500)))
}
