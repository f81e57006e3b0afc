package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"souk/server/platform/db"
)

const (
	skewAllowed  = 5 * time.Second
	waitingFor   = time.Hour
	silentFor    = 24 * time.Hour
	forgottenFor = 14 * 24 * time.Hour
)

func version(ctx context.Context, _ Installation, conn *pgx.Conn) Finding {
	var number int
	var text string
	err := conn.QueryRow(ctx, `select current_setting('server_version_num')::int, current_setting('server_version')`).Scan(&number, &text)
	if err != nil {
		return unread(err)
	}
	if number < 150000 {
		return Finding{Level: Error, Says: "PostgreSQL " + text + " is too old.", Do: "Move the database to PostgreSQL 15 or later."}
	}
	return ok("PostgreSQL %s answers.", text)
}

func isolation(ctx context.Context, in Installation, _ *pgx.Conn) Finding {
	database, err := db.Open(ctx, db.Config{LoginURL: in.Access.LoginURL, PlatformURL: in.Access.PlatformURL, MaxConns: 1})
	if err != nil {
		return Finding{Level: Error, Says: fmt.Sprintf("The server's own log-in does not get in: %v.", err), Do: "Run souk migrate, which sets the log-ins right."}
	}
	defer database.Close()
	if err := database.Check(ctx); err != nil {
		return Finding{Level: Error, Says: fmt.Sprintf("Shops are not kept apart as they must be: %v.", err), Do: "Do not serve this database. Undo what was changed by hand, or restore a backup."}
	}
	return ok("Every shop is kept apart from the others by the database itself.")
}

func pendingMigrations(ctx context.Context, in Installation, conn *pgx.Conn) Finding {
	names, err := fs.Glob(in.Migrations, "*.sql")
	if err != nil {
		return unread(err)
	}
	var applied []int64
	rows, err := conn.Query(ctx, `select version_id from goose_db_version where is_applied`)
	if err == nil {
		applied, err = pgx.CollectRows(rows, pgx.RowTo[int64])
	}
	if err != nil {
		return unread(err)
	}
	done, known := map[int64]bool{}, map[int64]bool{0: true}
	for _, one := range applied {
		done[one] = true
	}
	pending := 0
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return unread(err)
		}
		known[id] = true
		if !done[id] {
			pending++
		}
	}
	for _, one := range applied {
		if !known[one] {
			return Finding{Level: Error, Says: fmt.Sprintf("The database was made by a newer Souk: it has step %d, which this program does not know.", one), Do: "Use the newer program."}
		}
	}
	if pending > 0 {
		return Finding{Level: Warning, Says: fmt.Sprintf("The database lacks %d steps that this program brings.", pending), Do: "Run souk migrate."}
	}
	return ok("The database is as this program needs it.")
}

func clock(ctx context.Context, in Installation, conn *pgx.Conn) Finding {
	var theirs time.Time
	before := in.Now()
	if err := conn.QueryRow(ctx, `select clock_timestamp()`).Scan(&theirs); err != nil {
		return unread(err)
	}
	after := in.Now()
	skew := max(before.Sub(theirs), theirs.Sub(after))
	if skew > skewAllowed {
		return Finding{Level: Warning, Says: fmt.Sprintf("The clocks of this machine and of the database are %s apart.", skew.Round(time.Second)), Do: "Let both follow a time server."}
	}
	return ok("The clocks of this machine and of the database agree.")
}

// A till that last said that sales wait there, or that was in use lately and is
// not heard of since, may hold sales that only it knows.
func silentTills(ctx context.Context, in Installation, conn *pgx.Conn) Finding {
	rows, err := conn.Query(ctx, `
		select t.slug || ' till ' || r.number || case when d.waiting > 0 then ' (' || d.waiting || ' waiting)' else '' end
		from   devices d
		join   registers r on r.tenant_id = d.tenant_id and r.id = d.register_id
		join   platform.tenants t on t.id = d.tenant_id and t.status = 'active'
		where  d.revoked_at is null
		and    (d.last_seen_at between $1 and $2 or d.waiting > 0 and d.last_seen_at < $3)
		order  by 1`, in.Now().Add(-forgottenFor), in.Now().Add(-silentFor), in.Now().Add(-waitingFor))
	if err != nil {
		return unread(err)
	}
	silent, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return unread(err)
	}
	if len(silent) > 0 {
		return Finding{
			Level: Warning, Says: fmt.Sprintf("Not heard of: %s. A till may hold sales that only it knows.", firstFew(silent)),
			Do: "Switch these tills on and see that they reach the server, or unpair them in the office if they are gone.",
		}
	}
	return ok("Every till in use was heard of within a day.")
}

func openExceptions(ctx context.Context, _ Installation, conn *pgx.Conn) Finding {
	rows, err := conn.Query(ctx, `
		select t.slug || ' (' || count(*) || ')'
		from   upload_exceptions e
		join   platform.tenants t on t.id = e.tenant_id
		where  e.resolved_at is null
		group  by t.slug
		order  by t.slug`)
	if err != nil {
		return unread(err)
	}
	open, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return unread(err)
	}
	if len(open) > 0 {
		return Finding{Level: Warning, Says: "Tills have sent what could not be booked as it came: " + firstFew(open) + ".", Do: "Look under Exceptions in the office of that shop."}
	}
	return ok("Nothing that tills have sent waits for a decision.")
}

func unnumbered(ctx context.Context, in Installation, conn *pgx.Conn) Finding {
	var waiting int
	err := conn.QueryRow(ctx, `select count(*) from platform.change_queue where at < $1`, in.Now().Add(-10*time.Minute)).Scan(&waiting)
	if err != nil {
		return unread(err)
	}
	if waiting > 0 {
		return Finding{Level: Warning, Says: fmt.Sprintf("%d changes have not been told to any screen.", waiting), Do: "Start the server; if it runs, start it again."}
	}
	return ok("Every change has been told.")
}

func firstFew(list []string) string {
	if len(list) > 5 {
		return strings.Join(list[:5], ", ") + fmt.Sprintf(" and %d more", len(list)-5)
	}
	return strings.Join(list, ", ")
}
