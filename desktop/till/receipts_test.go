package till_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

func (f *fixture) receipts(text, day string) (numbers []string, ownOnly bool) {
	f.t.Helper()
	found, err := f.FindReceipts(text, day)
	require.NoError(f.t, err)
	numbers = []string{}
	for _, sale := range found.Rows {
		numbers = append(numbers, sale.ReceiptNo)
	}
	return numbers, found.OwnOnly
}

func TestReceiptsOfAllTillsAreFoundShownAndReprinted(t *testing.T) {
	f := newTill(t)
	_, err := f.FindReceipts("", "")
	isFault(t, err, "till.not_signed_in")
	f.signIn(cashier)
	_, err = f.OpenShift(0)
	require.NoError(t, err)
	f.scan(milkCode)
	f.pay()
	f.drained()
	numbers, ownOnly := f.receipts("", "")
	require.Equal(t, []string{"1A-000001", "2A-000009"}, numbers)
	require.False(t, ownOnly)
	numbers, _ = f.receipts("2A", "")
	require.Equal(t, []string{"2A-000009"}, numbers)

	shown, err := f.Receipt(foreign)
	require.NoError(t, err)
	require.True(t, shown.Document.Copy)
	require.NotEmpty(t, shown.Lines)
	_, err = f.Reprint(foreign)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		paper, err := os.ReadFile(f.paper)
		_, after, found := strings.Cut(string(paper), "2A-000009")
		return err == nil && found && after != "" && strings.Contains(string(paper), "* Copy *")
	}, soon, 10*time.Millisecond)
	_, err = f.Receipt(uuid.New())
	isFault(t, err, "till.sale_unknown")
}

func TestWithoutTheServerATillLooksThroughItsOwnReceipts(t *testing.T) {
	f := selling(t, cashier)
	f.drained()
	f.shop.down()
	f.SyncNow()
	f.await(func(s wire.RegisterState) bool { return !s.Link.Online })
	f.scan(milkCode) // 1.29
	f.pay()
	f.scan(breadCode)
	_, err := f.Complete([]wire.TenderIn{{MethodID: card, Amount: 350, Reference: "VISA 4242"}})
	require.NoError(t, err)
	today := time.Now().Add(-4 * time.Hour).In(berlin(t)).Format(time.DateOnly)
	for asked, want := range map[[2]string][]string{
		{"", ""}: {"1A-000002", "1A-000001"}, {"1a", ""}: {"1A-000002", "1A-000001"}, {"1A-000001", ""}: {"1A-000001"}, {"1.29", ""}: {"1A-000001"},
		{"1,29", ""}: {"1A-000001"}, {"3.5", ""}: {"1A-000002"}, {"4242", ""}: {"1A-000002"}, {"242", ""}: {}, {"2A", ""}: {}, {"", today}: {"1A-000002", "1A-000001"},
		{"", "2020-01-01"}: {}, {"%", ""}: {},
	} {
		numbers, ownOnly := f.receipts(asked[0], asked[1])
		require.Equal(t, want, numbers, asked)
		require.True(t, ownOnly)
	}
	_, err = f.Receipt(foreign)
	isFault(t, err, "till.receipt_away")
	_, err = f.Reprint(foreign)
	isFault(t, err, "till.receipt_away")
	_, err = f.Purchases(ada)
	isFault(t, err, "till.purchases_away")

	f.shop.up()
	f.SyncNow()
	f.drained()
	numbers, ownOnly := f.receipts("1A", "")
	require.Equal(t, []string{"1A-000002", "1A-000001"}, numbers, "each once")
	require.False(t, ownOnly)
}

func berlin(t *testing.T) *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return zone
}

func TestWhatACustomerBought(t *testing.T) {
	f := selling(t, cashier)
	_, err := f.SetCustomer(&ada, "")
	require.NoError(t, err)
	f.scan(milkCode)
	f.pay()
	f.drained()
	bought, err := f.Purchases(ada)
	require.NoError(t, err)
	require.Equal(t, 1, bought.Count)
	require.EqualValues(t, 129, bought.Total)
	require.Equal(t, "1A-000001", bought.Last[0].ReceiptNo)
	bought, err = f.Purchases(zoe)
	require.NoError(t, err)
	require.Empty(t, bought.Last)
}
