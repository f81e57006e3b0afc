package parties_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/parties"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/page"
	"souk/shared/fault"
)

func added(t *testing.T, ctx context.Context, tx *db.Tx, facts parties.CustomerFacts) parties.Customer {
	t.Helper()
	customer, err := parties.Add(ctx, tx, parties.NewCustomer{ID: uuid.Must(uuid.NewV7()), CustomerFacts: facts})
	require.NoError(t, err)
	return customer
}

func names(t *testing.T, ctx context.Context, tx *db.Tx, in parties.CustomerQuery) []string {
	t.Helper()
	got, err := parties.List(ctx, tx, in)
	require.NoError(t, err)
	list := []string{}
	for _, row := range got.Rows {
		list = append(list, row.Name)
	}
	return list
}

func paths(t *testing.T, err error, code string) []string {
	t.Helper()
	f := fault.Of(err)
	require.NotNil(t, f, "%v", err)
	require.Equal(t, code, f.Code)
	require.NotEmpty(t, f.Message)
	var paths []string
	for _, field := range f.Fields {
		paths = append(paths, field.Path)
	}
	return paths
}

func TestCustomer(t *testing.T) {
	t.Run("is kept as given, without the blanks around", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		facts := parties.CustomerFacts{Name: " Ada Byron ", Email: "ada@example.org", Phone: "+44 20 7946 0123", Address: "1 Mill Lane", TaxNumber: "GB123", Notes: "VIP"}
		customer := added(t, ctx, tx, facts)
		facts.Name = "Ada Byron"
		require.Equal(t, facts, customer.CustomerFacts)
		require.True(t, customer.Active)
		again, err := parties.Show(ctx, tx, parties.CustomerID{ID: customer.ID})
		require.NoError(t, err)
		require.Equal(t, customer, again)
		require.NoError(t, tx.SettleForTest(ctx))
	})
	t.Run("every wrong field is named", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		for _, email := range []string{"ada", "ada@", "Ada <ada@example.org>", "a b@example.org"} {
			_, err := parties.Add(ctx, tx, parties.NewCustomer{ID: uuid.New(), CustomerFacts: parties.CustomerFacts{Name: " ", Email: email}})
			require.Equal(t, []string{"name", "email"}, paths(t, err, "parties.bad_customer"), email)
			require.Equal(t, fault.KindInvalid, fault.Of(err).Kind)
		}
	})
	t.Run("a change on an old version shows what differs", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		customer := added(t, ctx, tx, parties.CustomerFacts{Name: "Ada", Phone: "1"})
		change := func(name, phone string, version int) (parties.Customer, error) {
			return parties.Change(ctx, tx, parties.CustomerChange{ID: customer.ID, Body: parties.CustomerEdit{
				CustomerFacts: parties.CustomerFacts{Name: name, Phone: phone}, Version: version,
			}})
		}
		after, err := change("Ada Lovelace", "1", 1)
		require.NoError(t, err)
		require.Equal(t, 2, after.Version)
		require.Equal(t, []string{"Ada Lovelace"}, names(t, ctx, tx, parties.CustomerQuery{Q: "love"}))
		_, err = change("Ada Lovelace", "2", 1)
		require.Equal(t, []string{"version", "phone"}, paths(t, err, "parties.changed_meanwhile"))
		require.Equal(t, "1", fault.Of(err).Fields[1].Message)
		_, err = change("", "2", 2)
		require.Equal(t, []string{"name"}, paths(t, err, "parties.bad_customer"))
	})
	t.Run("an archived one is out of the list until it is restored", func(t *testing.T) {
		ctx, tx, _ := dbtest.Tx(t)
		customer := added(t, ctx, tx, parties.CustomerFacts{Name: "Ada"})
		archived, err := parties.Archive(ctx, tx, parties.CustomerID{ID: customer.ID})
		require.NoError(t, err)
		require.False(t, archived.Active)
		require.Empty(t, names(t, ctx, tx, parties.CustomerQuery{}))
		require.Equal(t, []string{"Ada"}, names(t, ctx, tx, parties.CustomerQuery{Active: "all"}))
		require.Equal(t, []string{"Ada"}, names(t, ctx, tx, parties.CustomerQuery{Active: "false", Q: "ada"}))
		_, err = parties.Restore(ctx, tx, parties.CustomerID{ID: customer.ID})
		require.NoError(t, err)
		require.Equal(t, []string{"Ada"}, names(t, ctx, tx, parties.CustomerQuery{}))
	})
}

func TestList(t *testing.T) {
	ctx, tx, _ := dbtest.Tx(t)
	added(t, ctx, tx, parties.CustomerFacts{Name: "Zoë Müller", Phone: "+49 (30) 901820", Email: "zoe@example.org"})
	added(t, ctx, tx, parties.CustomerFacts{Name: "Élodie Petit", TaxNumber: "FR12345"})
	added(t, ctx, tx, parties.CustomerFacts{Name: "eric", Email: "e.petit@example.com"})

	require.Equal(t, []string{"Élodie Petit", "eric", "Zoë Müller"}, names(t, ctx, tx, parties.CustomerQuery{}))
	require.Equal(t, []string{"Zoë Müller", "eric", "Élodie Petit"}, names(t, ctx, tx, parties.CustomerQuery{Sort: "-name"}))
	for q, want := range map[string]string{
		"muller": "[Zoë Müller]", "petit": "[Élodie Petit eric]", "pet el": "[Élodie Petit]", "4930901": "[Zoë Müller]", "901820": "[Zoë Müller]",
		"fr123": "[Élodie Petit]", "zoe@example": "[Zoë Müller]", "etit": "[]", "??": "[]",
	} {
		require.Equal(t, want, fmt.Sprint(names(t, ctx, tx, parties.CustomerQuery{Q: q})), q)
	}
	for range 4 {
		added(t, ctx, tx, parties.CustomerFacts{Name: "Petit"})
	}
	for _, sort := range []string{"name", "-name", "updated", "-updated"} {
		for _, in := range []parties.CustomerQuery{{Sort: sort}, {Sort: sort, Q: "petit"}} {
			whole, err := parties.List(ctx, tx, in)
			require.NoError(t, err)
			for _, limit := range []int{1, 2, len(whole.Rows) - 1, len(whole.Rows)} {
				in.Limit, in.After = limit, ""
				var rows []parties.Customer
				for {
					got, err := parties.List(ctx, tx, in)
					require.NoError(t, err)
					rows = append(rows, got.Rows...)
					if in.After = got.Next; got.Next == "" {
						break
					}
				}
				require.Equal(t, whole.Rows, rows, "%s by %d", sort, limit)
			}
		}
	}

	_, err := parties.List(ctx, tx, parties.CustomerQuery{Sort: "age"})
	require.Equal(t, []string{"sort"}, paths(t, err, "parties.bad_sort"))
	for _, after := range []string{"x", page.Encode("-name", "a", uuid.NewString()), page.Encode("updated", "today", uuid.NewString())} {
		_, err = parties.List(ctx, tx, parties.CustomerQuery{Sort: "updated", After: after})
		require.ErrorIs(t, err, fault.Invalid("request.bad_cursor"))
	}
}
