package imports

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"souk/server/catalog"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/files"
	"souk/server/platform/jobs"
	"souk/server/platform/page"
	"souk/shared/fault"
	"souk/shared/wire"
)

// uploadKept is how long an uploaded file stays.
const uploadKept = 7 * 24 * time.Hour

// NewUpload is a file that is about to be sent, part by part.
type NewUpload struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name" minLength:"1" maxLength:"200"`
}

// BeginUpload makes room for a file; its parts go to /files/{id}/parts/{part}.
//
// Fails with files.full.
func BeginUpload(ctx context.Context, tx *db.Tx, in NewUpload) (files.StoredFile, error) {
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	err := files.Begin(ctx, tx, files.New{ID: in.ID, Name: in.Name, ContentType: "application/octet-stream", Needs: Permission, Keep: uploadKept})
	if err != nil {
		return files.StoredFile{}, err
	}
	return files.Find(ctx, tx, in.ID)
}

// NewImport is an import of a file that has been uploaded.
type NewImport struct {
	ID     uuid.UUID `json:"id"`
	FileID uuid.UUID `json:"file_id"`
}

// Create begins to read a file. The import waits for its columns to be mapped then.
//
// Fails with files.no_file, also for a file that is not complete or another
// person's.
func Create(ctx context.Context, tx *db.Tx, in NewImport) (Import, error) {
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	file, err := files.Find(ctx, tx, in.FileID)
	if err != nil {
		return Import{}, err
	}
	if !file.Complete || file.MadeBy != tx.ActorID() {
		return Import{}, fault.NotFound("files.no_file").Say("Upload the whole file first.")
	}
	job := uuid.Must(uuid.NewV7())
	batch := tx.Batch()
	batch.Exec(insertImport, db.Args{
		"id": in.ID, "file": in.FileID, "name": file.Name, "job": job, "person": uuid.NullUUID{UUID: tx.ActorID(), Valid: tx.ActorID() != uuid.Nil}, "now": tx.Now(),
	})
	if err := batch.Done(); err != nil {
		return Import{}, err
	}
	if err := jobs.Start(tx, jobs.Order{ID: job, Kind: readKind, Title: file.Name, Needs: Permission, Subject: in.ID}); err != nil {
		return Import{}, err
	}
	return Show(ctx, tx, ImportID{in.ID})
}

// ImportID names an import in a path.
type ImportID struct {
	ID uuid.UUID `path:"id"`
}

// Show gives one import with how many of its rows are what.
//
// Fails with imports.no_import.
func Show(ctx context.Context, tx *db.Tx, in ImportID) (Import, error) {
	found, err := find(ctx, tx, in.ID)
	if err != nil {
		return found, err
	}
	if found.Plan.Fields == nil {
		found.Plan.Fields = []string{}
	}
	found.Counts, err = db.One[Counts](ctx, tx, countRows, db.Args{"id": in.ID})
	return found, err
}

// Query asks for a page of the imports there have been.
type Query struct {
	After string `query:"after"`
	Limit int    `query:"limit" minimum:"0" maximum:"200"`
}

// List gives the imports, newest first, without the counts of their rows.
//
// Fails with request.bad_cursor.
func List(ctx context.Context, tx *db.Tx, in Query) (wire.Page[Import], error) {
	at, id := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), uuid.Max
	if in.After != "" {
		parts, err := page.Decode(in.After, 2)
		if err != nil {
			return wire.Page[Import]{}, err
		}
		if at, err = time.Parse(time.RFC3339Nano, parts[0]); err == nil {
			id, err = uuid.Parse(parts[1])
		}
		if err != nil {
			return wire.Page[Import]{}, page.BadCursor(err)
		}
	}
	limit := page.Limit(in.Limit)
	rows, err := db.All[Import](ctx, tx, listImports, db.Args{"before_at": at, "before_id": id, "limit": limit + 1})
	for i := range rows {
		if rows[i].Plan.Fields == nil {
			rows[i].Plan.Fields = []string{}
		}
	}
	return page.Cut(rows, limit, func(m Import) []string { return []string{m.CreatedAt.Format(time.RFC3339Nano), m.ID.String()} }), err
}

// PlanChange is how an import's columns are to be taken.
type PlanChange struct {
	ID   uuid.UUID `path:"id"`
	Body Plan
}

// Try sets the plan of an import and begins its dry run, which changes nothing
// but what is said of its rows.
//
// Fails with imports.no_import, imports.bad_plan, imports.costs, and imports.busy while a job is
// at it or once it was run.
func Try(ctx context.Context, tx *db.Tx, in PlanChange) (Import, error) {
	found, err := hold(ctx, tx, in.ID, Mapping, Checked)
	if err != nil {
		return found, err
	}
	if err := in.Body.check(ctx, tx, len(found.Columns)); err != nil {
		return found, err
	}
	batch := tx.Batch()
	batch.Exec(setPlan, db.Args{"id": in.ID, "plan": in.Body, "now": tx.Now()})
	if err := batch.Done(); err != nil {
		return found, err
	}
	return work(ctx, tx, found, order{kind: checkKind, state: Checking, total: found.Rows})
}

