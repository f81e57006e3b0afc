package selftest

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/jobs"
	"souk/server/platform/web"
	"souk/shared/fault"
)

// ResultRow is one run in the list.
type ResultRow struct {
	ID         uuid.UUID  `json:"id" db:"id"`
	State      string     `json:"state" db:"state" enum:"waiting,running,passed,failed,broken,cancelled"`
	StartedAt  time.Time  `json:"started_at" db:"started_at"`
	FinishedAt *time.Time `json:"finished_at,omitempty" db:"finished_at"`
	By         string     `json:"by" db:"by" doc:"Who had it run"`
	Cases      int64      `json:"cases" db:"cases"`
	Found      int64      `json:"found" db:"found"`
}

// Isolation is the page: what is protected, and the runs there have been.
type Isolation struct {
	Tables int64       `json:"tables" doc:"How many tables hold shops' rows"`
	Rules  int         `json:"rules" doc:"How many rules the database's own catalogue is held to"`
	Groups []string    `json:"groups" nullable:"false"`
	Runs   []ResultRow `json:"runs" nullable:"false"`
}

const (
	countTables db.SQL = `
		select count(*) as tables
		from   pg_class c
		join   pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
		where  c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace`

	listRuns db.SQL = `
		select s.id, s.state, s.started_at, s.finished_at, coalesce(p.name, '') as by,
		       coalesce((s.report->>'cases')::bigint, 0) as cases, coalesce((s.report->>'found')::bigint, 0) as found
		from   self_tests s
		left   join people p on p.tenant_id = @tenant and p.id = s.started_by
		where  s.tenant_id = @tenant
		order  by s.started_at desc, s.id desc
		limit  30`

	insertRun db.SQL = `
		insert into self_tests (tenant_id, id, started_by, state, report, started_at)
		values (@tenant, @id, @by, 'waiting', @report, @now)`

	underWay db.SQL = `select count(*) from self_tests where tenant_id = @tenant and state in ('waiting', 'running')`

	readRun db.SQL = `select id, state, report, started_at from self_tests where tenant_id = @tenant and id = @id`

	writeRun db.SQL = `
		update self_tests set state = @state, report = @report, finished_at = @finished
		where  tenant_id = @tenant and id = @id`

	endRun db.SQL = `
		update self_tests
		set    state = @state, finished_at = @now, report = report || jsonb_build_object('state', @state::text)
		where  tenant_id = @tenant and id = @id and state in ('waiting', 'running')`
)

// Show gives what the page shows.
func Show(ctx context.Context, tx *db.Tx, _ web.None) (Isolation, error) {
	reads := tx.Reads()
	tables := db.ReadMaybe[int64](reads, countTables, db.Args{})
	runs := db.ReadAll[ResultRow](reads, listRuns, db.Args{})
	err := reads.Run(ctx)
	return Isolation{Tables: tables.Row, Rules: len(db.Rules) + 1, Groups: Groups(), Runs: *runs}, err
}

// NewSelfTest is a self-test to be run.
type NewSelfTest struct {
	ID uuid.UUID `json:"id"`
}

// Begin has a self-test run in the background.
//
// Fails with selftest.under_way if one runs already.
func Begin(ctx context.Context, tx *db.Tx, in NewSelfTest) (SelfTest, error) {
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	running, err := db.One[int](ctx, tx, underWay, db.Args{})
	if err != nil {
		return SelfTest{}, err
	}
	if running > 0 {
		return SelfTest{}, fault.Conflict("selftest.under_way").Say("A self-test is running already. Wait until it has ended.")
	}
	report := Result{State: Waiting, StartedAt: tx.Now(), Groups: []AttackGroup{}, Breaches: []Breach{}}
	for _, a := range attacks {
		report.Groups = append(report.Groups, AttackGroup{Key: a.key, Layer: a.layer, State: Waiting})
	}
	batch := tx.Batch()
	batch.Exec(insertRun, db.Args{"id": in.ID, "by": uuid.NullUUID{UUID: tx.ActorID(), Valid: tx.ActorID() != uuid.Nil}, "report": report, "now": tx.Now()})
	if err := batch.Done(); err != nil {
		return SelfTest{}, err
	}
	err = jobs.Start(tx, jobs.Order{ID: in.ID, Kind: jobKind, Title: "Self-test", Needs: Permission, Subject: in.ID, Total: int64(len(attacks))})
	return SelfTest{ID: in.ID, State: Waiting, Result: report, StartedAt: tx.Now()}, err
}

// SelfTest is one run with its report. Its job has the same id.
type SelfTest struct {
	ID        uuid.UUID `json:"id" db:"id"`
	State     string    `json:"state" db:"state" enum:"waiting,running,passed,failed,broken,cancelled"`
	Result    Result    `json:"report" db:"report"`
	StartedAt time.Time `json:"started_at" db:"started_at"`
}

// TestID names a run in a path.
type TestID struct {
	ID uuid.UUID `path:"id"`
}

// ShowRun gives one self-test.
//
// Fails with selftest.no_run.
func ShowRun(ctx context.Context, tx *db.Tx, in TestID) (SelfTest, error) {
	row, found, err := db.Maybe[SelfTest](ctx, tx, readRun, db.Args{"id": in.ID})
	if err == nil && !found {
		err = noTest()
	}
	if row.Result.Groups == nil {
		row.Result.Groups = []AttackGroup{}
	}
	if row.Result.Breaches == nil {
		row.Result.Breaches = []Breach{}
	}
	return row, err
}

func keepReport(tx *db.Tx, id uuid.UUID, report Result) error {
	batch := tx.Batch()
	batch.Exec(writeRun, db.Args{"id": id, "state": report.State, "report": report, "finished": report.FinishedAt})
	return batch.Done()
}

// PaperID names a run and the language of its paper.
type PaperID struct {
	ID       uuid.UUID `path:"id"`
	Language string    `query:"language" enum:"en,es,ar"`
}

// ShowPaper gives the report as a PDF.
//
// Fails with selftest.no_run.
func ShowPaper(ctx context.Context, tx *db.Tx, in PaperID) (web.File, error) {
	run, err := ShowRun(ctx, tx, TestID{in.ID})
	if err != nil {
		return web.File{}, err
	}
	body, err := Paper(run.Result, in.Language)
	return web.File{Name: "isolation-" + run.Result.StartedAt.Format("2006-01-02") + ".pdf", ContentType: "application/pdf", Body: body}, err
}
