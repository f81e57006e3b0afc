package audit

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/files"
	"souk/server/platform/jobs"
	"souk/server/platform/web"
	"souk/shared/audit"
	"souk/shared/fault"
)

const (
	readTitle db.SQL = `select name from company where tenant_id = @tenant`

	readTrail db.SQL = `
		select seq, at, actor, device, approver, action, tab, op, entity, detail::text as detail, hash
		from   audit
		where  tenant_id = @tenant and seq > @after and seq <= @until
		order  by seq
		limit  @limit`

	readFacts db.SQL = `select seq, fact from audit_facts_of(@first, @last)`

	readHeads db.SQL = `
		select seq, hash, at, public_key, signature
		from   audit_signatures
		where  tenant_id = @tenant and seq > @after and seq <= @until
		order  by seq`

	readEnd db.SQL = `select coalesce(max(seq), 0) from audit where tenant_id = @tenant`

	// As far as there are rows, or as far as was signed for.
	readWanted db.SQL = `
		select greatest((select coalesce(max(seq), 0) from audit where tenant_id = @tenant),
		                (select coalesce(max(seq), 0) from audit_signatures where tenant_id = @tenant))`

	readLastHead db.SQL = `
		select seq, hash, at, public_key, signature
		from   audit_signatures
		where  tenant_id = @tenant
		order  by seq desc
		limit  1`

	readLastCheck db.SQL = `
		select state, problem_code, problem, done_count, finished_at
		from   jobs
		where  tenant_id = @tenant and kind = 'audit.proof' and state in ('done', 'failed')
		order  by created_at desc, id desc
		limit  1`
)

const (
	proofKept = 7 * 24 * time.Hour
	stepRows  = 1000
)

type headRow struct {
	Seq                        int64
	Hash, PublicKey, Signature []byte
	At                         time.Time
}

func (r headRow) head(tenant uuid.UUID) audit.Head {
	head := audit.Head{Tenant: tenant, Seq: r.Seq, At: r.At.UTC(), PublicKey: r.PublicKey, Signature: r.Signature}
	copy(head.Hash[:], r.Hash)
	return head
}

type trailRow struct {
	Seq                     int64
	At                      time.Time
	Actor, Device, Approver *uuid.UUID
	Action                  string
	Tab                     string
	Op                      string
	Entity                  *string
	Detail                  string
	Hash                    []byte
}

func (r trailRow) row(tenant uuid.UUID, fact *string) audit.Row {
	row := audit.Row{
		Tenant: tenant, Seq: r.Seq, At: r.At.UTC(), Actor: r.Actor, Device: r.Device, Approver: r.Approver, Action: r.Action, Table: r.Tab, Op: r.Op,
		Entity: r.Entity, Detail: r.Detail, Fact: fact,
	}
	copy(row.Hash[:], r.Hash)
	return row
}

// Trail is where a shop's audit trail stands.
type Trail struct {
	Rows      int64      `json:"rows"`
	SignedTo  int64      `json:"signed_to" doc:"The last row that the installation has signed for; 0 if none"`
	SignedAt  *time.Time `json:"signed_at,omitempty"`
	PublicKey string     `json:"public_key" doc:"That checks the signature, in hexadecimal"`
	CheckedAt *time.Time `json:"checked_at,omitempty" doc:"When it was last followed row by row, from here"`
	Checked   int64      `json:"checked" doc:"How many rows that were"`
	Holds     bool       `json:"holds" doc:"It held then"`
	Problem   string     `json:"problem" doc:"Where it did not"`
}

type lastCheck struct {
	State       string
	ProblemCode string
	Problem     string
	DoneCount   int64
	FinishedAt  *time.Time
}

// ShowTrail says how long the trail is, how far it is signed, and what its last check found.
func ShowTrail(ctx context.Context, tx *db.Tx, _ web.None) (Trail, error) {
	r := tx.Reads()
	end := db.ReadMaybe[int64](r, readEnd, db.Args{})
	head := db.ReadMaybe[headRow](r, readLastHead, db.Args{})
	check := db.ReadMaybe[lastCheck](r, readLastCheck, db.Args{})
	if err := r.Run(ctx); err != nil {
		return Trail{}, err
	}
	out := Trail{Rows: end.Row}
	if head.Found {
		out.SignedTo, out.SignedAt, out.PublicKey = head.Row.Seq, &head.Row.At, hex.EncodeToString(head.Row.PublicKey)
	}
	if check.Found {
		out.CheckedAt, out.Checked, out.Holds, out.Problem = check.Row.FinishedAt, check.Row.DoneCount, check.Row.State == jobs.Done, check.Row.Problem
	}
	return out, nil
}

// place is how far a proof has come.
type place struct {
	Name  string     `json:"name"`
	Until int64      `json:"until"`
	Seq   int64      `json:"seq"`
	Hash  audit.Hash `json:"hash"`
	File  uuid.UUID  `json:"file"`
	Part  int        `json:"part"`
}

