package selftest

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/jobs"
	"souk/shared/fault"
)

// jobKind is the kind of job that a self-test is. Each step only looks how far the
// attacks are, which go on beside it: no transaction waits for them.
const jobKind = "selftest.run"

// place says which process attacks, and when it last said so.
type place struct {
	Process uuid.UUID `json:"process"`
	Seen    time.Time `json:"seen"`
}

const (
	lookEvery = 700 * time.Millisecond
	// A process that has been silent for so long has ended, and another takes over.
	lostAfter = 30 * time.Second
)

// ongoing is a run that this process carries out.
type ongoing struct {
	stop   context.CancelFunc
	report Result
	err    error
	over   bool
}

// Kind is the job for the runner.
func (t *Tester) Kind() jobs.Kind {
	t.process, t.under = uuid.New(), map[uuid.UUID]*ongoing{}
	return jobs.Kind{Name: jobKind, Step: t.step, Ended: t.ended}
}

// Wait returns when no run is under way in this process.
func (t *Tester) Wait() { t.running.Wait() }

func (t *Tester) step(ctx context.Context, tx *db.Tx, job *jobs.Job) error {
	var at place
	if err := job.Place(&at); err != nil {
		return err
	}
	shown, under := t.look(job.ID)
	if !under {
		if at.Process != uuid.Nil && at.Process != t.process && tx.Now().Sub(at.Seen) < lostAfter {
			job.Rest(lostAfter / 3)
			return nil
		}
		t.start(ctx, job.ID, tx.TenantID())
		job.Rest(lookEvery / 3)
		return job.Keep(place{Process: t.process, Seen: tx.Now()})
	}
	if shown.err != nil {
		t.drop(job.ID)
		if errors.Is(shown.err, ErrBusy) {
			job.Rest(5 * time.Second)
			return job.Keep(place{})
		}
		return shown.err
	}
	job.Done, job.Total = shown.report.Done(), int64(len(attacks))
	job.Rest(lookEvery)
	if shown.over {
		tx.After(func() { t.drop(job.ID) })
		job.Finish()
	}
	if err := keepReport(tx, job.SubjectID, shown.report); err != nil {
		return err
	}
	return job.Keep(place{Process: t.process, Seen: tx.Now()})
}

// ended stops the attacks of a job that was cancelled or failed.
func (t *Tester) ended(ctx context.Context, tx *db.Tx, job *jobs.Job) error {
	shown, under := t.look(job.ID)
	if under {
		shown.stop()
		t.drop(job.ID)
	}
	state := Cancelled
	if job.State == jobs.Failed {
		state = Broken
	}
	_, err := tx.Exec(ctx, endRun, db.Args{"id": job.SubjectID, "state": state, "now": tx.Now()})
	return err
}

func (t *Tester) start(ctx context.Context, job, shop uuid.UUID) {
	ctx, stop := context.WithCancel(ctx)
	mine := &ongoing{stop: stop}
	mine.report.State, mine.report.Groups, mine.report.Breaches = Waiting, []AttackGroup{}, []Breach{}
	t.mu.Lock()
	t.under[job] = mine
	t.mu.Unlock()
	set := func(change func(*ongoing)) {
		t.mu.Lock()
		defer t.mu.Unlock()
		change(mine)
	}
	t.running.Go(func() {
		defer stop()
		report, err := t.Run(ctx, Order{Own: shop, Progress: func(now Result) { set(func(o *ongoing) { o.report = now }) }})
		set(func(o *ongoing) { o.report, o.err, o.over = report, err, true })
	})
}

func (t *Tester) look(job uuid.UUID) (ongoing, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine, under := t.under[job]
	if !under {
		return ongoing{}, false
	}
	return *mine, true
}

func (t *Tester) drop(job uuid.UUID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.under, job)
}

// noTest is the fault of a run that is not there.
func noTest() error { return fault.NotFound("selftest.no_run").Say("There is no such self-test.") }
