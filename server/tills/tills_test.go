package tills_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/web"
	"souk/server/tills"
	"souk/shared/fault"
	"souk/shared/wire"
)

const (
	endShift  db.SQL = `update shifts set closed_at = opened_at, closed_by = opened_by, counted_minor = 0 where tenant_id = @tenant and id = @id`
	codesKept db.SQL = `select encode(code_hash, 'escape') from pairing_codes where tenant_id = @tenant`
)

// counter is a shop behind the real router under a clock that the test moves.
type counter struct {
	t        *testing.T
	database *db.DB
	server   *web.Server
	shop     dbtest.Shop
	late     time.Duration
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{t: t}
	c.database = dbtest.Open(t).WithClock(func() time.Time { return time.Now().Add(c.late) })
	c.shop = dbtest.NewShop(t, c.database)
	authority := auth.NewAuthority(c.database, auth.Grants{})
	c.database.OnCommit(authority.Forget)
	c.server = web.New(web.Config{Domain: "test"}, c.database, authority, web.NewDirectory(c.database, false))
	c.server.Mount(append(tills.Module.Routes, web.Get("/ping", web.SignedIn, ping))...)
	return c
}

func ping(context.Context, *db.Tx, web.None) (web.None, error) { return web.None{}, nil }

func (c *counter) do(fn func(ctx context.Context, tx *db.Tx) error) error {
	return c.database.Tenant(c.t.Context(), c.shop.Identity(), fn)
}

func (c *counter) register(kind string) tills.RegisterRow {
	c.t.Helper()
	var made tills.RegisterRow
	require.NoError(c.t, c.do(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = tills.CreateRegister(ctx, tx, tills.NewRegister{ID: uuid.New(), StoreID: c.shop.Store, Name: "Front", Kind: kind})
		return err
	}))
	return made
}

func (c *counter) code(register uuid.UUID) string {
	c.t.Helper()
	var code tills.PairingCode
	require.NoError(c.t, c.do(func(ctx context.Context, tx *db.Tx) (err error) {
		code, err = tills.MakeCode(ctx, tx, tills.RegisterID{ID: register})
		return err
	}))
	require.Len(c.t, code.Code, 10)
	return code.Code
}

func (c *counter) send(method, path, token string, in any) *httptest.ResponseRecorder {
	c.t.Helper()
	body, err := json.Marshal(in)
	require.NoError(c.t, err)
	r := httptest.NewRequest(method, "/api"+path, bytes.NewReader(body))
	r.Host = c.shop.Slug + ".test"
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer := httptest.NewRecorder()
	c.server.ServeHTTP(answer, r)
	return answer
}

func (c *counter) pair(code string) (wire.Pairing, web.Problem) {
	c.t.Helper()
	answer := c.send("POST", "/devices", "", wire.PairingIn{Code: code, DeviceName: "Box"})
	var made wire.Pairing
	var problem web.Problem
	if answer.Code == http.StatusOK {
		require.NoError(c.t, json.Unmarshal(answer.Body.Bytes(), &made))
	} else {
		require.NoError(c.t, json.Unmarshal(answer.Body.Bytes(), &problem))
	}
	problem.Ref = ""
	return made, problem
}

func (c *counter) ping(token string) int { return c.send("GET", "/ping", token, nil).Code }

