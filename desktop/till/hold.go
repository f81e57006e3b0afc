package till

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"souk/shared/wire"
)

// Hold puts the cart aside under a name, for anyone at this till to take up
// again. Without a name it is called after the customer or the time. Fails with
// till.cart_empty.
func (e *Engine) Hold(name string) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.selling(); err != nil {
		return e.state(), err
	}
	if e.cart.empty() {
		return e.state(), errCartEmpty
	}
	body, err := json.Marshal(e.cart)
	if err != nil {
		return e.state(), err
	}
	if name = strings.TrimSpace(name); name == "" {
		name = e.cart.CustomerName
	}
	if name == "" {
		name = e.now().In(e.zone()).Format("15:04:05")
	}
	err = e.journal.write(e.ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(e.ctx, "insert into held (id, name, held_at, held_by, body) values (?, ?, ?, ?, ?)",
			e.cart.ID.String(), name, stamp(e.now()), e.person.Name, string(body))
		if err != nil {
			return err
		}
		step("hold.written")
		return e.dropCart(tx, e.person.ID)
	})
	if err != nil {
		return e.state(), e.diskFault(err)
	}
	e.cart, e.steps = basket{}, 0
	e.held++
	return e.state(), nil
}

// Held lists the carts that were put aside, oldest first.
func (e *Engine) Held() ([]wire.HeldCart, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []wire.HeldCart{}
	if e.setup == nil {
		return list, nil
	}
	rows, err := e.journal.db.QueryContext(e.ctx, "select id, name, held_at, held_by, body from held order by held_at")
	if err != nil {
		return list, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, at, body string
		var h wire.HeldCart
		if err := rows.Scan(&id, &h.Name, &at, &h.HeldBy, &body); err != nil {
			return list, err
		}
		var b basket
		var errs [3]error
		h.ID, errs[0] = uuid.Parse(id)
		h.HeldAt, errs[1] = parseStamp(at)
		errs[2] = e.readCart(body, &b)
		if err := errors.Join(errs[:]...); err != nil {
			return list, fmt.Errorf("held cart %s: %w", id, err)
		}
		h.Lines, h.Total, h.CustomerName = len(b.Lines), b.priced.Total, b.CustomerName
		list = append(list, h)
	}
	return list, rows.Err()
}

// Recall takes a held cart up again. Fails with till.held_unknown, and with
// till.cart_open if there are lines on the cart.
func (e *Engine) Recall(id uuid.UUID) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.selling(); err != nil {
		return e.state(), err
	}
	if !e.cart.empty() {
		return e.state(), errCartOpen
	}
	var body string
	err := e.journal.db.QueryRowContext(e.ctx, "select body from held where id = ?", id.String()).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return e.state(), errHeld
	}
	var b basket
	if err == nil {
		err = e.readCart(body, &b)
	}
	if err != nil {
		return e.state(), err
	}
	err = e.journal.write(e.ctx, func(tx *sql.Tx) error {
		if err := e.dropCart(tx, e.person.ID); err != nil {
			return err
		}
		step("recall.cleared")
		if err := e.keepCart(tx, e.person.ID, &b); err != nil {
			return err
		}
		_, err := tx.ExecContext(e.ctx, "delete from held where id = ?", id.String())
		return err
	})
	if err != nil {
		return e.state(), e.diskFault(err)
	}
	e.cart, e.steps, e.last = b, 0, nil
	e.held--
	return e.state(), nil
}

// DropHeld forgets a held cart. Fails with till.held_unknown.
func (e *Engine) DropHeld(id uuid.UUID) (wire.RegisterState, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.person == nil {
		return e.state(), errSignedOut
	}
	result, err := e.journal.db.ExecContext(e.ctx, "delete from held where id = ?", id.String())
	if err != nil {
		return e.state(), e.diskFault(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return e.state(), errors.Join(errHeld, err)
	}
	e.held--
	return e.state(), nil
}

func (e *Engine) loadHeld() error {
	return e.journal.db.QueryRowContext(e.ctx, "select count(*) from held").Scan(&e.held)
}
