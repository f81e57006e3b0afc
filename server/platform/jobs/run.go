package jobs

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
)

const (
	workers    = 2
	sweepEvery = 2 * time.Minute
	// A step that fails for a reason that may pass is tried this often.
	mostTries = 4
)

const (
	waitingTenants db.SQL = `select distinct tenant_id from platform.job_queue`

	activeJobs db.SQL = `
		select id, kind, started_by, run_after, stores
		from   jobs
		where  tenant_id = @tenant and state in ('queued', 'running')
		order  by updated_at, id
		limit  50`

	claimJob db.SQL = `
		select id, kind, coalesce(subject_id, '00000000-0000-0000-0000-000000000000') as subject_id, state, cancelling, place,
		       done_count, total_count, coalesce(file_id, '00000000-0000-0000-0000-000000000000') as file_id, tries
		from   jobs
		where  tenant_id = @tenant and id = @id and state in ('queued', 'running')
		for    update skip locked`

	advanceJob db.SQL = `
		update jobs
		set    state = @state, place = @place, done_count = @done, total_count = @total, file_id = @file,
		       problem_code = @code, problem = @problem, tries = @tries, run_after = @after, updated_at = @now,
		       finished_at = case when @ended then @now::timestamptz end
		where  tenant_id = @tenant and id = @id`
)

type candidate struct {
	ID        uuid.UUID     `db:"id"`
	Kind      string        `db:"kind"`
	StartedBy uuid.NullUUID `db:"started_by"`
	RunAfter  time.Time     `db:"run_after"`
	Stores    []uuid.UUID   `db:"stores"`
}

// identity is whoever started the job, under the limit of that time.
func (c candidate) identity(tenant uuid.UUID) db.Identity {
	id := db.Identity{Tenant: tenant, Actor: c.StartedBy.UUID, Stores: db.AllStores()}
	if c.Stores != nil {
		id.Stores = db.OnlyStores(c.Stores...)
	}
	return id
}

type claimed struct {
	ID         uuid.UUID       `db:"id"`
	Kind       string          `db:"kind"`
	SubjectID  uuid.UUID       `db:"subject_id"`
	State      string          `db:"state"`
	Cancelling bool            `db:"cancelling"`
	Place      json.RawMessage `db:"place"`
	Done       int64           `db:"done_count"`
	Total      int64           `db:"total_count"`
	FileID     uuid.UUID       `db:"file_id"`
	Tries      int             `db:"tries"`
}

// Runner does the jobs of all tenants in this process. Several processes may run
// over one database: the row of a job is locked while a step of it runs.
type Runner struct {
	database *db.DB
	kinds    map[string]Kind

	mu       sync.Mutex
	expected map[uuid.UUID]bool // a transaction that started a job has not committed yet
	waiting  []uuid.UUID
	queued   map[uuid.UUID]bool
	woken    chan struct{}
}

// NewRunner makes one. It does nothing until Run.
func NewRunner(database *db.DB, kinds []Kind) *Runner {
	r := &Runner{
		database: database, kinds: map[string]Kind{}, expected: map[uuid.UUID]bool{}, queued: map[uuid.UUID]bool{}, woken: make(chan struct{}, workers),
	}
	for _, kind := range kinds {
		if _, twice := r.kinds[kind.Name]; twice {
			panic("two kinds of job are called " + kind.Name)
		}
		r.kinds[kind.Name] = kind
	}
	return r
}

// Heard notes that a tenant's transaction has started a job and may commit.
func (r *Runner) Heard(tenant uuid.UUID, event any) {
	if _, ours := event.(Waiting); !ours {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expected[tenant] = true
}

// Committed is told of each commit of a tenant, and wakes the runner for those in
// which a job was started.
func (r *Runner) Committed(tenant uuid.UUID) {
	r.mu.Lock()
	ours := r.expected[tenant]
	delete(r.expected, tenant)
	r.mu.Unlock()
	if ours {
		r.Wake(tenant)
	}
}

// Wake has a tenant's jobs looked at.
func (r *Runner) Wake(tenant uuid.UUID) {
	r.mu.Lock()
	if !r.queued[tenant] {
		r.queued[tenant] = true
		r.waiting = append(r.waiting, tenant)
	}
	r.mu.Unlock()
	select {
	case r.woken <- struct{}{}:
	default:
	}
}

// Run works until ctx ends; a step in progress is then rolled back and is done
// again by whoever runs next.
func (r *Runner) Run(ctx context.Context) {
	var running sync.WaitGroup
	for range workers {
		running.Go(func() { r.work(ctx) })
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		r.sweep(ctx)
		select {
		case <-ctx.Done():
			running.Wait()
			return
		case <-tick.C:
		}
	}
}

// sweep finds what a server that ended has left, and what was committed unheard.
func (r *Runner) sweep(ctx context.Context) {
	var tenants []uuid.UUID
	err := r.database.Platform(ctx, "find jobs that wait", func(ctx context.Context, tx *db.Tx) (err error) {
		tenants, err = db.All[uuid.UUID](ctx, tx, waitingTenants, db.Args{})
		return err
	})
	if err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "waiting jobs not looked for", "error", err)
	}
	for _, tenant := range tenants {
		r.Wake(tenant)
	}
}

func (r *Runner) work(ctx context.Context) {
	for ctx.Err() == nil {
		tenant, some := r.next()
		if !some {
			select {
			case <-ctx.Done():
			case <-r.woken:
			}
			continue
		}
		// One step, then the next tenant: a long import in one shop keeps nobody waiting.
		if r.step(ctx, tenant) {
			r.Wake(tenant)
		}
	}
}

