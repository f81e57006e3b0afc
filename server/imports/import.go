package imports

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
)

// The states of an import.
const (
	Reading  = "reading"
	Mapping  = "mapping" // waits for a person
	Checking = "checking"
	Checked  = "checked" // waits for a person
	Running  = "running"
	Done     = "done"
	Stopped  = "stopped" // in the middle of running; can go on or be undone
	Undoing  = "undoing"
	Undone   = "undone"
	Failed   = "failed"
)

// What becomes of a row.
const (
	Bad     = "bad"
	Skip    = "skip"
	Make    = "new"
	Change  = "change"
	Made    = "made"
	Changed = "changed"
	Gone    = "undone"
)

// Plan says how the columns of a file become items.
type Plan struct {
	Fields         []string   `json:"fields" maxItems:"100" nullable:"false" doc:"The field of each column, empty for none"`
	Match          string     `json:"match" enum:"sku,barcode,both" doc:"By what a row's item is found in the catalogue"`
	Existing       string     `json:"existing" enum:"update,skip" doc:"What happens with items that are there already"`
	MakeCategories bool       `json:"make_categories"`
	LocationID     *uuid.UUID `json:"location_id,omitempty" doc:"Where opening stock stands"`
	TaxCode        string     `json:"tax_code,omitempty" maxLength:"40" doc:"Of new items whose row does not say"`
	Comma          bool       `json:"comma" doc:"Decimals stand after a comma"`
}

// Column is one column of the file, with the first of what stands in it.
type Column struct {
	Header  string   `json:"header"`
	Samples []string `json:"samples" nullable:"false"`
}

// Counts are how many rows there are of each sort.
type Counts struct {
	Bad     int `json:"bad" db:"bad"`
	Skip    int `json:"skip" db:"skip"`
	New     int `json:"new" db:"new"`
	Change  int `json:"change" db:"change"`
	Made    int `json:"made" db:"made"`
	Changed int `json:"changed" db:"changed"`
}

// Undid is what taking an import back did.
type Undid struct {
	Removed     int `json:"removed" doc:"Items that were made and are gone"`
	Deactivated int `json:"deactivated" doc:"Items that were made and had been used: out of sale, but kept"`
	Restored    int `json:"restored" doc:"Items that were changed and are as before"`
	Kept        int `json:"kept" doc:"Items of which something was changed since, which stays"`
}

// Import is one file and how far it came.
type Import struct {
	ID         uuid.UUID   `json:"id" db:"id"`
	FileID     uuid.UUID   `json:"file_id" db:"file_id"`
	Name       string      `json:"name" db:"name"`
	State      string      `json:"state" db:"state" enum:"reading,mapping,checking,checked,running,done,stopped,undoing,undone,failed"`
	JobID      *uuid.UUID  `json:"job_id,omitempty" db:"job_id"`
	Signature  string      `json:"-" db:"signature"`
	Columns    []Column    `json:"columns" db:"columns" nullable:"false"`
	Plan       Plan        `json:"plan" db:"plan"`
	Rows       int         `json:"rows" db:"row_count"`
	Problem    string      `json:"problem" db:"problem" doc:"Why it failed"`
	RejectID   *uuid.UUID  `json:"reject_id,omitempty" db:"reject_id" doc:"The file of the rows that were not taken"`
	Undone     Undid       `json:"undone" db:"undone"`
	Person     string      `json:"person" db:"person"`
	CreatedAt  time.Time   `json:"created_at" db:"created_at"`
	FinishedAt *time.Time  `json:"finished_at,omitempty" db:"finished_at"`
	Categories []uuid.UUID `json:"-" db:"categories"`
	Openings   []uuid.UUID `json:"-" db:"openings"`
	Counts     Counts      `json:"counts" db:"-"`
}

