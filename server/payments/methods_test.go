package payments_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/ledger"
	"souk/server/payments"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/server/tenants"
	"souk/shared/fault"
)

func open(t *testing.T) (context.Context, *db.Tx, []payments.Method, ledger.Chart) {
	t.Helper()
	ctx, tx, _ := dbtest.Tx(t)
	require.NoError(t, ledger.Module.Reacts[0].Run(ctx, tx, tenants.Opened{}))
	require.NoError(t, payments.Module.Reacts[0].Run(ctx, tx, tenants.Opened{}))
	r := tx.Reads()
	methods, chart := payments.ReadMethods(r), ledger.ReadChart(r)
	require.NoError(t, r.Run(ctx))
	return ctx, tx, *methods, ledger.ChartOf(*chart)
}

func TestANewShopTakesCashCardAndOther(t *testing.T) {
	_, _, methods, chart := open(t)
	require.Len(t, methods, 3)
	for i, want := range []payments.Method{
		{Kind: payments.KindCash, Name: "Cash", AccountID: chart[ledger.RoleCash], OpensDrawer: true},
		{Kind: payments.KindCard, Name: "Card", AccountID: chart[ledger.RoleCard]},
		{Kind: payments.KindOther, Name: "Other", AccountID: chart[ledger.RoleOther]},
	} {
		want.ID, want.Position, want.Active = methods[i].ID, i+1, true
		require.Equal(t, want, methods[i])
	}
}

func TestAdd(t *testing.T) {
	t.Run("takes the account of its kind unless it names one", func(t *testing.T) {
		ctx, tx, _, chart := open(t)
		voucher, err := payments.Add(ctx, tx, payments.NewMethod{ID: uuid.New(), Kind: payments.KindOther, Name: " Voucher ", Position: 9})
		require.NoError(t, err)
		require.Equal(t, chart[ledger.RoleOther], voucher.AccountID)
		bank := chart[ledger.RoleCard]
		transfer, err := payments.Add(ctx, tx, payments.NewMethod{ID: uuid.New(), Kind: payments.KindOther, Name: "Transfer", AccountID: &bank, Position: 10})
		require.NoError(t, err)
		got, err := payments.List(ctx, tx, web.None{})
		require.NoError(t, err)
		require.Equal(t, []payments.Method{voucher, transfer}, got.Rows[3:])
		require.Equal(t, "Voucher", voucher.Name)
	})
	t.Run("refuses an account that is not there", func(t *testing.T) {
		ctx, tx, _, _ := open(t)
		nowhere := uuid.New()
		_, err := payments.Add(ctx, tx, payments.NewMethod{ID: uuid.New(), Kind: payments.KindOther, Name: "X", AccountID: &nowhere})
		require.ErrorIs(t, err, fault.Invalid("payments.bad_account"))
	})
}

func TestChange(t *testing.T) {
	edit := func(m payments.Method, active bool) payments.MethodChange {
		return payments.MethodChange{ID: m.ID, Body: payments.MethodEdit{Name: "Renamed", AccountID: m.AccountID, Position: 5, Active: active}}
	}
	t.Run("closes a method", func(t *testing.T) {
		ctx, tx, methods, _ := open(t)
		changed, err := payments.Change(ctx, tx, edit(methods[1], false))
		require.NoError(t, err)
		got, err := payments.List(ctx, tx, web.None{})
		require.NoError(t, err)
		require.Contains(t, got.Rows, changed)
		require.False(t, changed.Active)
	})
	t.Run("keeps one way to take cash", func(t *testing.T) {
		ctx, tx, methods, _ := open(t)
		_, err := payments.Change(ctx, tx, edit(methods[0], false))
		require.ErrorIs(t, err, fault.Conflict("payments.last_cash"))
		_, err = payments.Add(ctx, tx, payments.NewMethod{ID: uuid.New(), Kind: payments.KindCash, Name: "Dollars"})
		require.NoError(t, err)
		_, err = payments.Change(ctx, tx, edit(methods[0], false))
		require.NoError(t, err)
	})
	t.Run("refuses what is not there", func(t *testing.T) {
		ctx, tx, methods, _ := open(t)
		gone := methods[0]
		gone.ID = uuid.New()
		_, err := payments.Change(ctx, tx, edit(gone, true))
		require.ErrorIs(t, err, fault.NotFound("request.not_found"))
		gone = methods[0]
		gone.AccountID = uuid.New()
		_, err = payments.Change(ctx, tx, edit(gone, true))
		require.ErrorIs(t, err, fault.Invalid("payments.bad_account"))
	})
}
