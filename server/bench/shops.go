package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"souk/server/demo"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/tills"
	"souk/shared/wire"
)

// shop is the demo supermarket, with a register and an open shift a client.
type shop struct {
	tenant    uuid.UUID
	owner     uuid.UUID
	items     []uuid.UUID
	codes     []string
	prices    []int64
	cash      uuid.UUID
	registers []uuid.UUID
	token     string
}

var market shop

const (
	itemsOf = `
		select i.id, b.code, p.price_minor from items i
		join barcodes b on b.tenant_id = i.tenant_id and b.item_id = i.id
		join prices p on p.tenant_id = i.tenant_id and p.item_id = i.id
		where i.tenant_id = $1 order by i.sku limit 1000`

	plainCopy = `
		do $$ declare t record; begin
		for t in select oid::regclass as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relrowsecurity loop
			execute format('alter table %s disable row level security', t.name);
		end loop; end $$`

	newSession db.SQL = `
		insert into sessions (tenant_id, id, person_id, token_hash, created_at, expires_at)
		values (@tenant, @id, @person, @hash, @now::timestamptz, @now::timestamptz + interval '1 day')`
)

// shops makes the supermarket and opens the registers.
func (b *bench) shops(ctx context.Context) error {
	if err := demo.Make(ctx, b.program.Database, demo.Config{Grants: b.program.Authority.Grants(), Days: 7}, func(string) {}); err != nil {
		return err
	}
	admin, err := pgx.Connect(ctx, inDatabase(b.server.AdminURL(), "souk"))
	if err != nil {
		return err
	}
	defer admin.Close(ctx)
	err = admin.QueryRow(ctx, `select t.id, p.id from platform.tenants t join people p on p.tenant_id = t.id and p.role = 'owner'
		where t.slug = 'city-mart'`).Scan(&market.tenant, &market.owner)
	if err != nil {
		return err
	}
	if err := admin.QueryRow(ctx, `select id from payment_methods where tenant_id = $1 and kind = 'cash'`, market.tenant).Scan(&market.cash); err != nil {
		return err
	}
	rows, err := admin.Query(ctx, itemsOf, market.tenant)
	if err != nil {
		return err
	}
	var id uuid.UUID
	var code string
	var price int64
	if _, err := pgx.ForEachRow(rows, []any{&id, &code, &price}, func() error {
		market.items, market.codes, market.prices = append(market.items, id), append(market.codes, code), append(market.prices, price)
		return nil
	}); err != nil {
		return err
	}
	if market.token, err = b.signIn(ctx, market.tenant, market.owner); err != nil {
		return err
	}
	return b.openRegisters(ctx)
}

func (b *bench) signIn(ctx context.Context, tenant, person uuid.UUID) (string, error) {
	text, token := auth.Mint(auth.TokenSession, tenant)
	err := b.program.Database.Tenant(ctx, db.Identity{Tenant: tenant, Actor: person, Stores: db.AllStores()}, func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(newSession, db.Args{"id": uuid.New(), "person": person, "hash": token.Hash, "now": tx.Now()})
		return batch.Done()
	})
	return text, err
}

func (b *bench) openRegisters(ctx context.Context) error {
	return b.program.Database.Tenant(ctx, db.Identity{Tenant: market.tenant, Actor: market.owner, Stores: db.AllStores()}, func(ctx context.Context, tx *db.Tx) error {
		store, err := db.One[uuid.UUID](ctx, tx, `select id from stores where tenant_id = @tenant order by id limit 1`, db.Args{})
		if err != nil {
			return err
		}
		for client := range clients {
			register := tills.NewRegister{ID: uuid.New(), StoreID: store, Name: fmt.Sprint("Bench ", client), Kind: "browser"}
			if _, err := tills.CreateRegister(ctx, tx, register); err != nil {
				return err
			}
			if _, err := tills.OpenShift(ctx, tx, tills.NewShift{ID: uuid.New(), RegisterID: register.ID}); err != nil {
				return err
			}
			market.registers = append(market.registers, register.ID)
		}
		return nil
	})
}

// copyPlain makes the database in which nothing is isolated.
func (b *bench) copyPlain(ctx context.Context) error {
	postgres, err := pgx.Connect(ctx, b.server.AdminURL())
	if err != nil {
		return err
	}
	defer postgres.Close(ctx)
	// What autovacuum does by itself within a minute of loading a shop.
	there, err := pgx.Connect(ctx, inDatabase(b.server.AdminURL(), "souk"))
	if err != nil {
		return err
	}
	_, err = there.Exec(ctx, `vacuum (analyze)`)
	if err := errors.Join(err, there.Close(ctx)); err != nil {
		return err
	}
	if _, err := postgres.Exec(ctx, `create database souk_plain template souk owner souk_owner`); err != nil {
		return err
	}
	access, err := db.Setup(ctx, b.server.AdminURL(), "souk_plain", b.secrets)
	if err != nil {
		return err
	}
	// The whole program works on it too, so that a sale there is numbered, sealed and
	// heard of as it is here. It serves nobody that is not isolated, so it is put
	// together before.
	if b.plain, err = b.wired(ctx, access); err != nil {
		return err
	}
	plain, err := pgx.Connect(ctx, inDatabase(b.server.AdminURL(), "souk_plain"))
	if err != nil {
		return err
	}
	defer plain.Close(ctx)
	_, err = plain.Exec(ctx, plainCopy)
	return err
}

func inDatabase(adminURL, name string) string {
	return strings.Replace(adminURL, "/postgres?", "/"+name+"?", 1)
}

// actor is the owner as a use case sees it.
func (b *bench) actor(ctx context.Context) context.Context {
	return auth.With(ctx, auth.Acting(market.tenant, market.owner, wire.Owner, b.program.Authority.Grants()))
}
