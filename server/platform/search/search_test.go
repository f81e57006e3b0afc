package search_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/search"
)

func TestWords(t *testing.T) {
	for text, words := range map[string][]string{
		"":                           nil,
		" - / ":                      nil,
		"Crème Brûlée crème":         {"brulee", "creme"},
		"M&M's 330ml":                {"330ml", "m", "s"},
		"Weißkäse, Œuf & Smørrebrød": {"oeuf", "smorrebrod", "weisskase"},
		"ＡＢＣ ﬁn":                     {"abc", "fin"},
		"Молоко Ёлка":                {"елка", "молоко"},
		"हिन्दी":                     {"हिन्दी"},
		"牛乳 1L":                      {"1l", "乳", "牛乳"},
		"AB-12/3":                    {"12", "3", "ab"},
	} {
		require.Equal(t, words, search.Words(text), text)
	}
}

func TestQuery(t *testing.T) {
	p := search.Query("  Crè bru cre ")
	require.Equal(t, []string{"bru", "cre"}, p.From)
	require.Equal(t, []string{"bru\U0010ffff", "cre\U0010ffff"}, p.To)
	require.True(t, search.Query(" ...").Empty())
	require.Len(t, search.Query("a b c d e f g h i j k").From, 8)
}

const (
	wordsOf db.SQL = `
		select word from search_words where tenant_id = @tenant and kind = @kind and entity_id = @id order by word`

	found db.SQL = `
		select w.entity_id
		from   unnest(@from::text[], @to::text[]) as p (lo, hi)
		join   search_words w on w.tenant_id = @tenant and w.kind = 'thing' and w.word >= p.lo and w.word < p.hi
		group  by w.entity_id
		having count(distinct p.lo) = cardinality(@from::text[])`
)

func TestIndex(t *testing.T) {
	ctx, tx, _ := dbtest.Tx(t)
	a, b := uuid.New(), uuid.New()
	batch := tx.Batch()
	search.Index(batch, "thing", a, "Old name", "SKU-1")
	search.Index(batch, "thing", a, "New Name", "SKU-1")
	search.IndexMany(batch, "thing", []search.Entry{{ID: b, Texts: []string{"Nämlich", "neu 12"}}})
	require.NoError(t, batch.Done())

	words, err := db.All[string](ctx, tx, wordsOf, db.Args{"kind": "thing", "id": a})
	require.NoError(t, err)
	require.Equal(t, []string{"1", "name", "new", "sku"}, words)

	for q, want := range map[string][]uuid.UUID{
		"ne nam": {a, b}, "new": {a}, "NÄML": {b}, "sku-1": {a}, "old": {}, "12 ne": {b}, "am": {},
	} {
		p := search.Query(q)
		got, err := db.All[uuid.UUID](ctx, tx, found, db.Args{"from": p.From, "to": p.To})
		require.NoError(t, err)
		require.ElementsMatch(t, want, got, q)
	}

	search.Index(batch, "thing", a)
	words, err = db.All[string](ctx, tx, wordsOf, db.Args{"kind": "thing", "id": a})
	require.NoError(t, err)
	require.Empty(t, words)
}
