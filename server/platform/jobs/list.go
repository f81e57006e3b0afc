package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

// JobRow is a job in the list.
type JobRow struct {
	ID         uuid.UUID  `json:"id" db:"id"`
	Kind       string     `json:"kind" db:"kind"`
	Title      string     `json:"title" db:"title"`
	SubjectID  *uuid.UUID `json:"subject_id,omitempty" db:"subject_id"`
	State      string     `json:"state" db:"state" enum:"queued,running,done,failed,cancelled"`
	Cancelling bool       `json:"cancelling" db:"cancelling"`
	Done       int64      `json:"done" db:"done_count"`
	Total      int64      `json:"total" db:"total_count" doc:"0 while it is not known"`
	FileID     *uuid.UUID `json:"file_id,omitempty" db:"file_id" doc:"What it made, to be downloaded"`
	Problem    string     `json:"problem" db:"problem" doc:"Why it failed, or why it is tried again"`
	CreatedAt  time.Time  `json:"created_at" db:"created_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty" db:"finished_at"`
}

const (
	recentJobs db.SQL = `
		select id, kind, title, subject_id, state, cancelling, done_count, total_count, file_id, problem, created_at, finished_at
		from   jobs
		where  tenant_id = @tenant and needs = any(@permissions::text[]) and (@stores::uuid[] is null or stores <@ @stores)
		and    (state in ('queued', 'running') or started_by = @me and created_at > @since::timestamptz)
		order  by created_at desc, id desc
		limit  50`

	readJob db.SQL = `
		select id, kind, title, subject_id, state, cancelling, done_count, total_count, file_id, problem, created_at, finished_at
		from   jobs
		where  tenant_id = @tenant and id = @id and needs = any(@permissions::text[]) and (@stores::uuid[] is null or stores <@ @stores)`

	cancelJob db.SQL = `
		update jobs
		set    cancelling = true, run_after = @now, updated_at = @now
		where  tenant_id = @tenant and id = @id and needs = any(@permissions::text[]) and (@stores::uuid[] is null or stores <@ @stores)
		and    state in ('queued', 'running') and not cancelling`
)

// JobID names a job in a path.
type JobID struct {
	ID uuid.UUID `path:"id"`
}

// List gives what runs now, and what the caller started in the last week.
func List(ctx context.Context, tx *db.Tx, _ web.None) (wire.Page[JobRow], error) {
	rows, err := db.All[JobRow](ctx, tx, recentJobs, db.Args{
		"permissions": permissions(ctx), "me": tx.ActorID(), "since": tx.Now().AddDate(0, 0, -7),
	})
	return wire.Page[JobRow]{Rows: rows}, err
}

// Show gives one job.
//
// Fails with jobs.no_job.
func Show(ctx context.Context, tx *db.Tx, in JobID) (JobRow, error) {
	row, found, err := db.Maybe[JobRow](ctx, tx, readJob, db.Args{"id": in.ID, "permissions": permissions(ctx)})
	if err == nil && !found {
		err = fault.NotFound("jobs.no_job").Say("There is no such job.")
	}
	return row, err
}

// Cancel asks a job to stop after the step that it is at. What its steps have done
// stays. A job that has ended is left as it is.
//
// Fails with jobs.no_job.
func Cancel(ctx context.Context, tx *db.Tx, in JobID) (JobRow, error) {
	batch := tx.Batch()
	batch.Exec(cancelJob, db.Args{"id": in.ID, "permissions": permissions(ctx), "now": tx.Now()})
	if err := batch.Emit(Waiting{}); err != nil {
		return JobRow{}, err
	}
	return Show(ctx, tx, in)
}

func permissions(ctx context.Context) []string {
	granted := auth.From(ctx).Permissions()
	names := make([]string, len(granted))
	for i, permission := range granted {
		names[i] = string(permission)
	}
	return names
}
