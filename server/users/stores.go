package users

import (
	"context"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/wire"
)

const (
	// A store that the caller does not work in is not found.
	placePerson db.SQL = `
		insert into person_stores (tenant_id, person_id, store_id)
		select @tenant, @person, s.id
		from   stores s
		where  s.tenant_id = @tenant and s.id = any(@ids::uuid[]) and (@stores::uuid[] is null or s.id = any(@stores))
		on     conflict do nothing`

	unplacePerson db.SQL = `
		delete from person_stores
		where  tenant_id = @tenant and person_id = @person and store_id <> all(@ids::uuid[])`

	countPlaces db.SQL = `
		select count(*)
		from   person_stores
		where  tenant_id = @tenant and person_id = @person and (@stores::uuid[] is null or store_id = any(@stores))`
)

// place limits a person to stores: to none is to all of them, and so is whatever
// an owner is limited to.
//
// Fails with people.beyond_your_stores and people.store_unknown.
func place(ctx context.Context, tx *db.Tx, person uuid.UUID, role wire.Role, stores []uuid.UUID) error {
	if role == wire.Owner {
		stores = nil
	}
	if len(stores) == 0 && tx.Stores().Limited() {
		return beyondYourStores()
	}
	ids := distinct(stores)
	batch := tx.Batch()
	batch.Exec(unplacePerson, db.Args{"person": person, "ids": ids})
	if len(ids) == 0 {
		return batch.Done()
	}
	batch.Exec(placePerson, db.Args{"person": person, "ids": ids})
	if err := batch.Done(); err != nil {
		return err
	}
	placed, err := db.One[int](ctx, tx, countPlaces, db.Args{"person": person})
	if err == nil && placed != len(ids) {
		err = fault.Invalid("people.store_unknown", fault.At("stores", "people.store_unknown", "")).
			Say("One of these stores is not there. Choose among the stores that you see.")
	}
	return err
}

func distinct(ids []uuid.UUID) []uuid.UUID {
	seen := map[uuid.UUID]bool{}
	out := []uuid.UUID{}
	for _, id := range ids {
		if !seen[id] {
			seen[id], out = true, append(out, id)
		}
	}
	return out
}

// inStores keeps those who are limited from changing people of other stores, and
// people of all of them.
func inStores(tx *db.Tx, person Person) error {
	if !tx.Stores().Limited() {
		return nil
	}
	if len(person.Stores) == 0 || person.Elsewhere {
		return beyondYourStores()
	}
	return nil
}

// shown is a person with those stores only that the caller works in too.
func shown(tx *db.Tx, person Person) Person {
	mine := []uuid.UUID{}
	for _, id := range person.Stores {
		if tx.Stores().Has(id) {
			mine = append(mine, id)
		}
	}
	person.Elsewhere = len(mine) < len(person.Stores)
	person.Stores = mine
	return person
}

func beyondYourStores() error {
	return fault.Forbidden("people.beyond_your_stores").Say("This person works in stores that you do not work in. Ask someone who works in all of them.")
}
