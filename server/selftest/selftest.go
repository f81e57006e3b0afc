// Package selftest attacks the running server and says what came of it: from a
// throw-away shop against another one and, reading only, against the shop that asked.
// It uses what the registries and the catalogue say is there, so that nothing new is
// left out. It attacks nothing but this installation, never writes to a shop that is
// not its own, and keeps nothing that it saw.
package selftest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/live"
	"souk/server/platform/web"
	"souk/server/tenants"
)

// Tester runs self-tests, one at a time in an installation.
type Tester struct {
	Database *db.DB
	Grants   auth.Grants
	Routes   []web.Route
	API      *huma.OpenAPI
	Topics   []live.Topic
	Domain   string
	Version  string
	Commit   string
	// Base is where the server answers on this machine, such as http://127.0.0.1:8080;
	// "" while it does not.
	Base func() string
	// Rest is how long it rests after each attack, as a multiple of what that took.
	Rest int

	process uuid.UUID
	mu      sync.Mutex
	under   map[uuid.UUID]*ongoing
	running sync.WaitGroup
}

// Order says what is to be tested.
type Order struct {
	// Own is the shop to be shown to be out of reach; it is only read from.
	Own uuid.UUID
	// Only names the groups to run; none means all.
	Only []string
	// Progress is told how things stand, now and then.
	Progress func(Result)
}

// ErrBusy is that another self-test runs in this installation.
var ErrBusy = errors.New("another self-test is running")

// lockKey is the advisory lock that one self-test at a time holds.
const lockKey = 7_203_114_406

// attack is one group of cases.
type attack struct {
	key, layer string
	run        func(*run, context.Context) error
}

// attacks are all groups in their order. What may change the victim by right comes
// after it was seen to be untouched.
var attacks = []attack{
	{"rules", layerRows, (*run).rules},
	{"controls", layerProof, (*run).controls},
	{"sql_read", layerRows, (*run).sqlRead},
	{"sql_write", layerRows, (*run).sqlWrite},
	{"sql_context", layerLogin, (*run).sqlContext},
	{"anonymous", layerProgram, (*run).anonymous},
	{"roles", layerProgram, (*run).roles},
	{"foreign_ids", layerProgram, (*run).foreignIDs},
	{"own_shop", layerProgram, (*run).ownShop},
	{"sessions", layerProgram, (*run).foreignSessions},
	{"hosts", layerProgram, (*run).hosts},
	{"injection", layerProgram, (*run).injection},
	{"untouched", layerProof, (*run).untouched},
	{"live", layerProgram, (*run).sockets},
	{"removed", layerProof, (*run).removed},
}

// Groups are the keys of all groups, in order.
func Groups() []string {
	keys := make([]string, len(attacks))
	for i, a := range attacks {
		keys[i] = a.key
	}
	return keys
}

// run is one self-test under way.
type run struct {
	*Tester
	order  Order
	conn   *pgx.Conn // the log-in's, bare
	client *client

	attacker, victim *shop
	own              *ownShop
	tables           []table
	prints           map[string]string // of the victim, before

	report Result
	group  *AttackGroup
}

