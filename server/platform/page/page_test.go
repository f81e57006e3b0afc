package page_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/page"
	"souk/shared/fault"
	"souk/shared/money"
)

func TestCursor(t *testing.T) {
	parts := []string{"name", "Crème brûlée \"2\" \x00 , [x]", ""}
	got, err := page.Decode(page.Encode(parts...), 3)
	require.NoError(t, err)
	require.Equal(t, parts, got)

	bad := fault.Invalid("request.bad_cursor")
	for name, cursor := range map[string]string{
		"empty": "", "not base64": "%%%", "not ours": "aGVsbG8", "other length": page.Encode("a", "b"),
	} {
		_, err := page.Decode(cursor, 3)
		require.ErrorIs(t, err, bad, name)
	}
}

func TestCut(t *testing.T) {
	key := func(s string) []string { return []string{s} }
	require.Empty(t, page.Cut([]string{"a", "b"}, 2, key).Next, "exactly full is the last page")
	cut := page.Cut([]string{"a", "b", "c"}, 2, key)
	require.Equal(t, []string{"a", "b"}, cut.Rows)
	require.Equal(t, page.Encode("b"), cut.Next)
}

func TestLimit(t *testing.T) {
	require.Equal(t, 50, page.Limit(0))
	require.Equal(t, 7, page.Limit(7))
	require.Equal(t, 200, page.Limit(100000))
}

type row struct {
	id   uuid.UUID
	name string
	at   time.Time
	cost money.Amount
}

func TestOrder(t *testing.T) {
	rows := []row{
		{uuid.MustParse("00000000-0000-7000-8000-000000000001"), "Apple", time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), 0},
		{uuid.MustParse("00000000-0000-7000-8000-000000000002"), "Bread", time.Date(2026, 1, 3, 0, 0, 0, 0, time.FixedZone("", 7200)), 99},
	}
	byName := page.ByText(func(r row) (string, uuid.UUID) { return r.name, r.id })
	byTime := page.ByTime(func(r row) (time.Time, uuid.UUID) { return r.at, r.id })
	byCost := page.ByAmount(func(r row) (money.Amount, uuid.UUID) { return r.cost, r.id })
	byDay := page.ByDay(func(r row) (string, uuid.UUID) { return r.at.Format(time.DateOnly), r.id })
	for name, c := range map[string]struct {
		order             page.Order[row]
		first, last, next any
	}{
		"text":   {byName, "", "\U0010ffff", "Apple"},
		"time":   {byTime, time.Time{}, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), rows[0].at},
		"amount": {byCost, int64(-1), int64(math.MaxInt64), int64(0)},
		"day":    {byDay, "-infinity", "infinity", "2026-01-02"},
	} {
		up, err := c.order.Args("by", "", 1)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"key": c.first, "id": uuid.Nil, "limit": 2}, up, name)
		down, err := c.order.Args("-by", "", 1)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"key": c.last, "id": uuid.Max, "limit": 2}, down, name)

		cut := c.order.Cut(rows, "by", 1)
		require.Len(t, cut.Rows, 1)
		further, err := c.order.Args("by", cut.Next, 1)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"key": c.next, "id": rows[0].id, "limit": 2}, further, name)
		_, err = c.order.Args("-by", cut.Next, 1)
		require.ErrorIs(t, err, fault.Invalid("request.bad_cursor"), "a cursor of another order")
	}
	for name, cursor := range map[string]string{
		"no id": page.Encode("by", "2026-01-02", "x"), "no day": page.Encode("by", "soon", rows[0].id.String()),
	} {
		_, err := byDay.Args("by", cursor, 1)
		require.ErrorIs(t, err, fault.Invalid("request.bad_cursor"), name)
	}
}

func TestActive(t *testing.T) {
	require.True(t, *page.Active(""))
	require.True(t, *page.Active("true"))
	require.False(t, *page.Active("false"))
	require.Nil(t, page.Active("all"))
}
