package till_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/desktop/till"
	"souk/shared/wire"
)

func (f *fixture) customers(text string) []string {
	f.t.Helper()
	found, err := f.Customers(text, 20)
	require.NoError(f.t, err)
	names := []string{}
	for _, c := range found {
		names = append(names, c.Name)
	}
	return names
}

// customersBecome waits until a search finds these.
func (f *fixture) customersBecome(text string, names ...string) {
	f.t.Helper()
	require.Eventually(f.t, func() bool { return slices.Equal(f.customers(text), names) }, soon, 10*time.Millisecond,
		"%q finds %v", text, names)
}

func TestCustomersAreFoundWithoutTheServer(t *testing.T) {
	f := selling(t, cashier)
	f.shop.down()
	for text, want := range map[string][]string{
		"":                   {"Ada Byron", "Zoë Müller"},
		"ada":                {"Ada Byron"},
		"byr ad":             {"Ada Byron"},
		"muller":             {"Zoë Müller"},
		"901820":             {"Zoë Müller"},
		"030 901820":         {"Zoë Müller"},
		"0123":               {"Ada Byron"},
		"79460":              {"Ada Byron"},
		"c-0002":             {"Zoë Müller"},
		"c":                  {"Ada Byron", "Zoë Müller"},
		"ada@mail":           {"Ada Byron"},
		"nobody":             {},
		"ada nobody":         {},
		"20":                 {},
		"+44 20 7946 0123 9": {},
		"??":                 {},
	} {
		require.Equal(t, want, f.customers(text), text)
	}
	found, err := f.Customers("", 1)
	require.NoError(t, err)
	require.Len(t, found, 1)
	f.reopen()
	f.signIn(cashier)
	require.Equal(t, []string{"Ada Byron"}, f.customers("ada"), "the copy is on disk")
}

func TestWhoMayNotSeeCustomersSeesNone(t *testing.T) {
	f := newTill(t)
	_, err := f.Customers("", 10)
	isFault(t, err, "till.not_signed_in")
	f.shop.mu.Lock()
	f.shop.setup.People[0].Permissions = []wire.Permission{"sales.sell"}
	f.shop.tell(change{})
	f.shop.mu.Unlock()
	require.Eventually(t, func() bool { return len(f.People()[0].Permissions) == 1 }, soon, 10*time.Millisecond)
	f.signIn(cashier)
	_, err = f.Customers("", 10)
	isFault(t, err, "till.forbidden")
}

func TestCustomersFollowTheServer(t *testing.T) {
	f := selling(t, cashier)
	f.shop.alterCustomer(ada, func(c *wire.TillCustomer) { c.Name = "Ada Lovelace" })
	f.customersBecome("ada", "Ada Lovelace")
	require.Empty(t, f.customers("byron"))

	_, err := f.SetCustomer(&zoe, "whatever the page says")
	require.NoError(t, err)
	require.Equal(t, "Zoë Müller", f.State().Cart.CustomerName)
	f.scan(milkCode)
	f.shop.alterCustomer(zoe, func(c *wire.TillCustomer) { c.Active = false })
	f.customersBecome("", "Ada Lovelace")
	require.Equal(t, "Zoë Müller", f.State().Cart.CustomerName, "the sale that has begun keeps its customer")
	f.pay()
	f.drained()
	require.Equal(t, zoe, *f.shop.sales()[0].CustomerID)

	f.reopen()
	f.signIn(cashier)
	require.Equal(t, []string{"Ada Lovelace"}, f.customers(""))
	require.NotContains(t, f.catalogue(), "Müller", "nothing of who was forgotten is left in the copy")
}

// catalogue is what the copy's tables say of customers.
func (f *fixture) catalogue() string {
	f.t.Helper()
	rows, err := f.CustomerRows()
	require.NoError(f.t, err)
	return strings.Join(rows, "\n")
}

func TestANewCopyBringsTheCustomersAtOnce(t *testing.T) {
	f := selling(t, cashier)
	f.shop.mu.Lock()
	f.shop.epoch = uuid.New()
	f.shop.clients = append(f.shop.clients[:1], manyCustomers(4500)...)
	f.shop.mu.Unlock()
	f.SyncNow()
	require.Eventually(t, func() bool { return len(f.customers("muller")) == 0 }, soon, 10*time.Millisecond)
	require.Len(t, f.customers("customer"), 20, "all pages or none")
	require.Equal(t, []string{"Customer 4499 Dairy"}, f.customers("C4499"))
	f.reopen()
	f.signIn(cashier)
	require.Equal(t, []string{"Customer 4499 Dairy"}, f.customers("C4499"))
}

// A till that was updated has a copy without customers.
func TestACopyFromBeforeTillsHadCustomersIsFetchedAnew(t *testing.T) {
	f := selling(t, cashier)
	require.NoError(t, f.AgeCopy())
	f.reopen()
	f.signIn(cashier)
	f.customersBecome("", "Ada Byron", "Zoë Müller")
}

