package tenants

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/export"
	"souk/server/platform/files"
	"souk/server/platform/jobs"
	"souk/server/platform/sheet"
	"souk/shared/fault"
)

const (
	listExported db.SQL = `select name, columns from export_tables() where name <> all(@without::text[]) order by name`

	readExported db.SQL = `select key, cells from export_page(@table, @columns::text[], @after::text[], @limit)`
)

// notExported are tables of which a copy is of no use: how the program remembers,
// finds and hands on what stands in others. The audit trail leaves as its proof.
var notExported = []string{
	"operations", "changes", "search_words", "counters", "upload_heads", "jobs", "files", "file_parts", "import_rows", "import_keys", "import_plans",
	"pairing_codes", "sessions", "audit", "audit_signatures", "self_tests", "saved_views", "list_layouts", "pictures", "samples",
}

const (
	exportName = "Everything"
	exportKept = 7 * 24 * time.Hour
	// A list with more rows goes on in a further file.
	exportRows = 20_000
	// A step ends when it has made so much.
	exportStepBytes = 4 << 20
)

const exportWords = `This is what your shop has in Souk, a list for each kind of record, as text that every
spreadsheet opens (CSV, UTF-8). Longer lists go on in files with a number.

Amounts of money are in the currency's smallest unit (cents). Times are in UTC.
Columns ending in _id name rows of other lists.

Not in here: passwords, PINs and other secrets; pictures; and the audit trail, whose
proof is taken from Settings, Audit. What was written while this was being made may be
missing in part: begun %s, ended %s.
`

type exportedTable struct {
	Name    string
	Columns []string
}

type exportedRow struct {
	Key   []string
	Cells []*string
}

// exportPlace is how far an export has come.
type exportPlace struct {
	Name    string         `json:"name"`
	Began   time.Time      `json:"began"`
	File    uuid.UUID      `json:"file"`
	Part    int            `json:"part"`
	Bytes   int            `json:"bytes"`
	Archive export.Archive `json:"archive"`
	Table   string         `json:"table"` // the one being written, or the last that was
	Chunk   int            `json:"chunk"` // of that one; 0 behind its end
	After   []string       `json:"after"`
}

// ExportAll begins to write all that the shop has to a ZIP file of lists, and gives
// the job that does it. The job fails with tenants.export_too_big.
func ExportAll(ctx context.Context, tx *db.Tx, _ struct{}) (jobs.JobRow, error) {
	id := uuid.Must(uuid.NewV7())
	name := exportName + " " + tx.Now().Format(time.DateOnly) + ".zip"
	err := jobs.Start(tx, jobs.Order{ID: id, Kind: everything.Name, Title: name, Needs: ExportEverything, Place: exportPlace{Name: name, Began: tx.Now()}})
	if err != nil {
		return jobs.JobRow{}, err
	}
	return jobs.Show(ctx, tx, jobs.JobID{ID: id})
}

var everything = jobs.Kind{Name: "tenants.export", Step: exportStep}

func exportStep(ctx context.Context, tx *db.Tx, job *jobs.Job) error {
	var at exportPlace
	if err := job.Place(&at); err != nil {
		return err
	}
	if at.File == uuid.Nil {
		at.File = uuid.Must(uuid.NewV7())
		if err := files.Begin(ctx, tx, files.New{ID: at.File, Name: at.Name, ContentType: "application/zip", Needs: ExportEverything, Keep: exportKept}); err != nil {
			return err
		}
	}
	tables, err := db.All[exportedTable](ctx, tx, listExported, db.Args{"without": notExported})
	if err != nil {
		return err
	}
	job.Total = int64(len(tables))
	var out bytes.Buffer
	last := true
	for i, table := range tables {
		if table.Name < at.Table || table.Name == at.Table && at.Chunk == 0 {
			continue
		}
		if last = out.Len() < exportStepBytes; !last {
			break
		}
		if err := at.write(ctx, tx, table, &out); err != nil {
			return err
		}
		if last = at.Chunk == 0; !last {
			break
		}
		job.Done = int64(i + 1)
	}
	if last {
		words := fmt.Sprintf(exportWords, at.Began.UTC().Format(time.DateTime), tx.Now().UTC().Format(time.DateTime))
		if err := errors.Join(at.Archive.Add(&out, "READ ME.txt", []byte(words), tx.Now()), at.Archive.Close(&out)); err != nil {
			return err
		}
	}
	if err := at.append(ctx, tx, out.Bytes()); err != nil {
		return err
	}
	if !last {
		return job.Keep(at)
	}
	job.FileID = at.File
	job.Finish()
	return files.Complete(tx, at.File)
}

// write adds the next chunk of a table to the archive.
func (at *exportPlace) write(ctx context.Context, tx *db.Tx, table exportedTable, out *bytes.Buffer) error {
	if at.Table != table.Name {
		at.Table, at.Chunk, at.After = table.Name, 1, nil
	}
	rows, err := db.All[exportedRow](ctx, tx, readExported, db.Args{"table": table.Name, "columns": table.Columns, "after": at.After, "limit": exportRows})
	if err != nil {
		return err
	}
	lines := make([][]string, 1, len(rows)+1)
	lines[0] = table.Columns
	for _, row := range rows {
		line := make([]string, len(row.Cells))
		for i, cell := range row.Cells {
			if cell != nil {
				line[i] = *cell
			}
		}
		lines = append(lines, line)
	}
	if at.Chunk == 1 || len(rows) > 0 {
		text, err := sheet.CSV(lines, true)
		if err != nil {
			return err
		}
		name := strings.ReplaceAll(table.Name, "_", " ")
		if at.Chunk > 1 {
			name = fmt.Sprintf("%s %d", name, at.Chunk)
		}
		if err := at.Archive.Add(out, name+".csv", text, tx.Now()); err != nil {
			return err
		}
	}
	if len(rows) < exportRows {
		at.Chunk, at.After = 0, nil
		return nil
	}
	at.Chunk, at.After = at.Chunk+1, rows[len(rows)-1].Key
	return nil
}

func (at *exportPlace) append(ctx context.Context, tx *db.Tx, body []byte) (err error) {
	if at.Bytes += len(body); at.Bytes > files.LargestOne {
		return fault.Conflict("tenants.export_too_big").
			Say("This shop has more than fits into one file here. Whoever runs the server can export all of it with “souk tenant export”.")
	}
	at.Part, err = files.Extend(ctx, tx, at.File, at.Part, body)
	return err
}