const (
	importColumns = `
		select m.id, m.file_id, m.name, m.state, m.job_id, m.signature, m.columns, m.plan, m.row_count, m.problem, m.reject_id, m.undone,
		       coalesce(p.name, '') as person, m.created_at, m.finished_at, m.categories, m.openings
		from   imports m
		left   join people p on p.tenant_id = @tenant and p.id = m.person_id
		where  m.tenant_id = @tenant`

	readImport db.SQL = importColumns + ` and m.id = @id`

	listImports db.SQL = importColumns + `
		and    (m.created_at, m.id) < (@before_at::timestamptz, @before_id::uuid)
		order  by m.created_at desc, m.id desc
		limit  @limit`

	lockImport db.SQL = `select state from imports where tenant_id = @tenant and id = @id for update`

	insertImport db.SQL = `
		insert into imports (tenant_id, id, file_id, name, state, job_id, person_id, created_at, updated_at)
		values (@tenant, @id, @file, @name, 'reading', @job, @person, @now, @now)`

	setState db.SQL = `
		update imports
		set    state = @state, problem = @problem, updated_at = @now
		where  tenant_id = @tenant and id = @id`

	beginWork db.SQL = `
		update imports
		set    state = @state, job_id = @job, problem = '', updated_at = @now
		where  tenant_id = @tenant and id = @id`

	setPlan db.SQL = `
		update imports set plan = @plan, updated_at = @now where tenant_id = @tenant and id = @id`

	setHeader db.SQL = `
		update imports
		set    columns = @columns, signature = @signature, plan = @plan, updated_at = @now
		where  tenant_id = @tenant and id = @id`

	setRows db.SQL = `
		update imports set row_count = @rows, state = @state, updated_at = @now where tenant_id = @tenant and id = @id`

	finishRun db.SQL = `
		update imports
		set    state = 'done', reject_id = @reject, finished_at = @now, updated_at = @now
		where  tenant_id = @tenant and id = @id`

	addCategories db.SQL = `
		update imports set categories = categories || @ids::uuid[] where tenant_id = @tenant and id = @id`

	addOpening db.SQL = `
		update imports set openings = openings || @opening::uuid where tenant_id = @tenant and id = @id`

	setUndone db.SQL = `
		update imports
		set    undone = @undone, state = @state, updated_at = @now
		where  tenant_id = @tenant and id = @id`

	countRows db.SQL = `
		select count(*) filter (where verdict = 'bad') as bad, count(*) filter (where verdict = 'skip') as skip,
		       count(*) filter (where verdict = 'new') as new, count(*) filter (where verdict = 'change') as change,
		       count(*) filter (where verdict = 'made') as made, count(*) filter (where verdict = 'changed') as changed
		from   import_rows
		where  tenant_id = @tenant and import_id = @id`

	readPlan db.SQL = `select plan from import_plans where tenant_id = @tenant and signature = @signature`

	keepPlan db.SQL = `
		insert into import_plans (tenant_id, signature, plan, updated_at)
		values (@tenant, @signature, @plan, @now)
		on     conflict (tenant_id, signature) do update set plan = excluded.plan, updated_at = excluded.updated_at`

	insertRows db.SQL = `
		insert into import_rows (tenant_id, import_id, row_no, cells)
		select @tenant, @id, row_no, cells::jsonb
		from   unnest(@rows::int[], @cells::text[]) as n (row_no, cells)`

	// A file that was uploaded long ago can no longer be undone; its rows need not stay.
	dropOldRows db.SQL = `
		delete from import_rows r
		using  imports m
		where  m.tenant_id = @tenant and r.tenant_id = @tenant and r.import_id = m.id and m.created_at < @before`

	nextRows db.SQL = `
		select row_no, cells, verdict, errors, item_id, before, after
		from   import_rows
		where  tenant_id = @tenant and import_id = @id and row_no > @after and verdict = any(@verdicts::text[])
		order  by row_no
		limit  @limit`

	setVerdicts db.SQL = `
		update import_rows r
		set    verdict = n.verdict, errors = n.errors::jsonb, item_id = n.item_id, before = n.before::jsonb, after = n.after::jsonb
		from   unnest(@rows::int[], @verdicts::text[], @errors::text[], @items::uuid[], @befores::text[], @afters::text[])
		       as n (row_no, verdict, errors, item_id, before, after)
		where  r.tenant_id = @tenant and r.import_id = @id and r.row_no = n.row_no`

	dropKeys db.SQL = `delete from import_keys where tenant_id = @tenant and import_id = @id`

	insertKeys db.SQL = `
		insert into import_keys (tenant_id, import_id, kind, key, row_no)
		select @tenant, @id, kind, key, row_no
		from   unnest(@kinds::text[], @keys::text[], @rows::int[]) as n (kind, key, row_no)
		on     conflict do nothing`

	readKeys db.SQL = `
		select k.kind, k.key, k.row_no
		from   unnest(@kinds::text[], @keys::text[]) as n (kind, key)
		join   import_keys k on k.tenant_id = @tenant and k.import_id = @id and k.kind = n.kind and k.key = n.key`

	readCurrency db.SQL = `select currency from company where tenant_id = @tenant`

	openedItems db.SQL = `
		select distinct item_id
		from   stock_moves
		where  tenant_id = @tenant and item_id = any(@items::uuid[]) and location_id = @location and source_type = 'opening'`

	// What the import opened, of items that have not moved since.
	openedBy db.SQL = `
		select m.item_id, m.location_id, m.quantity
		from   stock_moves m
		join   locations l on l.tenant_id = @tenant and l.id = m.location_id and (@stores::uuid[] is null or l.store_id = any(@stores))
		where  m.tenant_id = @tenant and m.item_id = any(@items::uuid[]) and m.source_type = 'opening' and m.source_id = any(@sources::uuid[])
		and    not exists (
			select from stock_moves o
			where  o.tenant_id = @tenant and o.item_id = m.item_id and o.location_id = m.location_id and o.id <> m.id)
		order  by m.location_id, m.item_id`

	locationThere db.SQL = `
		select id from locations where tenant_id = @tenant and id = @id and (@stores::uuid[] is null or store_id = any(@stores))`
)

// line is a row of a file as it is kept.
type line struct {
	Row     int             `db:"row_no"`
	Cells   []string        `db:"cells"`
	Verdict string          `db:"verdict"`
	Errors  []RowError      `db:"errors"`
	ItemID  *uuid.UUID      `db:"item_id"`
	Before  json.RawMessage `db:"before"`
	After   json.RawMessage `db:"after"`
}

// save writes what became of lines.
func save(b *db.Batch, id uuid.UUID, lines []line) error {
	n := len(lines)
	if n == 0 {
		return nil
	}
	rows, verdicts, errors := make([]int, n), make([]string, n), make([]string, n)
	items, befores, afters := make([]*uuid.UUID, n), make([]*string, n), make([]*string, n)
	for i, l := range lines {
		if l.Errors == nil {
			l.Errors = []RowError{}
		}
		text, err := json.Marshal(l.Errors)
		if err != nil {
			return err
		}
		rows[i], verdicts[i], errors[i], items[i] = l.Row, l.Verdict, string(text), l.ItemID
		befores[i], afters[i] = orNone(l.Before), orNone(l.After)
	}
	b.Exec(setVerdicts, db.Args{
		"id": id, "rows": rows, "verdicts": verdicts, "errors": errors, "items": items, "befores": befores, "afters": afters,
	})
	return b.Done()
}

func orNone(text json.RawMessage) *string {
	if len(text) == 0 {
		return nil
	}
	whole := string(text)
	return &whole
}
