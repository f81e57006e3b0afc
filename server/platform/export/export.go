// Package export writes any list of the program to a CSV or XLSX file, as a job: it
// asks the list for page after page under the filter that a person looks at, and
// leaves the file in the list of jobs. What the columns are, the list says.
package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/files"
	"souk/server/platform/jobs"
	"souk/server/platform/sheet"
	"souk/shared/wire"
)

// kept is how long an export can be downloaded; pages is how many one step reads.
const (
	kept  = 7 * 24 * time.Hour
	pages = 10
)

// List is a list that can be exported. Query is its filter, which must survive
// JSON; Row is what it shows.
type List[Query, Row any] struct {
	// Kind is the name of the job, "module.export".
	Kind    string
	Needs   wire.Permission
	Header  []string
	Numbers map[int]bool // columns that are numbers in a workbook
	Page    func(ctx context.Context, tx *db.Tx, query Query, after string) (wire.Page[Row], error)
	Cells   func(Row) []string
}

// place is where the next step begins.
type place[Query any] struct {
	Query  Query     `json:"query"`
	Name   string    `json:"name"`
	XLSX   bool      `json:"xlsx"`
	File   uuid.UUID `json:"file"`
	Part   int       `json:"part"`
	After  string    `json:"after"`
	Listed bool      `json:"listed"`
}

// Start begins an export and gives its job. The name has no ending: the format
// adds its own.
func (l List[Query, Row]) Start(ctx context.Context, tx *db.Tx, query Query, name string, workbook bool) (jobs.JobRow, error) {
	id := uuid.Must(uuid.NewV7())
	title := name + map[bool]string{true: ".xlsx", false: ".csv"}[workbook]
	err := jobs.Start(tx, jobs.Order{ID: id, Kind: l.Kind, Title: title, Needs: l.Needs, Place: place[Query]{Query: query, Name: title, XLSX: workbook}})
	if err != nil {
		return jobs.JobRow{}, err
	}
	return jobs.Show(ctx, tx, jobs.JobID{ID: id})
}

// Job is the kind of work for the module's declaration.
func (l List[Query, Row]) Job() jobs.Kind { return jobs.Kind{Name: l.Kind, Step: l.step} }

func (l List[Query, Row]) step(ctx context.Context, tx *db.Tx, job *jobs.Job) error {
	var at place[Query]
	if err := job.Place(&at); err != nil {
		return err
	}
	if at.Listed {
		return l.finish(ctx, tx, job, at)
	}
	var rows [][]string
	if at.File == uuid.Nil {
		at.File = uuid.Must(uuid.NewV7())
		rows = append(rows, l.Header)
		if err := files.Begin(ctx, tx, files.New{ID: at.File, Name: at.Name, ContentType: sheet.CSVType, Needs: l.Needs, Keep: kept}); err != nil {
			return err
		}
	}
	for range pages {
		page, err := l.Page(ctx, tx, at.Query, at.After)
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			rows = append(rows, l.Cells(row))
		}
		job.Done += int64(len(page.Rows))
		if at.After = page.Next; at.After == "" {
			at.Listed = true
			break
		}
	}
	text, err := sheet.CSV(rows, at.Part == 0)
	if err != nil {
		return err
	}
	if at.Part, err = files.Extend(ctx, tx, at.File, at.Part, text); err != nil {
		return err
	}
	return job.Keep(at)
}

// finish completes the file. A workbook can only be written whole, from the text
// that the steps before have left.
func (l List[Query, Row]) finish(ctx context.Context, tx *db.Tx, job *jobs.Job, at place[Query]) error {
	job.Total, job.FileID = job.Done, at.File
	job.Finish()
	if err := files.Complete(tx, at.File); err != nil || !at.XLSX {
		return err
	}
	_, text, err := files.Read(ctx, tx, at.File)
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))).ReadAll()
	if err != nil {
		return err
	}
	for _, row := range rows {
		for i := range row {
			row[i] = sheet.Plain(row[i])
		}
	}
	book, err := sheet.XLSX(rows, l.Numbers)
	if err != nil {
		return err
	}
	job.FileID = uuid.Must(uuid.NewV7())
	err = files.Begin(ctx, tx, files.New{ID: job.FileID, Name: at.Name, ContentType: sheet.XLSXType, Needs: l.Needs, Keep: kept})
	return errors.Join(err, files.Write(ctx, tx, job.FileID, book), files.Drop(tx, at.File))
}
