package imports_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/imports"
	"souk/server/platform/jobs"
	"souk/shared/wire"
)

// list is a price list of so many items.
func list(prefix string, rows int) []byte {
	var out strings.Builder
	out.WriteString("sku,name,price,tax code\n")
	for i := range rows {
		fmt.Fprintf(&out, "%s-%d,%s tea %d,%d.50,standard\n", prefix, i, prefix, i, i%90+1)
	}
	return []byte(out.String())
}

// begun starts the run of a list and waits until a part of it is in.
func (s *shop) begun(body []byte) imports.Import {
	s.t.Helper()
	at := s.try(s.read("list.csv", body), nil)
	must[imports.Import](s, "POST", "/imports/"+at.ID.String()+"/run", nil)
	require.Eventually(s.t, func() bool { return s.progress(at.ID) >= 1000 }, patience, time.Millisecond)
	return must[imports.Import](s, "GET", "/imports/"+at.ID.String(), nil)
}

func (s *shop) progress(id uuid.UUID) int64 {
	job := must[imports.Import](s, "GET", "/imports/"+id.String(), nil).JobID
	return must[jobs.JobRow](s, "GET", "/jobs/"+job.String(), nil).Done
}

func TestAServerThatGoesOnAfterAnother(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	stop := p.work()
	begun := s.begun(list("A", 8000))
	stop()
	done := s.progress(begun.ID)
	require.Less(t, done, int64(8000), "it stopped in the middle")
	require.Equal(t, int(done), s.count(`select count(*)::int from items where tenant_id = $1`), "what is told is what is there")

	p.wire()
	p.work()
	s.wait(begun.ID, imports.Done)
	require.Equal(t, 8000, s.count(`select count(*)::int from items where tenant_id = $1`))
	require.Equal(t, 8000, s.count(`select count(distinct sku)::int from items where tenant_id = $1`))
}

func TestCancelStopsBetweenTwoParts(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	before := s.fingerprint()
	begun := s.begun(list("A", 8000))
	must[jobs.JobRow](s, "PUT", "/jobs/"+begun.JobID.String()+"/cancellation", nil)
	stopped := s.wait(begun.ID, imports.Stopped)
	require.Equal(t, stopped.Counts.Made, s.count(`select count(*)::int from items where tenant_id = $1`))
	require.Positive(t, stopped.Counts.New, "some are left")
	require.Equal(t, jobs.Cancelled, must[jobs.JobRow](s, "GET", "/jobs/"+begun.JobID.String(), nil).State)

	done := s.run(stopped)
	require.Equal(t, imports.Counts{Made: 8000}, done.Counts, "it can go on")
	s.undo(done)
	require.Equal(t, before, s.fingerprint())
}

func TestTwoImportsAtOnce(t *testing.T) {
	p := start(t)
	s, other := p.shop("alpha"), p.shop("beta")
	p.work()
	first, second := s.try(s.read("a.csv", list("A", 3000)), nil), s.try(s.read("b.csv", list("B", 3000)), nil)
	third := other.try(other.read("a.csv", list("A", 3000)), nil)
	same := s.try(s.read("a again.csv", list("A", 3000)), nil)
	for at, of := range map[*imports.Import]*shop{&first: s, &second: s, &third: other, &same: s} {
		must[imports.Import](of, "POST", "/imports/"+at.ID.String()+"/run", nil)
	}
	s.wait(first.ID, imports.Done)
	s.wait(second.ID, imports.Done)
	other.wait(third.ID, imports.Done)
	s.wait(same.ID, imports.Done)
	require.Equal(t, 6000, s.count(`select count(*)::int from items where tenant_id = $1`))
	require.Equal(t, 3000, other.count(`select count(*)::int from items where tenant_id = $1`))
}

func TestTillsHearOfABulkChangeOnce(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	at := s.try(s.read("a.csv", list("A", 3000)), nil)
	s.run(at)
	require.Eventually(t, func() bool {
		return s.count(`select count(*)::int from changes where tenant_id = $1 and topic = 'catalog.items' and op = 'reload'`) == 1
	}, patience, tick)
	require.Zero(t, s.count(`select count(*)::int from changes where tenant_id = $1 and topic = 'catalog.items' and op <> 'reload'`))
}

func TestSellingGoesOnDuringAnImport(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	s.run(s.try(s.read("a.csv", list("A", 200)), nil))
	id := s.item("A-7")
	again := s.try(s.read("b.csv", append(list("A", 200), list("B", 12000)[len("sku,name,price,tax code\n"):]...)), nil)
	must[imports.Import](s, "POST", "/imports/"+again.ID.String()+"/run", nil)
	var slowest time.Duration
	for state := imports.Running; state == imports.Running; {
		began := time.Now()
		tx, err := s.super.Begin(t.Context())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), `select set_config('app.tenant_id', $1, true)`, s.id.String())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), `update items set favourite = not favourite where tenant_id = $1 and id = $2`, s.id, id)
		require.NoError(t, tx.Rollback(context.WithoutCancel(t.Context())))
		require.NoError(t, err)
		slowest = max(slowest, time.Since(began))
		state = must[imports.Import](s, "GET", "/imports/"+again.ID.String(), nil).State
	}
	t.Logf("the longest wait for an item's row was %s", slowest.Round(time.Millisecond))
	require.Less(t, slowest, 20*time.Second)
}

func TestAJobThatFailsSaysSo(t *testing.T) {
	p := start(t)
	s := p.shop("alpha")
	p.work()
	made := must[imports.Import](s, "POST", "/imports", object{"id": uuid.New(), "file_id": s.upload("x.xlsx", []byte("PK\x03\x04no"))})
	require.Eventually(t, func() bool {
		return must[jobs.JobRow](s, "GET", "/jobs/"+made.JobID.String(), nil).State == jobs.Failed
	}, patience, tick)
	row := must[wire.Page[jobs.JobRow]](s, "GET", "/jobs", nil).Rows[0]
	require.Contains(t, row.Problem, "Save it as CSV or XLSX")
	status, _ := s.ask("PUT", "/jobs/"+made.JobID.String()+"/cancellation", nil)
	require.Equal(t, http.StatusOK, status, "stopping what has ended changes nothing")
	require.Equal(t, jobs.Failed, must[jobs.JobRow](s, "GET", "/jobs/"+made.JobID.String(), nil).State)
}