func TestPairing(t *testing.T) {
	t.Run("a code pairs once, in whatever spelling, and every pairing has its own series", func(t *testing.T) {
		c := newCounter(t)
		register := c.register("till")
		code := c.code(register.ID)
		first, _ := c.pair(" " + code[:5] + "-" + code[5:])
		require.Equal(t, "1A", first.Series)
		require.Equal(t, register.ID, first.RegisterID)
		require.Equal(t, http.StatusNoContent, c.ping(first.Token))
		second, _ := c.pair(c.code(register.ID))
		require.Equal(t, "1B", second.Series)
		require.Equal(t, http.StatusUnauthorized, c.ping(first.Token), "the former device is out")
		require.Equal(t, http.StatusNoContent, c.ping(second.Token))
	})
	t.Run("wrong, used, old and replaced codes get the same answer", func(t *testing.T) {
		c := newCounter(t)
		register := c.register("till")
		_, wrong := c.pair("AAAAAAAAAA")
		require.Equal(t, "tills.bad_code", wrong.Code)
		used := c.code(register.ID)
		c.pair(used)
		replaced, latest := c.code(register.ID), c.code(register.ID)
		for _, code := range []string{used, replaced} {
			_, problem := c.pair(code)
			require.Equal(t, wrong, problem)
		}
		c.late = 11 * time.Minute
		_, problem := c.pair(latest)
		require.Equal(t, wrong, problem)
	})
	t.Run("of two devices with one code one is paired", func(t *testing.T) {
		c := newCounter(t)
		code := c.code(c.register("till").ID)
		paired := make(chan bool)
		for range 2 {
			go func() {
				made, _ := c.pair(code)
				paired <- made.Token != ""
			}()
		}
		require.NotEqual(t, <-paired, <-paired)
	})
	t.Run("guessing is slowed down, for ten minutes", func(t *testing.T) {
		c := newCounter(t)
		register := c.register("till")
		for range 10 {
			c.pair("AAAAAAAAAA")
		}
		_, problem := c.pair(c.code(register.ID))
		require.Equal(t, "tills.slow_down", problem.Code)
		c.late = 11 * time.Minute
		made, _ := c.pair(c.code(register.ID))
		require.NotEmpty(t, made.Token)
	})
	t.Run("a revoked device is out at once", func(t *testing.T) {
		c := newCounter(t)
		made, _ := c.pair(c.code(c.register("till").ID))
		require.Equal(t, http.StatusNoContent, c.ping(made.Token))
		require.NoError(t, c.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tills.Revoke(ctx, tx, tills.DeviceID{ID: made.DeviceID})
			return err
		}))
		require.Equal(t, http.StatusUnauthorized, c.ping(made.Token))
		require.NoError(t, c.do(func(ctx context.Context, tx *db.Tx) error {
			devices, err := tills.Devices(ctx, tx, web.None{})
			require.NotNil(t, devices[0].RevokedAt)
			return err
		}))
	})
	t.Run("the code itself is not kept, and a browser register has none", func(t *testing.T) {
		c := newCounter(t)
		code := c.code(c.register("till").ID)
		require.NoError(t, c.do(func(ctx context.Context, tx *db.Tx) error {
			kept, err := db.One[string](ctx, tx, codesKept, db.Args{})
			require.NotContains(t, kept, code)
			return err
		}))
		browser := c.register("browser")
		isFault(t, "tills.not_till", c.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tills.MakeCode(ctx, tx, tills.RegisterID{ID: browser.ID})
			return err
		}))
	})
}

func TestRegisters(t *testing.T) {
	c := newCounter(t)
	first, second := c.register("till"), c.register("browser")
	require.Equal(t, []int{1, 2}, []int{first.Number, second.Number})
	change := func(id uuid.UUID, facts tills.RegisterFacts) error {
		return c.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tills.ChangeRegister(ctx, tx, tills.RegisterChange{ID: id, Body: facts})
			return err
		})
	}
	require.NoError(t, change(first.ID, tills.RegisterFacts{Name: "Back", Active: true, Version: 1}))
	isFault(t, "tills.changed_meanwhile", change(first.ID, tills.RegisterFacts{Name: "Side", Active: true, Version: 1}))
	c.pair(c.code(first.ID))
	isFault(t, "tills.in_use", change(first.ID, tills.RegisterFacts{Name: "Back", Version: 2}))
	require.NoError(t, c.do(func(ctx context.Context, tx *db.Tx) error {
		list, err := tills.List(ctx, tx, web.None{})
		require.Len(t, list, 2)
		require.Equal(t, "Back", list[0].Name)
		require.Equal(t, "1A", list[0].Series)
		return err
	}))
}

