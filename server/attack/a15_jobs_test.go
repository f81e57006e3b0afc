package attack_test

import (
	"archive/zip"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/app"
	"souk/shared/wire"
)

// kinds are all kinds of job that modules declare: a new one is attacked by itself.
func kinds() []string {
	var all []string
	for _, m := range app.Modules {
		for _, kind := range m.Jobs {
			all = append(all, kind.Name)
		}
	}
	return all
}

// TestAttackByJobs runs every kind of job in B with A's ids as its subject, its
// file and in its place, and reads what came of it as B's owner.
func TestAttackByJobs(t *testing.T) {
	ring := newRing(t)
	owner := ring.session(t, ring.b, wire.Owner)
	w := ring.watch(t)
	subjects := map[string]string{"an import of A's": w.prey.idOf("imports"), "a file of A's": w.prey.idOf("files"), "a job of A's": w.prey.idOf("jobs"), "nobody's": uuid.NewString()}
	cases := count(t, "A15", 2*len(kinds())*len(subjects))
	ids := map[string]string{}
	for _, kind := range kinds() {
		for name, subject := range subjects {
			for _, workbook := range []string{"false", "true"} {
				id := uuid.NewString()
				ids[id] = kind + " with " + name
				place := `{"query":{},"name":"list","xlsx":` + workbook + `,"tenant_id":"` + ring.a.id.String() + `","import":"` + subject + `"}`
				ring.write(t, ring.b, `insert into jobs (tenant_id, id, kind, title, needs, subject_id, place, started_by, run_after, created_at, updated_at)
					values ($1, $2, $3, 'list', 'catalog.read', $4, $5, $6, now(), now(), now())`, ring.b.id, id, kind, subject, place, ring.b.people[wire.Owner])
			}
		}
	}
	ring.work(t, ring.b)
	files := 0
	for id, label := range ids {
		got := ring.call(ring.b, owner, "", request{method: http.MethodGet, target: "/api/jobs/" + id, said: []string{subjectOf(subjects, label)}})
		require.Equal(t, http.StatusOK, got.status, label)
		if file, _ := parsed([]byte(got.body)).(map[string]any)["file_id"].(string); file != "" {
			got = ring.call(ring.b, owner, "", request{method: http.MethodGet, target: "/api/files/" + file})
			require.Equal(t, http.StatusOK, got.status, "%s made a file that its owner cannot get", label)
			w.see(label, unpacked(t, got.body), nil)
			files++
		}
		cases.one()
	}
	require.NotZero(t, files, "no job made a file: the exports may all have been refused")
	for _, subject := range subjects {
		w.said[subject] = true
	}
	w.done(t)
}

func subjectOf(subjects map[string]string, label string) string {
	_, name, _ := strings.Cut(label, " with ")
	return subjects[name]
}

// work does a shop's jobs until none waits but those that rest after a failure.
func (r *ring) work(t *testing.T, of *shop) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { r.program.Jobs.Run(ctx); close(done) }()
	r.program.Jobs.Wake(of.id)
	require.Eventually(t, func() bool {
		return r.text(t, `select count(*)::text from jobs where tenant_id = $1 and state in ('queued', 'running') and tries = 0 and run_after <= now()`, of.id) == "0"
	}, time.Minute, 20*time.Millisecond)
	stop()
	<-done
}

// unpacked is a file's text; of a workbook, that of all its parts.
func unpacked(t *testing.T, body string) string {
	t.Helper()
	if !strings.HasPrefix(body, "PK") {
		return body
	}
	book, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	var all strings.Builder
	for _, part := range book.File {
		opened, err := part.Open()
		require.NoError(t, err)
		_, err = io.Copy(&all, opened)
		require.NoError(t, err)
	}
	return all.String()
}

// Without a tenant every table raises an error: nothing that has forgotten its
// context may see no rows and go on.
func TestAttackWithoutAContext(t *testing.T) {
	ring := newRing(t)
	tables := ring.tables(t)
	conn := ring.loginConn(t)
	cases := count(t, "A15", 2*len(tables))
	for _, tab := range tables {
		for _, role := range []string{"souk_login", "app_user"} {
			tx, err := conn.Begin(t.Context())
			require.NoError(t, err)
			_, err = tx.Exec(t.Context(), `select set_config('role', $1, true)`, role)
			require.NoError(t, err)
			_, err = tx.Exec(t.Context(), `select tenant_id from `+tab.name)
			require.Error(t, err, "%s is read by %s without a tenant", tab.name, role)
			require.NoError(t, tx.Rollback(t.Context()))
			cases.one()
		}
	}
}
