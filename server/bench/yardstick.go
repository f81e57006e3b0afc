package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The tables and the transaction of pgbench's standard test (TPC-B like), scale 10
// in branches and a tenth of its accounts: the embedded PostgreSQL brings no pgbench.
const ground = `
	create table bench_accounts (aid int primary key, bid int, abalance int not null default 0);
	create table bench_tellers (tid int primary key, bid int, tbalance int not null default 0);
	create table bench_branches (bid int primary key, bbalance int not null default 0);
	create table bench_history (tid int, bid int, aid int, delta int, mtime timestamptz);
	insert into bench_accounts select a, 1 + a % 10 from generate_series(1, 100000) a;
	insert into bench_tellers select t, 1 + t % 10 from generate_series(1, 100) t;
	insert into bench_branches select b from generate_series(1, 10) b;
	analyze bench_accounts`

func (b *bench) yardsticks(ctx context.Context) (err error) {
	if b.yardstick, err = pgxpool.New(ctx, fmt.Sprintf("%s&pool_max_conns=%d", b.server.AdminURL(), clients)); err != nil {
		return err
	}
	_, err = b.yardstick.Exec(ctx, ground, pgx.QueryExecModeSimpleProtocol)
	return err
}

// transferOnce is pgbench's script, statement by statement, as pgbench sends it.
func transferOnce(ctx context.Context, pool *pgxpool.Pool, client, n int) error {
	account, teller, branch := 1+(client*7919+n*104729)%100000, 1+(client*13+n*7)%100, 1+(client+n)%10
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `update bench_accounts set abalance = abalance + $1 where aid = $2`, n%100, account); err != nil {
			return err
		}
		var balance int
		if err := tx.QueryRow(ctx, `select abalance from bench_accounts where aid = $1`, account).Scan(&balance); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update bench_tellers set tbalance = tbalance + $1 where tid = $2`, n%100, teller); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update bench_branches set bbalance = bbalance + $1 where bid = $2`, n%100, branch); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into bench_history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, current_timestamp)`, teller, branch, account, n%100)
		return err
	})
}

// point reads one row by its key.
func (b *bench) point(ctx context.Context, client, n int) error {
	var balance int
	return b.yardstick.QueryRow(ctx, `select abalance from bench_accounts where aid = $1`, 1+(client*7919+n*104729)%100000).Scan(&balance)
}
