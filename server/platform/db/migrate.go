package db

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// Migrate brings the schema forward, as souk_maintenance, and hands all that it
// made to souk_owner. It gives the version reached and how many steps it took.
func Migrate(ctx context.Context, maintenanceURL string, files fs.FS) (version int64, steps int, err error) {
	cfg, err := pgx.ParseConfig(maintenanceURL)
	if err != nil {
		return 0, 0, err
	}
	pool := stdlib.OpenDB(*cfg)
	defer pool.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, files)
	if err != nil {
		return 0, 0, fmt.Errorf("read the migrations: %w", err)
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return 0, len(done), fmt.Errorf("migrate the database: %w", err)
	}
	if _, err := pool.ExecContext(ctx, `reassign owned by souk_maintenance to souk_owner`); err != nil {
		return 0, len(done), fmt.Errorf("hand the schema to souk_owner: %w", err)
	}
	version, err = provider.GetDBVersion(ctx)
	return version, len(done), err
}
