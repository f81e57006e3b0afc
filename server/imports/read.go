package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/files"
	"souk/server/platform/jobs"
	"souk/shared/fault"
)

// undoDays is how long an import can be taken back.
const undoDays = 90

// rowsAtOnce is how many rows one step puts away.
const rowsAtOnce = 20_000

// place is where the next step of any of the jobs here begins: after this row.
type place struct {
	Row   int  `json:"row"`
	Begun bool `json:"begun"`
}

var errEnough = errors.New("enough rows for this step")

// read puts the rows of a file away, so that every later step finds its own.
func read(ctx context.Context, tx *db.Tx, job *jobs.Job) error {
	var at place
	if err := job.Place(&at); err != nil {
		return err
	}
	found, err := find(ctx, tx, job.SubjectID)
	if err != nil {
		return err
	}
	_, body, err := files.Read(ctx, tx, found.FileID)
	if err != nil {
		return err
	}
	r := rowReader{after: at.Row}
	err = eachRow(body, r.visit)
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if len(r.header) == 0 || (len(r.rows) == 0 && !at.Begun) {
		return fault.Invalid("imports.empty").Say("There are no rows in this file. The first row has the headings, items come below.")
	}
	if !at.Begun {
		if err := begin(ctx, tx, job.SubjectID, r); err != nil {
			return err
		}
	}
	batch := tx.Batch()
	batch.Exec(insertRows, db.Args{"id": job.SubjectID, "rows": r.rows, "cells": r.cells})
	job.Done += int64(len(r.rows))
	if job.Done > mostRows {
		return fault.Invalid("imports.too_many").Messagef("This file has more than %d rows. Split it into several.", mostRows)
	}
	if !errors.Is(err, errEnough) {
		job.Total = job.Done
		batch.Exec(setRows, db.Args{"id": job.SubjectID, "rows": job.Done, "state": Mapping, "now": tx.Now()})
		job.Finish()
		return batch.Done()
	}
	return errors.Join(batch.Done(), job.Keep(place{Row: r.last, Begun: true}))
}

// rowReader takes the rows after one, up to as many as a step does.
type rowReader struct {
	after, last int
	header      []string
	rows        []int
	cells       []string
	samples     [][]string
	commas      int
}

func (r *rowReader) visit(number int, cells []string) error {
	if r.header == nil {
		r.header = append([]string{}, cells...)
		return nil
	}
	if number <= r.after {
		return nil
	}
	if len(r.rows) == rowsAtOnce {
		return errEnough
	}
	text, err := json.Marshal(cells)
	if err != nil {
		return err
	}
	r.rows, r.cells, r.last = append(r.rows, number), append(r.cells, string(text)), number
	if len(r.samples) < 5 {
		r.samples = append(r.samples, append([]string{}, cells...))
	}
	for _, cell := range cells {
		r.commas += decimals(cell)
	}
	return nil
}

// begin keeps what is known of the columns, with the plan that was used for the
// same headings before, else a guess.
func begin(ctx context.Context, tx *db.Tx, id uuid.UUID, r rowReader) error {
	signature := signatureOf(r.header)
	kept, remembered, err := db.Maybe[keptPlan](ctx, tx, readPlan, db.Args{"signature": signature})
	if err != nil {
		return err
	}
	plan := kept.Plan
	if !remembered || len(plan.Fields) != len(r.header) {
		plan = Plan{Fields: guess(r.header), Match: "both", Existing: "update", MakeCategories: true, Comma: r.commas > 0}
	}
	columns := make([]Column, len(r.header))
	for i, header := range r.header {
		columns[i] = Column{Header: header, Samples: []string{}}
		for _, row := range r.samples {
			if i < len(row) && row[i] != "" {
				columns[i].Samples = append(columns[i].Samples, shown(row[i]))
			}
		}
	}
	batch := tx.Batch()
	batch.Exec(dropOldRows, db.Args{"before": tx.Now().AddDate(0, 0, -undoDays)})
	batch.Exec(setHeader, db.Args{"id": id, "columns": columns, "signature": signature, "plan": plan, "now": tx.Now()})
	return batch.Done()
}

type keptPlan struct {
	Plan Plan `db:"plan"`
}

func shown(cell string) string {
	if runes := []rune(cell); len(runes) > 80 {
		return string(runes[:79]) + "…"
	}
	return cell
}

// signatureOf is the same for files with the same headings in the same order.
func signatureOf(header []string) string {
	plain := make([]string, len(header))
	for i, heading := range header {
		plain[i] = plainHeading(heading)
	}
	sum := sha256.Sum256([]byte(strings.Join(plain, "\n")))
	return hex.EncodeToString(sum[:16])
}

func find(ctx context.Context, tx *db.Tx, id uuid.UUID) (Import, error) {
	found, there, err := db.Maybe[Import](ctx, tx, readImport, db.Args{"id": id})
	if err == nil && !there {
		err = fault.NotFound("imports.no_import").Say("There is no such import.")
	}
	return found, err
}
