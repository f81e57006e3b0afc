package demo_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/server/demo"
	"souk/server/platform/dbtest"
	"souk/server/verify"
)

func TestTheDemoShopsHaveTradedSoundly(t *testing.T) {
	database, access, _ := dbtest.Fresh(t)
	program, err := app.Wire(t.Context(), app.Config{Domain: "localhost", Demo: true}, database)
	require.NoError(t, err)
	defer program.Hub.Drain()
	// A Tuesday evening, so that every shop has had each day of the week but one.
	evening := func() time.Time { return time.Date(2026, 3, 17, 20, 0, 0, 0, time.UTC) }
	var said []string
	cfg := demo.Config{Grants: program.Authority.Grants(), Days: 6}
	require.NoError(t, demo.Make(t.Context(), database.WithClock(evening), cfg, func(line string) { said = append(said, line) }))
	require.Len(t, said, 5)
	require.NoError(t, demo.Make(t.Context(), database.WithClock(evening), cfg, func(line string) { t.Error("made twice: " + line) }))

	conn, err := pgx.Connect(t.Context(), access.MaintenanceURL)
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	found, err := verify.Run(t.Context(), conn)
	require.NoError(t, err)
	require.Empty(t, found)

	rows, err := conn.Query(t.Context(), `
		select t.slug, count(*) filter (where s.kind = 'sale') as sold, count(distinct s.business_date) as days,
		       count(*) filter (where s.customer_id is not null) as named,
		       (select count(*) from shifts f where f.tenant_id = t.id and f.closed_at is null) as open,
		       max(s.completed_at) <= '2026-03-17 20:00Z' as past
		from   platform.tenants t
		join   sales s on s.tenant_id = t.id
		group  by t.slug, t.id`)
	require.NoError(t, err)
	type shop struct {
		Slug              string
		Sold, Days, Named int
		Open              int
		Past              bool
	}
	shops, err := pgx.CollectRows(rows, pgx.RowToStructByName[shop])
	require.NoError(t, err)
	require.Len(t, shops, len(demo.Shops()))
	for _, s := range shops {
		require.GreaterOrEqual(t, s.Days, 5, s.Slug)
		require.GreaterOrEqual(t, s.Sold, 20, s.Slug)
		require.LessOrEqual(t, s.Open, 1, s.Slug)
		require.True(t, s.Past, "%s has sold in the future", s.Slug)
	}
}
