package selftest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/selftest"
	"souk/server/tenants"
	"souk/shared/wire"
)

// ask is the shop's owner at the real router.
func (b *bench) ask(t *testing.T, token, method, path string, body any, into any) (int, []byte) {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), method, b.program.Tester.Base()+"/api"+path, strings.NewReader(string(text)))
	require.NoError(t, err)
	req.Host = "corner." + domain
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", uuid.NewString())
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	if into != nil {
		require.NoError(t, json.Unmarshal(got, into), "%s", got)
	}
	return res.StatusCode, got
}

func (b *bench) work(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); b.program.Jobs.Run(ctx); b.program.Tester.Wait() }()
	sealed := make(chan struct{})
	go func() { defer close(sealed); b.program.Audit.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended; <-sealed })
}

func (b *bench) until(t *testing.T, token, id string, states ...string) (run selftest.SelfTest) {
	t.Helper()
	require.Eventually(t, func() bool {
		run = selftest.SelfTest{}
		status, body := b.ask(t, token, http.MethodGet, "/self-tests/"+id, nil, &run)
		require.Equal(t, http.StatusOK, status, "%s", body)
		for _, state := range states {
			if run.State == state {
				return true
			}
		}
		return false
	}, time.Minute, 100*time.Millisecond)
	return run
}

func TestAnOwnerHasItRunInTheBackgroundAndGetsAPaper(t *testing.T) {
	b := newBench(t)
	b.work(t)
	owner := b.ownerOf(t, "corner")
	var begun selftest.SelfTest
	status, body := b.ask(t, owner, http.MethodPost, "/self-tests", selftest.NewSelfTest{ID: uuid.New()}, &begun)
	require.Equal(t, http.StatusOK, status, "%s", body)
	status, body = b.ask(t, owner, http.MethodPost, "/self-tests", selftest.NewSelfTest{ID: uuid.New()}, nil)
	require.Equal(t, http.StatusConflict, status, "one at a time: %s", body)

	run := b.until(t, owner, begun.ID.String(), selftest.Passed, selftest.Failed, selftest.Broken)
	require.Equal(t, selftest.Passed, run.State, "%+v", run.Result)
	require.Len(t, run.Result.Groups, len(selftest.Groups()))
	require.Equal(t, "corner", run.Result.Shop)
	for language, words := range map[string]string{"en": "No attack got through", "es": "Ningún ataque tuvo éxito", "ar": ""} {
		status, body := b.ask(t, owner, http.MethodGet, "/self-tests/"+begun.ID.String()+"/paper?language="+language, nil, nil)
		require.Equal(t, http.StatusOK, status)
		file := filepath.Join(t.TempDir(), "paper.pdf")
		require.NoError(t, os.WriteFile(file, body, 0o600))
		text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()
		require.NoError(t, err)
		require.Contains(t, string(text), words)
		require.Contains(t, string(text), "corner")
		require.Contains(t, string(text), run.Result.PostgreSQL)
	}
	var overview selftest.Isolation
	b.ask(t, owner, http.MethodGet, "/self-tests", nil, &overview)
	require.Len(t, overview.Runs, 1)
	require.Equal(t, "Ada", overview.Runs[0].By)
	require.Equal(t, int64(run.Result.Cases), overview.Runs[0].Cases)
	require.Zero(t, b.throwaways(t))
}

func TestAStoppedRunLeavesNothing(t *testing.T) {
	b := newBench(t)
	b.program.Tester.Rest = 20 // slow enough to be stopped
	b.work(t)
	owner := b.ownerOf(t, "corner")
	id := uuid.New()
	b.ask(t, owner, http.MethodPost, "/self-tests", selftest.NewSelfTest{ID: id}, nil)
	b.until(t, owner, id.String(), selftest.Running)
	status, body := b.ask(t, owner, http.MethodPut, "/jobs/"+id.String()+"/cancellation", nil, nil)
	require.Equal(t, http.StatusOK, status, "%s", body)
	b.until(t, owner, id.String(), selftest.Cancelled)
	require.Eventually(t, func() bool { return b.throwaways(t) == 0 }, time.Minute, 100*time.Millisecond)
}

func TestWhatACrashLeftIsRemoved(t *testing.T) {
	b := newBench(t)
	before := b.rows(t)
	_, err := tenants.Open(t.Context(), b.program.Database, tenants.NewShop{
		Throwaway: true, Company: tenants.Company{Name: "Left", Slug: tenants.ThrowawaySlug + "left", BusinessType: wire.Retail, Country: "DE", Currency: "EUR", Locale: "en"},
		Store: tenants.Store{Name: "Left", TimeZone: "Europe/Berlin"}, OwnerName: "Left", OwnerEmail: tenants.ThrowawayEmail(tenants.ThrowawaySlug + "left"), OwnerPassword: "a-long-password",
	})
	require.NoError(t, err)
	require.Equal(t, 1, b.throwaways(t))
	require.NoError(t, b.program.Tester.Sweep(t.Context()))
	require.Equal(t, before, b.rows(t))
}
