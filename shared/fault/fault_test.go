package fault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/shared/fault"
)

func TestConstructors(t *testing.T) {
	made := map[fault.Kind]*fault.Error{
		fault.KindInvalid:         fault.Invalid("a.b"),
		fault.KindNotFound:        fault.NotFound("a.b"),
		fault.KindConflict:        fault.Conflict("a.b"),
		fault.KindForbidden:       fault.Forbidden("a.b"),
		fault.KindUnauthenticated: fault.Unauthenticated("a.b"),
		fault.KindTooMany:         fault.TooMany("a.b", time.Minute),
		fault.KindUnavailable:     fault.Unavailable("a.b"),
		fault.KindInternal:        fault.Internal("a.b"),
	}
	require.Len(t, made, len(fault.Kinds()))
	for kind, e := range made {
		require.Equal(t, kind, e.Kind)
		require.Equal(t, "a.b", e.Code)
	}
}

func TestPassing(t *testing.T) {
	require.True(t, fault.Unavailable("a.b").Passing())
	require.True(t, fault.TooMany("a.b", time.Minute).Passing())
	require.Equal(t, time.Minute, fault.TooMany("a.b", time.Minute).Say("Wait a minute.").Wait)
	require.False(t, fault.Conflict("a.b").Passing())
}

func TestOf(t *testing.T) {
	t.Run("finds a wrapped fault", func(t *testing.T) {
		f := fault.Conflict("sales.till_closed")
		require.Same(t, f, fault.Of(fmt.Errorf("check out: %w", f)))
	})
	t.Run("is nil for any other error", func(t *testing.T) {
		require.Nil(t, fault.Of(errors.New("disk full")))
		require.Nil(t, fault.Of(nil))
	})
}

func TestIsComparesKindAndCode(t *testing.T) {
	err := fmt.Errorf("save: %w", fault.Conflict("catalog.sku_taken").Say("Choose another SKU."))
	require.ErrorIs(t, err, fault.Conflict("catalog.sku_taken"))
	require.NotErrorIs(t, err, fault.Invalid("catalog.sku_taken"))
	require.NotErrorIs(t, err, fault.Conflict("catalog.name_taken"))
}

func TestCauseStaysReachableAndPrivate(t *testing.T) {
	cause := errors.New("dial tcp 10.0.0.7: refused")
	f := fault.Unavailable("payments.terminal_away", fault.Because(cause)).Say("Check the terminal's cable.")
	require.ErrorIs(t, f, cause)
	require.Equal(t, "payments.terminal_away: Check the terminal's cable.: dial tcp 10.0.0.7: refused", f.Error())

	body, err := json.Marshal(f)
	require.NoError(t, err)
	require.JSONEq(t, `{"kind":"unavailable","code":"payments.terminal_away","message":"Check the terminal's cable."}`, string(body))
}

func TestCompletingASharedFaultLeavesItAlone(t *testing.T) {
	shared := fault.Invalid("catalog.item_invalid", fault.At("name", "required", "Give it a name."))
	one := shared.With(fault.Field{Path: "price", Code: "negative"}).Messagef("%d problems", 2)
	two := shared.With(fault.Field{Path: "unit", Code: "unknown"}).Wrap(errors.New("x"))

	require.Len(t, shared.Fields, 1)
	require.Empty(t, shared.Message)
	require.NoError(t, shared.Err)
	require.Equal(t, "price", one.Fields[1].Path)
	require.Equal(t, "unit", two.Fields[1].Path)
	require.Equal(t, "2 problems", one.Message)
	require.Equal(t, "catalog.item_invalid: 2 problems [name required] [price negative]", one.Error())
}
