package inventory

import (
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"souk/shared/money"
)

func qty(s string) decimal.Decimal { return decimal.MustParse(s) }

func worth(v money.Amount) *money.Amount { return &v }

func TestValuation(t *testing.T) {
	type step struct {
		quantity string
		value    *money.Amount // nil: at the average
		moved    money.Amount
		onHand   string
		total    money.Amount
	}
	for name, steps := range map[string][]step{
		"receipts make a weighted average": {
			{"10", worth(1000), 1000, "10", 1000}, {"5", worth(800), 800, "15", 1800}, {"-5", nil, -600, "10", 1200},
		},
		"the last one takes the rest of the value": {
			{"3", worth(100), 100, "3", 100}, {"-1", nil, -33, "2", 67}, {"-1", nil, -34, "1", 33}, {"-1", nil, -33, "0", 0},
		},
		"below zero at the last cost, restocked dearer": {
			{"2", worth(200), 200, "2", 200}, {"-5", nil, -500, "-3", -300},
			{"1", worth(120), 100, "-2", -200}, {"10", worth(1200), 1160, "8", 960},
		},
		"a shortage filled exactly leaves no value": {
			{"-5", nil, -450, "-5", -450}, {"5", worth(600), 450, "0", 0},
		},
		"never stocked sells at the fallback cost and comes back at it": {
			{"-2", nil, -180, "-2", -180}, {"2", worth(180), 180, "0", 0}, {"1", nil, 90, "1", 90},
		},
		"a reversal never leaves stock worth less than nothing": {
			{"10", worth(100), 100, "10", 100}, {"-5", worth(400), -100, "5", 0}, {"-5", nil, 0, "0", 0},
		},
		"weighed goods": {
			{"1.5", worth(300), 300, "1.5", 300}, {"-0.333", nil, -67, "1.167", 233}, {"-1.167", nil, -233, "0", 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var balances []Balance
			for _, s := range steps {
				move := Move{Quantity: qty(s.quantity), Value: s.value, FallbackCost: 90}
				shelves, values, err := settle(balances, []Move{move})
				require.NoError(t, err)
				require.Equal(t, []money.Amount{s.moved}, values)
				require.Zero(t, shelves[0].OnHand.Cmp(qty(s.onHand)))
				require.Equal(t, s.total, shelves[0].Value)
				balances = []Balance{shelves[0].Balance}
			}
		})
	}
}

func TestSettleSaysWhenAFigureIsTooLarge(t *testing.T) {
	_, _, err := settle(nil, []Move{{Quantity: qty("100000000"), FallbackCost: money.Max}})
	require.ErrorContains(t, err, "too_much")
}

// TestAnySequenceKeepsStockAndValue: whatever happens, in one booking or in many,
// the balance is the sum of the moves and empty shelves are worth nothing.
func TestAnySequenceKeepsStockAndValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		balances := []Balance{}
		onHand, total := map[uuid.UUID]decimal.Decimal{}, map[uuid.UUID]money.Amount{}
		items := []uuid.UUID{uuid.New(), uuid.New()}
		for range rapid.IntRange(1, 12).Draw(t, "bookings") {
			moves := rapid.SliceOfN(aMove(items), 1, 4).Draw(t, "moves")
			shelves, values, err := settle(balances, moves)
			require.NoError(t, err)
			for i, move := range moves {
				onHand[move.ItemID], err = onHand[move.ItemID].Add(move.Quantity)
				require.NoError(t, err)
				total[move.ItemID] += values[i]
				if move.Quantity.IsPos() {
					require.GreaterOrEqual(t, values[i], money.Amount(0))
				} else {
					require.LessOrEqual(t, values[i], money.Amount(0))
				}
			}
			balances = merge(balances, shelves)
			for _, b := range balances {
				require.Zero(t, b.OnHand.Cmp(onHand[b.ItemID]))
				require.Equal(t, total[b.ItemID], b.Value)
				requireSane(t, b)
			}
		}
	})
}

func requireSane(t *rapid.T, b Balance) {
	require.False(t, b.UnitCost.IsNeg())
	switch b.OnHand.Sign() {
	case 0:
		require.Zero(t, b.Value)
	case 1:
		require.GreaterOrEqual(t, b.Value, money.Amount(0))
	default:
		require.LessOrEqual(t, b.Value, money.Amount(0))
	}
}

// aMove is a receipt, a sale, a return at a known or at the average value.
func aMove(items []uuid.UUID) *rapid.Generator[Move] {
	return rapid.Custom(func(t *rapid.T) Move {
		// Small whole numbers often meet zero; fine ones test the rounding.
		units := rapid.OneOf(rapid.Int64Range(-4, 4), rapid.Int64Range(-3_000_000, 3_000_000)).Draw(t, "quantity")
		scale := rapid.SampledFrom([]int{0, 3, 4}).Draw(t, "scale")
		if units == 0 {
			units = 1
		}
		move := Move{
			ItemID: rapid.SampledFrom(items).Draw(t, "item"), Quantity: decimal.MustNew(units, scale),
			FallbackCost: money.Amount(rapid.Int64Range(0, 5000).Draw(t, "fallback")),
		}
		if rapid.Bool().Draw(t, "valued") {
			move.Value = worth(money.Amount(rapid.Int64Range(0, 1_000_000).Draw(t, "value")))
		}
		return move
	})
}

func merge(balances []Balance, shelves []*shelf) []Balance {
	byItem := map[uuid.UUID]Balance{}
	for _, b := range balances {
		byItem[b.ItemID] = b
	}
	for _, s := range shelves {
		byItem[s.ItemID] = s.Balance
	}
	out := make([]Balance, 0, len(byItem))
	for _, b := range byItem {
		out = append(out, b)
	}
	return out
}
