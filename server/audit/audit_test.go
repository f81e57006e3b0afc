package audit_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/audit"
	sealing "souk/server/platform/audit"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/files"
	"souk/server/platform/jobs"
	"souk/server/platform/web"
	chain "souk/shared/audit"
	"souk/shared/wire"
)

const renameStore db.SQL = `update stores set name = @name where tenant_id = @tenant and id = @id`

type bench struct {
	database *db.DB
	name     string
	shop     dbtest.Shop
}

// newBench is a shop whose store was renamed as often as there are names, by its owner.
func newBench(t *testing.T, names ...string) bench {
	t.Helper()
	database, _, name := dbtest.Fresh(t)
	b := bench{database: database, name: name, shop: dbtest.NewShop(t, database)}
	for _, name := range names {
		b.in(t, func(_ context.Context, tx *db.Tx) error {
			batch := tx.Batch()
			batch.Exec(renameStore, db.Args{"name": name, "id": b.shop.Store})
			return batch.Done()
		})
	}
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	_, err = sealing.Seal(t.Context(), database, b.shop.ID)
	require.NoError(t, err)
	require.NoError(t, sealing.Sign(t.Context(), database, b.shop.ID, key))
	return b
}

func (b bench) in(t *testing.T, do func(context.Context, *db.Tx) error) {
	t.Helper()
	owner := auth.Acting(b.shop.ID, b.shop.Person, wire.Owner, auth.Grants{wire.Owner: {audit.Read: true}})
	require.NoError(t, b.database.Tenant(db.WithAction(auth.With(t.Context(), owner), "PUT /stores/{id}"), b.shop.Identity(), do))
}

func (b bench) list(t *testing.T, in audit.ListIn) (rows []audit.TrailRow, next string) {
	t.Helper()
	b.in(t, func(ctx context.Context, tx *db.Tx) error {
		found, err := audit.List(ctx, tx, in)
		rows, next = found.Rows, found.Next
		return err
	})
	return rows, next
}

func TestTheListTellsWhoDidWhat(t *testing.T) {
	b := newBench(t, "North", "South", "West")
	rows, next := b.list(t, audit.ListIn{Query: audit.Query{Table: "stores", Op: "update"}, Limit: 2})
	require.Len(t, rows, 2)
	require.Equal(t, []string{"West", "South"}, []string{rows[0].Name, rows[1].Name}, "the newest first")
	require.Equal(t, "Pat Owner", rows[0].PersonName)
	require.Equal(t, "PUT /stores/{id}", rows[0].Action)
	require.Equal(t, b.shop.Store.String(), rows[0].Entity)
	require.Equal(t, []string{"name"}, rows[0].Fields)

	rest, next := b.list(t, audit.ListIn{Query: audit.Query{Table: "stores", Op: "update"}, Limit: 2, After: next})
	require.Len(t, rest, 1)
	require.Equal(t, "North", rest[0].Name)
	require.Empty(t, next)

	today := b.database.Now().Format(time.DateOnly)
	for name, c := range map[string]struct {
		query audit.Query
		count int
	}{
		"by its row":           {audit.Query{Entity: b.shop.Store.String(), Op: "update"}, 3},
		"by who did it":        {audit.Query{PersonID: b.shop.Person.String(), Op: "update"}, 3},
		"by who did not":       {audit.Query{PersonID: uuid.NewString()}, 0},
		"of a day long gone":   {audit.Query{To: "2020-01-01"}, 0},
		"from a day to come":   {audit.Query{From: "2099-01-01"}, 0},
		"up to today and back": {audit.Query{From: "2020-01-01", To: b.database.Now().AddDate(0, 0, 1).Format(time.DateOnly), Op: "update"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			rows, _ := b.list(t, audit.ListIn{Query: c.query})
			require.Len(t, rows, c.count, today)
		})
	}
}

func TestAnEntryShowsBeforeAndAfter(t *testing.T) {
	b := newBench(t, "North", "South")
	rows, _ := b.list(t, audit.ListIn{Query: audit.Query{Table: "stores", Op: "update"}})
	b.in(t, func(ctx context.Context, tx *db.Tx) error {
		entry, err := audit.Show(ctx, tx, audit.RowID{Seq: rows[0].Seq})
		require.Equal(t, []audit.TrailChange{{Key: b.shop.Store.String(), Before: map[string]any{"name": "North"}, After: map[string]any{"name": "South"}}}, entry.Changes)
		require.Len(t, entry.Hash, 64)
		return err
	})
}

func TestABadFilterIsRefused(t *testing.T) {
	b := newBench(t)
	for _, query := range []audit.Query{{From: "yesterday"}, {PersonID: "Pat"}} {
		err := b.database.Read(t.Context(), b.shop.Identity(), func(ctx context.Context, tx *db.Tx) error {
			_, err := audit.List(ctx, tx, audit.ListIn{Query: query})
			return err
		})
		require.ErrorContains(t, err, "audit.filter_invalid")
	}
}

