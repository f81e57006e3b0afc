package till

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/shared/wire"
)

// MetCustomer is what a cashier says of a customer whom the shop did not know.
type MetCustomer struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Email string `json:"email"`
}

// Customers finds customers by words of the name, the phone's last digits or their
// code, best first; for an empty text it gives the first by name. It works offline.
// Fails with till.forbidden, which nobody can lend: it is a matter of seeing.
func (e *Engine) Customers(text string, limit int) ([]wire.TillCustomer, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.may(wire.MayFindCustomers); err != nil {
		return []wire.TillCustomer{}, err
	}
	return e.customers.search(text, max(0, min(limit, 100))), nil
}

// AddCustomer keeps a customer whom the shop did not know and puts them on the
// cart. The server learns of them before the sales that name them.
//
// Fails with till.name, till.email, till.forbidden, and with till.disk or
// till.disk_failing.
func (e *Engine) AddCustomer(in MetCustomer) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.selling(); err != nil {
		return e.state(), err
	}
	met := wire.NewCustomer{ID: newID(), Name: strings.TrimSpace(in.Name), Phone: strings.TrimSpace(in.Phone), Email: strings.TrimSpace(in.Email)}
	switch {
	case met.Name == "":
		return e.state(), errName
	case met.Email != "" && !wire.PlainAddress(met.Email):
		return e.state(), errEmail
	}
	if err := e.allowedRight(wire.MayAddCustomers); err != nil {
		return e.state(), err
	}
	step("customer.begun")
	err := e.journal.write(e.ctx, func(tx *sql.Tx) error {
		err := e.record(tx, met.ID, wire.EntryCustomerMet, met)
		step("customer.journalled")
		return err
	})
	if err != nil {
		return e.state(), e.diskFault(err)
	}
	step("customer.committed")
	e.customers.put(localCustomer(met))
	e.poke()
	err = e.edit(func(b *basket) error {
		b.CustomerID, b.CustomerName = &met.ID, met.Name
		return nil
	})
	err = errors.Join(err, e.countWaiting())
	return e.state(), err
}

// localCustomer is a customer met here, until the server's word on them comes.
func localCustomer(met wire.NewCustomer) wire.TillCustomer {
	return wire.TillCustomer{ID: met.ID, Name: met.Name, Phone: met.Phone, Email: met.Email, Active: true}
}

// addLocalCustomers puts the customers met here into a copy that may lack them:
// the server has not taken them, or only after it was asked for the copy. Others
// that are not in it the server has forgotten.
func (e *Engine) addLocalCustomers(d *directory, asked time.Time) error {
	rows, err := e.journal.db.QueryContext(e.ctx, `
		select body, coalesce(acked_at, '') from journal
		where  kind = 'customer_met' and outcome <> 'exception'`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var body, acked string
		if err := rows.Scan(&body, &acked); err != nil {
			return err
		}
		if at, err := parseStamp(acked); err == nil && at.Before(asked) {
			continue
		}
		var met wire.NewCustomer
		if err := json.Unmarshal([]byte(body), &met); err != nil {
			return err
		}
		if _, known := d.byID(met.ID); !known {
			d.put(localCustomer(met))
		}
	}
	return rows.Err()
}

// nameOn is what a customer is called on the cart: as the copy has it, or, for one
// whom it has not, as the page says.
func (e *Engine) nameOn(id *uuid.UUID, said string) string {
	if id == nil {
		return ""
	}
	if known, ok := e.customers.byID(*id); ok {
		return known.Name
	}
	return strings.TrimSpace(said)
}

// languageOn is what a customer reads, if that is known.
func (e *Engine) languageOn(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	known, _ := e.customers.byID(*id)
	return known.Language
}

// putCustomers writes customers into a copy. Those who are not active any more
// leave nothing behind.
func putCustomers(ctx context.Context, tx *sql.Tx, generation int64, customers []wire.TillCustomer) error {
	for _, customer := range customers {
		if err := putCustomer(ctx, tx, generation, customer); err != nil {
			return err
		}
	}
	return nil
}

func putCustomer(ctx context.Context, tx *sql.Tx, generation int64, customer wire.TillCustomer) error {
	if !customer.Active {
		_, err := tx.ExecContext(ctx, "delete from customers where generation = ? and id = ?", generation, customer.ID.String())
		return err
	}
	body, err := json.Marshal(customer)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		insert into customers (generation, id, body) values (?, ?, ?)
		on conflict (generation, id) do update set body = excluded.body`, generation, customer.ID.String(), string(body))
	return err
}