// Run tests and gives the report. The throw-away shops are gone when it returns,
// also those that an earlier run left. It fails with ErrBusy, and if the test could
// not even begin; what goes wrong later is in the report.
func (t *Tester) Run(ctx context.Context, order Order) (Result, error) {
	r := &run{Tester: t, order: order}
	r.begin()
	err := t.Database.Bare(ctx, func(conn *pgx.Conn) error {
		r.conn = conn
		var mine bool
		if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1)`, lockKey).Scan(&mine); err != nil {
			return err
		}
		if !mine {
			return ErrBusy
		}
		defer t.unlock(ctx, conn)
		if err := t.sweep(ctx); err != nil {
			return err
		}
		defer func() {
			// Whatever happened: the shops go, even when nobody waits for the rest any more.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			if err := t.sweep(ctx); err != nil {
				r.report.Problem = strings.TrimSpace(r.report.Problem + " " + "The throw-away shops could not be removed.")
			}
		}()
		return r.all(ctx)
	})
	if errors.Is(err, ErrBusy) {
		return r.report, err
	}
	if err != nil {
		r.report.Problem = strings.TrimSpace(err.Error() + " " + r.report.Problem)
	}
	r.report.finish(t.Database.Now())
	if ctx.Err() != nil {
		r.report.State = Cancelled
	}
	return r.report, nil
}

func (r *run) begin() {
	r.report = Result{
		State: Running, StartedAt: r.Database.Now(), Version: r.Version, Commit: r.Commit, Groups: []AttackGroup{}, Breaches: []Breach{}, Routes: len(r.Routes),
	}
	for _, a := range attacks {
		if len(r.order.Only) == 0 || slices.Contains(r.order.Only, a.key) {
			r.report.Groups = append(r.report.Groups, AttackGroup{Key: a.key, Layer: a.layer, State: Waiting})
		}
	}
}

func (r *run) all(ctx context.Context) error {
	if err := r.prepare(ctx); err != nil {
		return fmt.Errorf("the test could not be prepared: %w", err)
	}
	for i := range r.report.Groups {
		r.group = &r.report.Groups[i]
		r.group.State = Running
		r.tell()
		if err := r.signedIn(ctx); err != nil {
			return err
		}
		began := r.Database.Now()
		at := slices.IndexFunc(attacks, func(a attack) bool { return a.key == r.group.Key })
		err := attacks[at].run(r, ctx)
		r.group.Millis = r.Database.Now().Sub(began).Milliseconds()
		switch {
		case ctx.Err() != nil:
			r.group.State = Broken
			return nil
		case r.group.Found > 0:
			r.group.State = Failed
		case err != nil:
			r.group.State = Broken
			r.report.Problem = strings.TrimSpace(r.report.Problem + fmt.Sprintf(" %s: %v.", r.group.Key, err))
		case r.group.Cases == 0:
			r.group.State = Broken
			r.report.Problem = strings.TrimSpace(r.report.Problem + " " + r.group.Key + ": no case ran.")
		default:
			r.group.State = Passed
		}
		r.tell()
	}
	return nil
}

func (r *run) tell() {
	if r.order.Progress == nil {
		return
	}
	shown := r.report
	shown.Groups, shown.Breaches = slices.Clone(shown.Groups), slices.Clone(shown.Breaches)
	r.order.Progress(shown)
}

// one counts a case.
func (r *run) one() {
	r.group.Cases++
	r.report.Cases++
	if r.group.Cases%50 == 0 {
		r.tell()
	}
}

// found notes an attack that got through.
func (r *run) found(f Breach) {
	f.Group = r.group.Key
	r.group.Found++
	r.report.Found++
	if len(r.report.Breaches) < mostFindings {
		r.report.Breaches = append(r.report.Breaches, f)
	}
}

// unlock lets the next test begin at once; a connection that is gone has done so.
func (t *Tester) unlock(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, _ = conn.Exec(ctx, `select pg_advisory_unlock($1)`, lockKey)
}

// sweep removes every throw-away shop there is. The lock is held: none is in use.
func (t *Tester) sweep(ctx context.Context) error {
	left, err := tenants.Throwaways(ctx, t.Database)
	for _, id := range left {
		if err == nil {
			_, err = tenants.RemoveThrowaway(ctx, t.Database, id)
		}
	}
	return err
}

// Sweep removes what a run that broke off has left, unless one is under way.
func (t *Tester) Sweep(ctx context.Context) error {
	return t.Database.Bare(ctx, func(conn *pgx.Conn) error {
		var mine bool
		if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1)`, lockKey).Scan(&mine); err != nil || !mine {
			return err
		}
		defer t.unlock(ctx, conn)
		return t.sweep(ctx)
	})
}