func TestOpenShift(t *testing.T) {
	c := newCounter(t)
	browser, till := c.register("browser"), c.register("till")
	open := func(register uuid.UUID) (shift tills.Shift, err error) {
		err = c.do(func(ctx context.Context, tx *db.Tx) error {
			shift, err = tills.OpenShift(ctx, tx, tills.NewShift{ID: uuid.New(), RegisterID: register, Float: 5000})
			return err
		})
		return shift, err
	}
	shift, err := open(browser.ID)
	require.NoError(t, err)
	require.Equal(t, 1, shift.Number)
	_, err = open(browser.ID)
	isFault(t, "tills.shift_open", err)
	_, err = open(till.ID)
	isFault(t, "tills.not_browser", err)
	_, err = open(uuid.New())
	isFault(t, "tills.register_unknown", err)
	require.NoError(t, c.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, endShift, db.Args{"id": shift.ID})
		return err
	}))
	again, err := open(browser.ID)
	require.NoError(t, err)
	require.Equal(t, 2, again.Number)

	require.NoError(t, c.do(func(ctx context.Context, tx *db.Tx) error {
		page, err := tills.ListShifts(ctx, tx, tills.ShiftFilter{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, 2, page.Rows[0].Number)
		next, err := tills.ListShifts(ctx, tx, tills.ShiftFilter{Limit: 1, After: page.Next})
		require.NoError(t, err)
		require.Equal(t, 1, next.Rows[0].Number)
		require.Empty(t, next.Next)
		now, err := tills.ListShifts(ctx, tx, tills.ShiftFilter{Open: true})
		require.Len(t, now.Rows, 1)
		return err
	}))
}

func TestRecordShiftOpened(t *testing.T) {
	c := newCounter(t)
	till := c.register("till")
	record := func(in wire.ShiftOpened) (flags []string, err error) {
		err = c.do(func(ctx context.Context, tx *db.Tx) error {
			flags, err = tills.RecordShiftOpened(ctx, tx, till.ID, in)
			return err
		})
		return flags, err
	}
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	first := wire.ShiftOpened{ID: uuid.New(), Number: 1, OpenedBy: c.shop.Person, OpenedAt: at, Float: 100}
	for range 2 {
		flags, err := record(first)
		require.NoError(t, err)
		require.Empty(t, flags, "the same shift again changes nothing")
	}
	flags, err := record(wire.ShiftOpened{ID: uuid.New(), Number: 1, OpenedBy: c.shop.Person, OpenedAt: at.Add(time.Hour), Float: 1})
	require.NoError(t, err, "a shift that has happened is never refused")
	require.Equal(t, []string{tills.FlagShiftOverlaps, tills.FlagShiftNumberTaken}, flags)
	first.Float = 250
	flags, err = record(first)
	require.NoError(t, err)
	require.Equal(t, []string{tills.FlagShiftDiffers}, flags)
	require.NoError(t, c.do(func(ctx context.Context, tx *db.Tx) error {
		r := tx.Reads()
		newest, corrected := tills.ReadOpenShift(r, till.ID), tills.ReadShift(r, first.ID)
		err := r.Run(ctx)
		require.Equal(t, 2, newest.Row.Number)
		require.EqualValues(t, 250, corrected.Row.Float)
		require.Equal(t, "2026-03-01", corrected.Row.BusinessDate.Format(time.DateOnly))
		return err
	}))
	_, err = record(wire.ShiftOpened{ID: uuid.New(), Number: 9, OpenedBy: c.shop.Person, OpenedAt: at, Float: -1})
	isFault(t, "tills.float_negative", err)
}

func isFault(t *testing.T, code string, err error) {
	t.Helper()
	require.NotNil(t, fault.Of(err), "%v", err)
	require.Equal(t, code, fault.Of(err).Code)
}
