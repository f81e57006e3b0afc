package audit

import (
	"context"
	"strconv"
	"strings"
	"time"

	"souk/server/platform/db"
	"souk/server/platform/export"
	"souk/server/platform/jobs"
	"souk/server/platform/page"
	"souk/shared/wire"
)

// ExportIn is the list under a filter, to be written to a file.
type ExportIn struct {
	Filter
	Format string `json:"format" enum:"csv,xlsx"`
}

var trailExport = export.List[Filter, TrailRow]{
	Kind: "audit.export", Needs: Read,
	Header:  []string{"Number", "Time (UTC)", "Person", "Till", "Approved by", "Action", "Table", "What", "Key", "Name", "Rows", "Fields"},
	Numbers: map[int]bool{0: true, 10: true},
	Page: func(ctx context.Context, tx *db.Tx, in Filter, after string) (wire.Page[TrailRow], error) {
		return List(ctx, tx, ListIn{Query: Query(in), After: after, Limit: page.MaxLimit})
	},
	Cells: func(r TrailRow) []string {
		return []string{
			strconv.FormatInt(r.Seq, 10), r.At.UTC().Format(time.DateTime), r.PersonName, r.DeviceName, r.ApproverName, r.Action, r.Table, r.Op, r.Entity, r.Name,
			strconv.Itoa(r.Count), strings.Join(r.Fields, ", "),
		}
	},
}

// Export begins to write the list under a filter to a file, and gives the job that
// does it. It fails with audit.filter_invalid.
func Export(ctx context.Context, tx *db.Tx, in ExportIn) (jobs.JobRow, error) {
	if _, err := Query(in.Filter).args(); err != nil {
		return jobs.JobRow{}, err
	}
	return trailExport.Start(ctx, tx, in.Filter, "Audit "+tx.Now().Format(time.DateOnly), in.Format == "xlsx")
}
