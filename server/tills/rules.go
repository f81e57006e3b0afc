package tills

import (
	"context"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/wire"
)

const (
	readRules db.SQL = `
		select offline_refunds, offline_refund_limit_minor as refund_limit, lock_after_minutes as lock_after
		from   company
		where  tenant_id = @tenant`

	changeRules db.SQL = `
		update company
		set    offline_refunds = @refunds, offline_refund_limit_minor = @limit, lock_after_minutes = @lock, updated_at = @now
		where  tenant_id = @tenant`
)

// Rules gives what the shop's tills may do by themselves.
func Rules(ctx context.Context, tx *db.Tx, _ web.None) (wire.TillRules, error) {
	return db.One[wire.TillRules](ctx, tx, readRules, db.Args{})
}

// ChangeRules sets it. Tills hear of it with their next exchange.
func ChangeRules(ctx context.Context, tx *db.Tx, in wire.TillRules) (wire.TillRules, error) {
	_, err := tx.Exec(ctx, changeRules, db.Args{"refunds": in.OfflineRefunds, "limit": in.RefundLimit, "lock": in.LockAfter, "now": tx.Now()})
	return in, err
}