func TestACustomerMetOffline(t *testing.T) {
	f := selling(t, cashier)
	f.drained()
	f.shop.down()
	_, err := f.AddCustomer(till.MetCustomer{Name: " "})
	isFault(t, err, "till.name")
	_, err = f.AddCustomer(till.MetCustomer{Name: "Grace", Email: "grace at home"})
	isFault(t, err, "till.email")
	before := f.State().Link.Waiting
	state, err := f.AddCustomer(till.MetCustomer{Name: " Grace Hopper ", Phone: "+44 20 7946 0123", Email: "grace@mail.example"})
	require.NoError(t, err)
	require.Equal(t, "Grace Hopper", state.Cart.CustomerName)
	require.Equal(t, before+1, state.Link.Waiting)
	require.Equal(t, []string{"Ada Byron", "Grace Hopper"}, f.customers("7946 0123"), "the same number is kept twice")

	f.scan(milkCode)
	_, err = f.Hold("")
	require.NoError(t, err)
	held, err := f.Held()
	require.NoError(t, err)
	require.Equal(t, "Grace Hopper", held[0].CustomerName)
	f.reopen()
	f.signIn(cashier)
	require.Equal(t, []string{"Grace Hopper"}, f.customers("grace"), "she is known after a restart, still offline")
	_, err = f.Recall(held[0].ID)
	require.NoError(t, err)
	f.pay()
	receipt, err := f.Receipt(f.State().LastSale.ID)
	require.NoError(t, err)
	require.Equal(t, "Grace Hopper", receipt.Document.CustomerName)

	f.shop.up()
	f.SyncNow()
	f.drained()
	f.shop.mu.Lock()
	defer f.shop.mu.Unlock()
	var met, sold int
	for i, entry := range f.shop.order {
		if entry.Kind == wire.EntryCustomerMet {
			met = i
		}
		if entry.Kind == wire.EntrySaleFinished {
			sold = i
		}
	}
	require.Less(t, met, sold, "the customer comes before the sale")
	require.Equal(t, "Grace Hopper", f.shop.clients[2].Name)
}

func TestACustomerWhomTheServerForgotStaysForgotten(t *testing.T) {
	f := selling(t, cashier)
	_, err := f.AddCustomer(till.MetCustomer{Name: "Grace Hopper"})
	require.NoError(t, err)
	f.drained()
	f.shop.alterCustomer(*f.State().Cart.CustomerID, func(c *wire.TillCustomer) { c.Active = false })
	f.customersBecome("grace")
	f.reopen()
	f.signIn(cashier)
	require.Empty(t, f.customers("grace"))
}

func TestWhoMayNotAddCustomersAsksSomebody(t *testing.T) {
	f := newTill(t)
	f.become(func(people []wire.PersonSetup) { people[0].Permissions = []wire.Permission{"sales.sell"} })
	f.signIn(cashier)
	_, err := f.OpenShift(0)
	require.NoError(t, err)
	_, err = f.AddCustomer(till.MetCustomer{Name: "Grace"})
	_, err = f.Approve(manager, "1234", isNeeded(t, err), "")
	require.NoError(t, err)
	_, err = f.AddCustomer(till.MetCustomer{Name: "Grace"})
	require.NoError(t, err)
}

// manyCustomers makes customers of whom no two are alike.
func manyCustomers(n int) []wire.TillCustomer {
	customers := make([]wire.TillCustomer, n)
	for i := range customers {
		var id uuid.UUID
		binary.BigEndian.PutUint64(id[8:], uint64(i)+1<<41) //nolint:gosec // small
		customers[i] = wire.TillCustomer{
			ID: id, Name: fmt.Sprintf("Customer %d %s", i, brands[i%len(brands)]), Phone: fmt.Sprintf("+49 30 %07d", i*37),
			Email: fmt.Sprintf("c%d@mail.example", i), Code: fmt.Sprintf("C%04d", i), Active: true,
		}
	}
	return customers
}

func TestTwentyThousandCustomersAreSearchedInTenMilliseconds(t *testing.T) {
	s := openShop(t)
	s.clients = manyCustomers(20_000)
	f := unpaired(t, s)
	_, err := f.Pair(s.URL, "GOODCODE", "test till")
	require.NoError(t, err)
	f.await(func(state wire.RegisterState) bool { return state.Phase == wire.PhaseLocked })
	f.signIn(cashier)
	for _, text := range []string{"", "c", "customer 1", "prairie cust", "0370", "C19999", "nobody at all"} {
		var took []time.Duration
		for range 21 {
			begun := time.Now()
			_, err := f.Customers(text, 30)
			require.NoError(t, err)
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		t.Logf("%-14q median %v, longest %v", text, took[10], took[20])
		require.Less(t, took[10], 10*time.Millisecond, text)
	}
	stat, err := os.Stat(filepath.Join(f.dir, "catalogue.db"))
	require.NoError(t, err)
	t.Logf("the copy takes %d KiB", stat.Size()>>10)
}
