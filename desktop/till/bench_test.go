package till_test

import (
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"souk/desktop/till"
	"souk/shared/barcode"
	"souk/shared/money"
	"souk/shared/wire"
)

var (
	brands = strings.Fields("Alpine Bella Corner Dairy Everest Farm Golden Harvest Island Jolly Kiwi Lemon Meadow Nordic Ocean Prairie")
	kinds  = strings.Fields("milk bread butter cheese yoghurt juice water coffee tea rice pasta sauce beans soup jam honey oil flour sugar salt")
	traits = strings.Fields("organic whole skimmed fresh frozen smoked salted sweet sour light dark crunchy soft wild classic")
)

// manyItems makes items of which no two are alike.
func manyItems(n int) []wire.TillItem {
	items := make([]wire.TillItem, n)
	for i := range items {
		var id uuid.UUID
		binary.BigEndian.PutUint64(id[8:], uint64(i)+1<<40) //nolint:gosec // small
		body := fmt.Sprintf("29%010d", i)
		check, _ := barcode.CheckDigit(body)
		items[i] = wire.TillItem{
			ID: id, SKU: fmt.Sprintf("S%06d", i), Unit: "pc", SoldBy: "each", TaxCode: "standard", Active: true,
			Name:  fmt.Sprintf("%s %s %s No %d", brands[i%len(brands)], traits[i/7%len(traits)], kinds[i/3%len(kinds)], i),
			Price: money.Amount(100 + i%900), TrackStock: true, OnHand: decimal.Ten,
			Barcodes: []wire.ItemBarcode{{Code: body + string(check), Quantity: decimal.One}},
		}
	}
	return items
}

// benchItems are real products if TILL_BENCH_PRODUCTS names a gzipped CSV of
// code and name, and made-up ones otherwise.
func benchItems(b *testing.B) []wire.TillItem {
	path := os.Getenv("TILL_BENCH_PRODUCTS")
	items := manyItems(100_000)
	if path == "" {
		return items
	}
	f, err := os.Open(path)
	require.NoError(b, err)
	defer func() { _ = f.Close() }()
	unzipped, err := gzip.NewReader(f)
	require.NoError(b, err)
	rows, err := csv.NewReader(unzipped).ReadAll()
	require.NoError(b, err)
	for i, row := range rows[1:min(len(rows), len(items))] {
		items[i].Name, items[i].Barcodes[0].Code = row[1], row[0]
	}
	return items
}

// typed is what people type, letter by letter.
func typed(words ...string) []string {
	var queries []string
	for _, word := range words {
		for i := range []rune(word) {
			queries = append(queries, string([]rune(word)[:i+1]))
		}
	}
	return queries
}

func BenchmarkSearch100k(b *testing.B) {
	search := till.BenchIndex(benchItems(b))
	queries := typed("organic milk", "chocolate bar", "coffee dark", "tea", "salted butter", "orgnic", "00123", "zzzzzz")
	var took []time.Duration
	for b.Loop() {
		for _, query := range queries {
			began := time.Now()
			search(query, 30)
			took = append(took, time.Since(began))
		}
	}
	report(b, took)
}

func BenchmarkIndex100k(b *testing.B) {
	items := benchItems(b)
	for b.Loop() {
		till.BenchIndex(items)
	}
}

// BenchmarkOpen100k is a warm start: from nothing to ready to scan.
func BenchmarkOpen100k(b *testing.B) {
	s := openShop(b)
	s.items = append(s.items, benchItems(b)...)
	f := unpaired(b, s)
	_, err := f.Pair(s.URL, "GOODCODE", "x")
	require.NoError(b, err)
	f.awaitLong(func(st wire.RegisterState) bool { return st.Phase == wire.PhaseLocked })
	for b.Loop() {
		f.reopen()
	}
	require.Greater(b, f.State().Link.Items, 90_000)
}

func (f *fixture) awaitLong(want func(wire.RegisterState) bool) {
	f.t.Helper()
	require.Eventually(f.t, func() bool { return want(f.State()) }, time.Minute, 10*time.Millisecond)
}

// BenchmarkSale is scan, scan, scan, paid and on disk.
func BenchmarkSale(b *testing.B) {
	f := selling(b, cashier)
	var commit, scan []time.Duration
	for b.Loop() {
		for _, code := range []string{milkCode, breadCode, milkCode} {
			began := time.Now()
			f.scan(code)
			scan = append(scan, time.Since(began))
		}
		total := f.State().Cart.Total
		began := time.Now()
		_, err := f.Complete([]wire.TenderIn{{MethodID: cash, Amount: total}})
		commit = append(commit, time.Since(began))
		require.NoError(b, err)
	}
	slices.Sort(scan)
	b.ReportMetric(float64(scan[len(scan)*95/100].Microseconds()), "scan-p95-µs")
	report(b, commit)
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "p95-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
