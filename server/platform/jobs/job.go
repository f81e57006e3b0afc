// Package jobs does what takes longer than a request: imports, exports. A job
// advances in steps, and a step is one transaction of its tenant that does its
// part and writes down how far the job came. A server that dies in the middle of
// a step leaves nothing of it; whoever runs the job next goes on from there. The
// package does not know what is done, and keeps no files.
package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/wire"
)

// The states of a job.
const (
	Queued    = "queued"
	Running   = "running"
	Done      = "done"
	Failed    = "failed"
	Cancelled = "cancelled"
)

// Kind is one sort of work.
type Kind struct {
	// Name is "module.what", as it stands in the table: it may not be changed.
	Name string
	// Step does the next part of a job in the transaction it is given, and keeps in
	// the job where the next one begins. It is asked again until it calls Finish.
	Step func(ctx context.Context, tx *db.Tx, job *Job) error
	// Ended is told, in the same transaction, that a job was cancelled or failed.
	Ended func(ctx context.Context, tx *db.Tx, job *Job) error
}

// Job is one piece of work, as a step sees it.
type Job struct {
	ID        uuid.UUID
	SubjectID uuid.UUID
	State     string
	Done      int64
	Total     int64
	FileID    uuid.UUID
	Problem   string

	place    json.RawMessage
	finished bool
	rest     time.Duration
}

// Place reads where this step begins. The first one gets nothing.
func (j *Job) Place(into any) error {
	if err := json.Unmarshal(j.place, into); err != nil {
		return fmt.Errorf("read the place of job %s: %w", j.ID, err)
	}
	return nil
}

// Keep writes down where the next step begins.
func (j *Job) Keep(place any) error {
	text, err := json.Marshal(place)
	if err != nil {
		return fmt.Errorf("keep the place of job %s: %w", j.ID, err)
	}
	j.place = text
	return nil
}

// Finish ends the job when this step commits.
func (j *Job) Finish() { j.finished = true }

// Rest has the next step wait for a while, for work that goes on elsewhere.
func (j *Job) Rest(wait time.Duration) { j.rest = wait }

// Order is a job to be started.
type Order struct {
	ID      uuid.UUID
	Kind    string
	Title   string          // what people see: the name of a file, of a list
	Needs   wire.Permission // who may see it in the list of jobs
	Subject uuid.UUID
	Place   any      // where the first step begins
	Quiet   []string // topics of which large changes are told once, at the end
	Total   int64
}

// Waiting is emitted by Start, so that the runner of this process hears of it.
type Waiting struct{}

const insertJob db.SQL = `
	insert into jobs (tenant_id, id, kind, title, needs, subject_id, place, total_count, quiet, started_by, stores, run_after, created_at, updated_at)
	values (@tenant, @id, @kind, @title, @needs, @subject, @place, @total, @quiet::text[], @by, @stores, @now, @now, @now)`

// Start puts a job into the list. It begins when the transaction has committed.
func Start(tx *db.Tx, in Order) error {
	if in.Place == nil {
		in.Place = struct{}{}
	}
	place, err := json.Marshal(in.Place)
	if err != nil {
		return fmt.Errorf("start a job %s: %w", in.Kind, err)
	}
	if in.Quiet == nil {
		in.Quiet = []string{}
	}
	batch := tx.Batch()
	batch.Exec(insertJob, db.Args{
		"id": in.ID, "kind": in.Kind, "title": in.Title, "needs": string(in.Needs), "subject": orNull(in.Subject), "place": json.RawMessage(place),
		"total": in.Total, "quiet": in.Quiet, "by": orNull(tx.ActorID()), "now": tx.Now(),
	})
	return batch.Emit(Waiting{})
}

func orNull(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: id != uuid.Nil} }

// backoff is how long a job rests after its n-th failed try.
func backoff(tries int) time.Duration { return time.Duration(tries*tries) * time.Second }