func (p Plan) check(ctx context.Context, tx *db.Tx, columns int) error {
	bad := func(path, sentence string) error {
		return fault.Invalid("imports.bad_plan", fault.At(path, "imports.bad_plan", sentence)).Say(sentence)
	}
	if len(p.Fields) != columns {
		return bad("fields", "Give each column of the file a field, or none.")
	}
	seen := map[string]bool{}
	for _, field := range p.Fields {
		if field != "" && labels[field] == "" {
			return bad("fields", "Choose the fields from the list.")
		}
		if seen[field] && field != "" && field != Barcode {
			return bad("fields", "Two columns are "+labels[field]+". Choose one of them.")
		}
		seen[field] = true
	}
	if !seen[Name] && !seen[SKU] && !seen[Barcode] {
		return bad("fields", "Say which column is the name, the SKU or the barcode.")
	}
	// The run has nobody behind it: whose word the costs are is settled here.
	if seen[Cost] && !auth.From(ctx).Can(catalog.Cost) {
		return fault.Invalid("imports.costs", fault.At("fields", "imports.costs", "")).
			Say("Your role may not say what items cost. Leave that column out, or ask someone who may.")
	}
	if seen[Opening] && p.LocationID == nil {
		return bad("location_id", "Choose the place where the opening stock stands.")
	}
	if p.LocationID == nil {
		return nil
	}
	_, there, err := db.Maybe[uuid.UUID](ctx, tx, locationThere, db.Args{"id": p.LocationID})
	if err == nil && !there {
		err = bad("location_id", "There is no such place to keep stock.")
	}
	return err
}

// Run brings the rows that are right into the catalogue.
//
// Fails with imports.no_import, and with imports.busy unless it was tried, or was
// stopped in the middle.
func Run(ctx context.Context, tx *db.Tx, in ImportID) (Import, error) {
	found, err := hold(ctx, tx, in.ID, Checked, Stopped)
	if err != nil {
		return found, err
	}
	counts, err := db.One[Counts](ctx, tx, countRows, db.Args{"id": in.ID})
	if err != nil {
		return found, err
	}
	return work(ctx, tx, found, order{kind: runKind, state: Running, total: counts.New + counts.Change, quiet: quiet})
}

// quiet are the topics that a bulk change tells of once, at its end: a till that
// hears of a hundred thousand items does better to fetch them all.
var quiet = []string{"catalog.items", "inventory.stock"}

// Undo takes back what an import did.
//
// Fails with imports.no_import, imports.too_old, and imports.busy while a job is
// at it or if it never ran.
func Undo(ctx context.Context, tx *db.Tx, in ImportID) (Import, error) {
	found, err := hold(ctx, tx, in.ID, Done, Stopped)
	if err != nil {
		return found, err
	}
	if tx.Now().Sub(found.CreatedAt) > undoDays*24*time.Hour {
		return found, fault.Conflict("imports.too_old").Messagef("An import can be undone for %d days.", undoDays)
	}
	counts, err := db.One[Counts](ctx, tx, countRows, db.Args{"id": in.ID})
	if err != nil {
		return found, err
	}
	return work(ctx, tx, found, order{kind: undoKind, state: Undoing, total: counts.Made + counts.Changed, quiet: quiet})
}

// hold keeps others from an import that is in one of these states.
func hold(ctx context.Context, tx *db.Tx, id uuid.UUID, states ...string) (Import, error) {
	state, there, err := db.Maybe[string](ctx, tx, lockImport, db.Args{"id": id})
	if err != nil {
		return Import{}, err
	}
	if there && !slices.Contains(states, state) {
		return Import{}, fault.Conflict("imports.busy").Say("This import is at another point by now. Look at it again.")
	}
	return find(ctx, tx, id)
}

type order struct {
	kind, state string
	total       int
	quiet       []string
}

func work(ctx context.Context, tx *db.Tx, found Import, in order) (Import, error) {
	job := uuid.Must(uuid.NewV7())
	batch := tx.Batch()
	batch.Exec(beginWork, db.Args{"id": found.ID, "state": in.state, "job": job, "now": tx.Now()})
	if err := batch.Done(); err != nil {
		return found, err
	}
	err := jobs.Start(tx, jobs.Order{
		ID: job, Kind: in.kind, Title: found.Name, Needs: Permission, Subject: found.ID, Total: int64(in.total), Quiet: in.quiet,
	})
	if err != nil {
		return found, err
	}
	return Show(ctx, tx, ImportID{found.ID})
}

// ImportRow is a row of the file and what is said of it.
type ImportRow struct {
	Row     int        `json:"row" doc:"Its number in the file"`
	Cells   []string   `json:"cells" nullable:"false"`
	Verdict string     `json:"verdict"`
	Errors  []RowError `json:"errors" nullable:"false"`
}

// RowsQuery asks for rows of one sort.
type RowsQuery struct {
	ID      uuid.UUID `path:"id"`
	Verdict string    `query:"verdict" enum:"bad,skip,new,change,made,changed,undone" default:"bad"`
	After   int       `query:"after" minimum:"0" doc:"The number of the last row of the page before"`
	Limit   int       `query:"limit" minimum:"0" maximum:"200"`
}

// Rows gives rows of one sort in the order of the file.
func Rows(ctx context.Context, tx *db.Tx, in RowsQuery) (wire.Page[ImportRow], error) {
	if in.Verdict == "" {
		in.Verdict = Bad
	}
	limit := page.Limit(in.Limit)
	lines, err := db.All[line](ctx, tx, nextRows, db.Args{"id": in.ID, "after": in.After, "limit": limit, "verdicts": []string{in.Verdict}})
	out := wire.Page[ImportRow]{Rows: make([]ImportRow, len(lines))}
	for i, l := range lines {
		out.Rows[i] = ImportRow{Row: l.Row, Cells: l.Cells, Verdict: l.Verdict, Errors: l.Errors}
	}
	return out, err
}