func (r *Runner) next() (uuid.UUID, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) == 0 {
		return uuid.Nil, false
	}
	tenant := r.waiting[0]
	r.waiting = r.waiting[1:]
	delete(r.queued, tenant)
	return tenant, true
}

// step runs one step of the job that has waited longest, and says whether there
// may be more to do.
func (r *Runner) step(ctx context.Context, tenant uuid.UUID) bool {
	var found []candidate
	err := r.database.Read(ctx, db.Identity{Tenant: tenant}, func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = db.All[candidate](ctx, tx, activeJobs, db.Args{})
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "jobs not read", "tenant", tenant, "error", err)
			r.later(ctx, tenant, 5*time.Second)
		}
		return false
	}
	now := r.database.Now()
	soonest := time.Duration(0)
	for _, job := range found {
		if wait := job.RunAfter.Sub(now); wait > 0 {
			if soonest == 0 || wait < soonest {
				soonest = wait
			}
			continue
		}
		if r.try(db.WithAction(ctx, "job "+job.Kind), job.identity(tenant), job.ID) {
			return true
		}
	}
	if soonest > 0 {
		r.later(ctx, tenant, soonest)
	}
	return false
}

func (r *Runner) later(ctx context.Context, tenant uuid.UUID, wait time.Duration) {
	time.AfterFunc(wait, func() {
		if ctx.Err() == nil {
			r.Wake(tenant)
		}
	})
}

// try runs one step of a job, unless someone else is at it.
func (r *Runner) try(ctx context.Context, who db.Identity, id uuid.UUID) bool {
	var row claimed
	var ours bool
	err := r.database.Tenant(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		if row, ours, err = db.Maybe[claimed](ctx, tx, claimJob, db.Args{"id": id}); err != nil || !ours {
			return err
		}
		return r.advance(ctx, tx, row)
	})
	if err == nil || ctx.Err() != nil {
		return ours && err == nil
	}
	return r.failed(ctx, who, id, err)
}

func (r *Runner) advance(ctx context.Context, tx *db.Tx, row claimed) error {
	kind, known := r.kinds[row.Kind]
	if !known {
		return fault.Invalid("jobs.unknown_kind").Messagef("This version of the program does not know how to do “%s”.", row.Kind)
	}
	job := row.job()
	if row.Cancelling {
		job.State = Cancelled
		return end(ctx, tx, kind, job, nil)
	}
	if err := kind.Step(ctx, tx, job); err != nil {
		return err
	}
	job.State = Running
	if job.finished {
		job.State = Done
	}
	return keep(tx, job, advance{after: tx.Now().Add(job.rest)})
}

func (c claimed) job() *Job {
	return &Job{
		ID: c.ID, SubjectID: c.SubjectID, State: c.State, Done: c.Done, Total: c.Total, FileID: c.FileID, place: c.Place,
	}
}

// failed writes down that a step did not work, after its transaction is gone.
func (r *Runner) failed(ctx context.Context, who db.Identity, id uuid.UUID, cause error) bool {
	told := fault.Of(cause)
	if told == nil || told.Kind == fault.KindInternal {
		ref := strings.ReplaceAll(uuid.NewString(), "-", "")[:12]
		slog.ErrorContext(ctx, "job failed", "ref", ref, "job", id, "tenant", who.Tenant, "error", cause)
		told = fault.Unavailable("server.internal").Say("Something went wrong (ref " + ref + "). Tell support the reference.")
	}
	err := r.database.Tenant(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		row, ours, err := db.Maybe[claimed](ctx, tx, claimJob, db.Args{"id": id})
		if err != nil || !ours {
			return err
		}
		job := row.job()
		tries := row.Tries + 1
		if mayPass(told) && tries < mostTries {
			return keep(tx, job, advance{tries: tries, after: tx.Now().Add(backoff(tries)), told: told})
		}
		job.State = Failed
		return end(ctx, tx, r.kinds[row.Kind], job, told)
	})
	if err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "a failed job was not written down", "job", id, "tenant", who.Tenant, "error", err)
		r.later(ctx, who.Tenant, 10*time.Second)
		return false
	}
	return true
}

// mayPass holds for what the next try may not meet again: trouble that passes, and
// what others did at the same moment, which the next try sees.
func mayPass(told *fault.Error) bool {
	return told.Passing() || told.Kind == fault.KindConflict || told.Code == "request.unknown_reference"
}

// end tells the kind of work that its job was cancelled or failed, and writes it down.
func end(ctx context.Context, tx *db.Tx, kind Kind, job *Job, told *fault.Error) error {
	if told != nil {
		job.Problem = told.Message
	}
	if kind.Ended != nil {
		if err := kind.Ended(ctx, tx, job); err != nil {
			return err
		}
	}
	return keep(tx, job, advance{after: tx.Now(), told: told})
}

type advance struct {
	tries int
	after time.Time
	told  *fault.Error
}

func keep(tx *db.Tx, job *Job, a advance) error {
	code, problem := "", ""
	if a.told != nil {
		code, problem = a.told.Code, a.told.Message
	}
	batch := tx.Batch()
	batch.Exec(advanceJob, db.Args{
		"id": job.ID, "state": job.State, "place": job.place, "done": job.Done, "total": job.Total, "file": orNull(job.FileID),
		"code": code, "problem": problem, "tries": a.tries, "after": a.after, "now": tx.Now(),
		"ended": job.State != Queued && job.State != Running,
	})
	return batch.Done()
}