// TakeProof begins to follow the trail and to write it to a file, and gives the job
// that does it. The job fails with audit.broken at the first row that does not hold.
func TakeProof(ctx context.Context, tx *db.Tx, _ struct{}) (jobs.JobRow, error) {
	until, err := db.One[int64](ctx, tx, readWanted, db.Args{})
	if err != nil {
		return jobs.JobRow{}, err
	}
	id := uuid.Must(uuid.NewV7())
	name := "Audit proof " + tx.Now().Format(time.DateOnly) + ".jsonl.gz"
	if err := jobs.Start(tx, jobs.Order{ID: id, Kind: proofs.Name, Title: name, Needs: Read, Total: until, Place: place{Name: name, Until: until}}); err != nil {
		return jobs.JobRow{}, err
	}
	return jobs.Show(ctx, tx, jobs.JobID{ID: id})
}

var proofs = jobs.Kind{Name: "audit.proof", Step: proofStep}

func proofStep(ctx context.Context, tx *db.Tx, job *jobs.Job) error {
	var at place
	if err := job.Place(&at); err != nil {
		return err
	}
	var text bytes.Buffer
	packed := gzip.NewWriter(&text)
	to, err := begin(ctx, tx, &at, packed)
	if err != nil {
		return err
	}
	last, err := follow(ctx, tx, &at, to)
	if err != nil {
		return err
	}
	job.Done = at.Seq
	if last {
		err = to.End()
	}
	if err := errors.Join(err, packed.Close()); err != nil {
		return err
	}
	if at.Part, err = files.Extend(ctx, tx, at.File, at.Part, text.Bytes()); err != nil {
		return err
	}
	if !last {
		return job.Keep(at)
	}
	job.FileID = at.File
	job.Finish()
	return files.Complete(tx, at.File)
}

// begin opens the file at the first step.
func begin(ctx context.Context, tx *db.Tx, at *place, out *gzip.Writer) (*audit.Writer, error) {
	if at.File != uuid.Nil {
		return audit.Resume(out, at.Seq), nil
	}
	at.File = uuid.Must(uuid.NewV7())
	if err := files.Begin(ctx, tx, files.New{ID: at.File, Name: at.Name, ContentType: "application/gzip", Needs: Read, Keep: proofKept}); err != nil {
		return nil, err
	}
	shop, err := db.One[string](ctx, tx, readTitle, db.Args{})
	if err != nil {
		return nil, err
	}
	return audit.NewWriter(out, audit.Title{Tenant: tx.TenantID(), Shop: shop, MadeAt: tx.Now()})
}

// follow checks and writes the next rows, and says whether they were the last.
func follow(ctx context.Context, tx *db.Tx, at *place, to *audit.Writer) (last bool, err error) {
	rows, err := db.All[trailRow](ctx, tx, readTrail, db.Args{"after": at.Seq, "until": at.Until, "limit": stepRows})
	if err != nil {
		return false, err
	}
	last = len(rows) < stepRows
	until := at.Until
	if !last {
		until = rows[len(rows)-1].Seq
	}
	heads, err := db.All[headRow](ctx, tx, readHeads, db.Args{"after": at.Seq, "until": until})
	if err != nil {
		return false, err
	}
	facts, err := factsOf(ctx, tx, rows)
	if err != nil {
		return false, err
	}
	chain := audit.Chain{Tenant: tx.TenantID(), Seq: at.Seq, Hash: at.Hash}
	for _, row := range heads {
		head := row.head(tx.TenantID())
		chain.Signed = append(chain.Signed, head)
		err = errors.Join(err, to.Head(head))
	}
	for _, found := range rows {
		row := found.row(tx.TenantID(), facts[found.Seq])
		if err := errors.Join(err, broken(chain.Next(row)), to.Row(row)); err != nil {
			return false, err
		}
	}
	if last {
		err = errors.Join(err, broken(chain.End()))
	}
	at.Seq, at.Hash = chain.Seq, chain.Hash
	return last, err
}

func factsOf(ctx context.Context, tx *db.Tx, rows []trailRow) (map[int64]*string, error) {
	facts := map[int64]*string{}
	if len(rows) == 0 {
		return facts, nil
	}
	found, err := db.All[struct {
		Seq  int64
		Fact string
	}](ctx, tx, readFacts, db.Args{"first": rows[0].Seq, "last": rows[len(rows)-1].Seq})
	for _, f := range found {
		facts[f.Seq] = &f.Fact
	}
	return facts, err
}

// broken is a row that does not hold, as a person is told of it.
func broken(err error) error {
	var at audit.Broken
	if !errors.As(err, &at) {
		return err
	}
	return fault.Invalid("audit.broken").Messagef("The audit trail does not hold at row %d: it %s. Keep this page as it is and tell whoever runs the server; “souk verify --audit” says more.", at.Seq, at.What).Wrap(err)
}
