package console

import (
	"context"
	"log/slog"
	"time"

	"souk/server/platform/db"
	"souk/server/system"
)

const readHealth db.SQL = `
	select current_setting('server_version') as postgresql, pg_database_size(current_database()) as bytes,
	       (select count(*) from pg_stat_activity where datname = current_database()) as connections,
	       (select count(*) from platform.job_queue) as jobs,
	       (select count(*) from platform.mail_queue) as mails,
	       (select min(due_at) from platform.mail_queue) as mail_due_at,
	       (select count(*) from platform.audit_queue) as audit,
	       (select min(at) from platform.audit_queue) as audit_since,
	       (select count(*) from platform.change_queue) as changes,
	       (select count(*) from platform.tenants where status = 'active') as active,
	       (select count(*) from platform.tenants where status = 'suspended' and closed_at is null) as suspended,
	       (select count(*) from platform.tenants where closed_at is not null) as closed,
	       (select report from platform.installation) as report`

// Health is the installation as its staff see it.
type Health struct {
	PostgreSQL  string         `json:"postgresql" db:"postgresql"`
	Bytes       int64          `json:"bytes"`
	Connections int            `json:"connections"`
	Jobs        int            `json:"jobs" doc:"Background work that waits"`
	Mails       int            `json:"mails" doc:"Letters that wait"`
	MailDueAt   *time.Time     `json:"mail_due_at,omitempty"`
	Audit       int            `json:"audit" doc:"Audit rows not sealed yet"`
	AuditSince  *time.Time     `json:"audit_since,omitempty"`
	Changes     int            `json:"changes" doc:"Changes not numbered yet"`
	Active      int            `json:"active"`
	Suspended   int            `json:"suspended"`
	Closed      int            `json:"closed"`
	Report      *system.Report `json:"report,omitempty"`
	// AnswerMS is how long the database took.
	AnswerMS int64     `json:"answer_ms" db:"-"`
	Live     Live      `json:"live" db:"-"`
	Now      time.Time `json:"now" db:"-"`
}

func (d *Desk) health(c *call) (any, error) {
	var out Health
	begun := d.Database.Now()
	err := d.Database.Platform(c.ctx, "look at the installation's health", func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = db.One[Health](ctx, tx, readHealth, db.Args{})
		return err
	})
	out.Now = d.Database.Now()
	out.AnswerMS = out.Now.Sub(begun).Milliseconds()
	if d.Live != nil {
		out.Live = d.Live()
	}
	return out, err
}

// To measure is to count every row of a shop: a few shops at a time, all day long.
const (
	measureEvery = 5 * time.Minute
	measureOld   = 6 * time.Hour
	measureMost  = 20
)

// Run keeps the shops' measures from growing old, until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	tick := time.NewTicker(measureEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, err := d.Measure(ctx, d.Database.Now().Add(-measureOld), measureMost); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "measure the shops", "error", err)
		}
	}
}
