package setup_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/server/catalog"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/sales"
	"souk/server/setup"
	"souk/server/tills"
	"souk/shared/wire"
)

const (
	allNames   db.SQL = `select name from items where tenant_id = @tenant and active order by name`
	gtins      db.SQL = `select code from barcodes where tenant_id = @tenant`
	leftovers  db.SQL = `select (select count(*) from items where tenant_id = @tenant) + (select count(*) from categories where tenant_id = @tenant) + (select count(*) from barcodes where tenant_id = @tenant) + (select count(*) from prices where tenant_id = @tenant) + (select count(*) from samples where tenant_id = @tenant)`
	bookedSums db.SQL = `select (select count(*) from journal_entries where tenant_id = @tenant) + (select count(*) from stock_moves where tenant_id = @tenant)`
)

// keeper is the owner of a shop that was just made in a house of its own.
type keeper struct {
	*house
	t      *testing.T
	tenant uuid.UUID
	person uuid.UUID
}

func newKeeper(t *testing.T, business wire.BusinessType, locale string) keeper {
	t.Helper()
	h := newHouse(t)
	in := form("samples-" + uuid.NewString()[:8])
	in.Shop.BusinessType, in.Shop.Locale = business, locale
	opened, err := setup.Make(t.Context(), h.program.Database, h.program.Authority.Grants(), in)
	require.NoError(t, err)
	return keeper{house: h, t: t, tenant: opened.Tenant, person: opened.Owner.PersonID}
}

func (k keeper) do(use func(ctx context.Context, tx *db.Tx) error) error {
	grants := k.program.Authority.Grants()
	actor := auth.Acting(k.tenant, k.person, wire.Owner, grants)
	return k.program.Database.Tenant(auth.WithGrants(auth.With(k.t.Context(), actor), grants), actor.Identity(), use)
}

func ask[T any](k keeper, statement db.SQL) (out []T) {
	k.t.Helper()
	require.NoError(k.t, k.do(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = db.All[T](ctx, tx, statement, db.Args{})
		return err
	}))
	return out
}

func (k keeper) add() (made setup.Samples, err error) {
	return made, k.do(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = setup.AddSamples(ctx, tx, struct{}{})
		return err
	})
}

func (k keeper) remove() (gone setup.SamplesGone) {
	k.t.Helper()
	require.NoError(k.t, k.do(func(ctx context.Context, tx *db.Tx) (err error) {
		gone, err = setup.RemoveSamples(ctx, tx, web.None{})
		return err
	}))
	return gone
}

func TestSamplesComeAndGoWithoutATrace(t *testing.T) {
	for _, business := range []wire.BusinessType{wire.Retail, wire.Supermarket, wire.Restaurant, wire.AutoService, wire.Dealership} {
		t.Run(string(business), func(t *testing.T) {
			k := newKeeper(t, business, "en-GB")
			made, err := k.add()
			require.NoError(t, err)
			require.GreaterOrEqual(t, made.Items, 10)
			require.Len(t, ask[string](k, allNames), made.Items)
			require.Zero(t, ask[int64](k, bookedSums)[0], "nothing is in the books")
			for _, code := range ask[string](k, gtins) {
				require.Regexp(t, "^952", code, "GS1 keeps this range for demonstrations")
			}
			_, err = k.add()
			require.ErrorContains(t, err, "setup.not_empty")
			require.Equal(t, setup.SamplesGone{Removed: made.Items}, k.remove())
			require.Zero(t, ask[int64](k, leftovers)[0])
			require.Equal(t, setup.SamplesGone{}, k.remove(), "a second time it does nothing")
		})
	}
}

func TestSamplesSpeakTheShopsLanguage(t *testing.T) {
	for locale, name := range map[string]string{"en-US": "Bread", "es-MX": "Pan", "ar-EG": "خبز", "fr-FR": "Bread"} {
		k := newKeeper(t, wire.Supermarket, locale)
		_, err := k.add()
		require.NoError(t, err)
		require.Contains(t, ask[string](k, allNames), name, locale)
	}
}

func TestRemovingSamplesKeepsWhatIsTheShopsOwn(t *testing.T) {
	k := newKeeper(t, wire.Retail, "en")
	made, err := k.add()
	require.NoError(t, err)
	require.NoError(t, k.do(func(ctx context.Context, tx *db.Tx) error {
		present, err := catalog.Categories(ctx, tx, web.None{})
		require.NoError(t, err)
		_, err = catalog.Create(ctx, tx, catalog.NewItem{ID: uuid.New(), ItemFacts: catalog.ItemFacts{Name: "My own", CategoryID: &present.Rows[0].ID, TaxCode: catalog.Standard, Price: 100}})
		return err
	}))
	require.Equal(t, made.Items, k.remove().Removed)
	require.Equal(t, []string{"My own"}, ask[string](k, allNames))
	require.NoError(t, k.do(func(ctx context.Context, tx *db.Tx) error {
		left, err := catalog.Categories(ctx, tx, web.None{})
		require.Len(t, left.Rows, 1, "its category stays")
		return err
	}))
}

func TestASampleThatWasSoldIsOnlyTakenOutOfSale(t *testing.T) {
	k := newKeeper(t, wire.Retail, "en")
	made, err := k.add()
	require.NoError(t, err)
	sellOne(t, k)
	require.Equal(t, setup.SamplesGone{Removed: made.Items - 1, Kept: 1}, k.remove())
	require.Empty(t, ask[string](k, allNames))
	progress := setup.Progress{}
	require.NoError(t, k.do(func(ctx context.Context, tx *db.Tx) (err error) {
		progress, err = setup.ShowProgress(ctx, tx, web.None{})
		return err
	}))
	require.True(t, progress.Sold)
	require.Zero(t, progress.Samples)
}

const (
	browserRegister db.SQL = `select id from registers where tenant_id = @tenant and kind = 'browser'`
	cashMethod      db.SQL = `select id from payment_methods where tenant_id = @tenant and kind = 'cash'`
	firstItem       db.SQL = `select id from items where tenant_id = @tenant and sold_by = 'each' order by sku limit 1`
)

func sellOne(t *testing.T, k keeper) {
	t.Helper()
	register, item := ask[uuid.UUID](k, browserRegister)[0], ask[uuid.UUID](k, firstItem)[0]
	require.NoError(t, k.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tills.OpenShift(ctx, tx, tills.NewShift{ID: uuid.New(), RegisterID: register})
		return err
	}))
	require.NoError(t, k.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := sales.Checkout(ctx, tx, wire.Checkout{
			ID: uuid.Must(uuid.NewV7()), RegisterID: register,
			Cart:    wire.Cart{Lines: []wire.CartLine{{ID: uuid.New(), ItemID: &item, Quantity: decimal.One}}},
			Tenders: []wire.TenderIn{{MethodID: ask[uuid.UUID](k, cashMethod)[0], Amount: 1490}},
		})
		return err
	}))
}