// proof takes the proof and waits for it.
func (b bench) proof(t *testing.T) (job jobs.JobRow, file []byte) {
	t.Helper()
	runner := jobs.NewRunner(b.database, audit.Module.Jobs)
	b.in(t, func(ctx context.Context, tx *db.Tx) (err error) {
		job, err = audit.TakeProof(ctx, tx, struct{}{})
		return err
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { runner.Run(ctx); close(ended) }()
	defer func() { stop(); <-ended }()
	require.Eventually(t, func() bool {
		b.in(t, func(ctx context.Context, tx *db.Tx) (err error) {
			job, err = jobs.Show(ctx, tx, jobs.JobID{ID: job.ID})
			return err
		})
		return job.State == jobs.Done || job.State == jobs.Failed
	}, time.Minute, 10*time.Millisecond)
	if job.State == jobs.Done {
		b.in(t, func(ctx context.Context, tx *db.Tx) (err error) {
			_, file, err = files.Read(ctx, tx, *job.FileID)
			return err
		})
	}
	return job, file
}

func TestTheProofHoldsWithoutTheServer(t *testing.T) {
	b := newBench(t, "North", "South")
	job, file := b.proof(t)
	require.Equal(t, jobs.Done, job.State, job.Problem)
	found, err := chain.Check(bytes.NewReader(file))
	require.NoError(t, err)
	require.Equal(t, "Test shop", found.Title.Shop)
	require.Equal(t, job.Done, found.Rows)
	require.Equal(t, 1, found.Heads)

	b.in(t, func(ctx context.Context, tx *db.Tx) error {
		trail, err := audit.ShowTrail(ctx, tx, web.None{})
		require.True(t, trail.Holds)
		require.Equal(t, found.Rows, trail.Checked)
		require.Equal(t, found.Rows, trail.SignedTo)
		return err
	})
}

func TestATrailThatDoesNotHoldGivesNoProof(t *testing.T) {
	for name, statement := range map[string]string{
		"a row is changed":           `update audit set action = 'nothing' where tenant_id = $1 and seq = 3`,
		"a row is gone":              `delete from audit where tenant_id = $1 and seq = 3`,
		"the end is gone":            `delete from audit where tenant_id = $1 and seq >= 3`,
		"a signature is of no chain": `update audit_signatures set hash = sha256('x') where tenant_id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, "North", "South")
			_, err := dbtest.Superuser(t, b.name).Exec(t.Context(), statement, b.shop.ID)
			require.NoError(t, err)
			job, _ := b.proof(t)
			require.Equal(t, jobs.Failed, job.State)
			require.Contains(t, job.Problem, "does not hold at row")
			b.in(t, func(ctx context.Context, tx *db.Tx) error {
				trail, err := audit.ShowTrail(ctx, tx, web.None{})
				require.False(t, trail.Holds)
				require.Equal(t, job.Problem, trail.Problem)
				return err
			})
		})
	}
}

// Somebody with the database's own key writes past the program: the row tells whose it is.
func TestWhatIsWrittenByHandIsTold(t *testing.T) {
	b := newBench(t)
	hand := dbtest.Superuser(t, b.name)
	account := uuid.NewString()
	for _, write := range []string{
		`insert into accounts (tenant_id, id, code, name, kind) values ($2, $1, 'X-1', 'Aside', 'asset')`,
		`update accounts set name = 'Further aside' where id = $1 and tenant_id = $2`,
		`delete from accounts where id = $1 and tenant_id = $2`,
	} {
		_, err := hand.Exec(t.Context(), write, account, b.shop.ID)
		require.NoError(t, err)
	}
	_, err := sealing.Seal(t.Context(), b.database, b.shop.ID)
	require.NoError(t, err)
	rows, _ := b.list(t, audit.ListIn{Limit: 3})
	for i, op := range []string{"delete", "update", "insert"} {
		require.Equal(t, []string{op, "by hand", account}, []string{rows[i].Op, rows[i].Action, rows[i].Entity})
		require.Empty(t, rows[i].PersonName)
	}
}

func TestTillsAreGivenHeadsThatProofsAreHeldTo(t *testing.T) {
	b := newBench(t, "North", "South")
	var stand wire.AuditStand
	ask := func(seq int64) {
		b.in(t, func(ctx context.Context, tx *db.Tx) (err error) {
			stand, err = audit.ShowHead(ctx, tx, audit.KnownHead{Seq: seq})
			return err
		})
	}
	ask(0)
	require.True(t, stand.Head.Genuine())
	require.Equal(t, b.shop.ID, stand.Head.Tenant)
	require.Nil(t, stand.Known)
	kept := *stand.Head
	ask(kept.Seq)
	require.Equal(t, kept.Hash, *stand.Known)

	_, file := b.proof(t)
	_, other, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	check := func(change func(*chain.Head)) (chain.Checked, error) {
		head := kept
		change(&head)
		return chain.Check(bytes.NewReader(file), head.Sign(other))
	}
	found, err := check(func(*chain.Head) {})
	require.NoError(t, err)
	require.Equal(t, 1, found.Witnesses)
	found, err = check(func(h *chain.Head) { h.Seq, h.At = h.Seq+50, found.Title.MadeAt.Add(time.Hour) })
	require.NoError(t, err, "what was signed after the proof was made says nothing of it")
	require.Equal(t, 1, found.Later)
	_, err = check(func(h *chain.Head) { h.Hash[7] ^= 1 })
	require.ErrorContains(t, err, "made anew")
	_, err = check(func(h *chain.Head) { h.Seq += 50 })
	require.ErrorContains(t, err, "is missing")
	_, err = check(func(h *chain.Head) { h.Tenant = uuid.New() })
	require.ErrorContains(t, err, "another shop")
	forged := kept
	forged.Signature = append(chain.Blob{}, forged.Signature...)
	forged.Signature[0] ^= 1
	_, err = chain.Check(bytes.NewReader(file), forged)
	require.ErrorContains(t, err, "not genuine")
}
