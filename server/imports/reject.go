package imports

import (
	"context"
	"errors"
	"path"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/files"
	"souk/server/platform/jobs"
	"souk/server/platform/sheet"
)

// keptFor is how long a file of rejected rows can be downloaded.
const keptFor = 30 * 24 * time.Hour

// errorsHeading is the column that a reject file has more than what was uploaded.
const errorsHeading = "Souk: what is wrong"

// finish ends a run: what was not taken becomes a file.
func finish(ctx context.Context, tx *db.Tx, job *jobs.Job, found Import) error {
	batch := tx.Batch()
	batch.Exec(dropKeys, db.Args{"id": found.ID})
	batch.Exec(keepPlan, db.Args{"signature": found.Signature, "plan": found.Plan, "now": tx.Now()})
	reject, err := rejects(ctx, tx, found)
	if err != nil {
		return err
	}
	batch.Exec(finishRun, db.Args{"id": found.ID, "reject": uuid.NullUUID{UUID: reject, Valid: reject != uuid.Nil}, "now": tx.Now()})
	job.FileID = reject
	job.Finish()
	return batch.Done()
}

// rejects writes the bad rows as they came, with one column more that says what is
// wrong; uploaded again, that column is left out of the plan.
func rejects(ctx context.Context, tx *db.Tx, found Import) (uuid.UUID, error) {
	bad, err := db.All[line](ctx, tx, nextRows, db.Args{"id": found.ID, "after": 0, "limit": mostRows, "verdicts": []string{Bad}})
	if err != nil || len(bad) == 0 {
		return uuid.Nil, err
	}
	width := len(found.Columns)
	var header []string
	for _, column := range found.Columns {
		header = append(header, column.Header)
	}
	table := [][]string{withErrors(header, width, errorsHeading)}
	for _, l := range bad {
		messages := make([]string, len(l.Errors))
		for i, e := range l.Errors {
			messages[i] = e.Message
		}
		table = append(table, withErrors(l.Cells, width, strings.Join(messages, "; ")))
	}
	body, err := sheet.CSV(table, true)
	if err != nil {
		return uuid.Nil, err
	}
	id := uuid.Must(uuid.NewV7())
	name := strings.TrimSuffix(found.Name, path.Ext(found.Name)) + " (rejected).csv"
	err = files.Begin(ctx, tx, files.New{ID: id, Name: name, ContentType: sheet.CSVType, Needs: Permission, Keep: keptFor})
	return id, errors.Join(err, files.Write(ctx, tx, id, body))
}

// withErrors puts the errors beside the cells; a row that came back with them
// already has its old ones replaced.
func withErrors(cells []string, width int, text string) []string {
	row := make([]string, width, width+1)
	copy(row, cells)
	return append(row, text)
}
