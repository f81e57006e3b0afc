package till

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"souk/shared/wire"
)

// pageSize is how many items a request for the whole catalogue asks for.
const pageSize = 2000

// copyState is what the catalogue file says of itself: which generation of items
// is in use, as of where in the change stream, under which setup.
type copyState struct {
	Generation int64       `json:"generation"`
	Cursor     wire.Cursor `json:"cursor"`
	Setup      wire.Setup  `json:"setup"`
	// Asked is when the server was asked for what is newest in it, by our clock.
	Asked time.Time `json:"asked"`
	// Customers is false in a copy that was made before tills had customers.
	Customers bool `json:"customers"`
}

// draft is a copy that is being fetched, so that a line that breaks all the time
// gets there in the end.
type draft struct {
	copyState
	After string `json:"after"`
	Items int    `json:"items"`
	// AfterCustomer is the same for the customers, who come once the items are there.
	AfterCustomer string `json:"after_customer"`
	ItemsDone     bool   `json:"items_done"`
}

func (e *Engine) loadCatalogue() error {
	var kept copyState
	found, err := getMeta(e.ctx, e.catalogue.db, "copy", &kept)
	if err != nil || !found || e.pairing == nil {
		return err
	}
	bare, err := e.unseal(kept.Setup.People)
	if err != nil {
		return err
	}
	if bare {
		if err := e.sealCopy(&kept); err != nil {
			return err
		}
	}
	return e.use(kept)
}

// readCopy reads all rows of one kind that a copy has.
func readCopy[T any](e *Engine, query string, generation int64) ([]T, error) {
	bodies, err := column(e.ctx, e.catalogue.db, query, generation)
	if err != nil {
		return nil, err
	}
	rows := make([]T, len(bodies))
	for i, body := range bodies {
		if err := json.Unmarshal([]byte(body), &rows[i]); err != nil {
			return nil, fmt.Errorf("read the catalogue: %w", err)
		}
	}
	return rows, nil
}

// use puts a copy into service.
func (e *Engine) use(kept copyState) error {
	items, err := readCopy[wire.TillItem](e, "select body from items where generation = ?", kept.Generation)
	if err != nil {
		return err
	}
	customers, err := readCopy[wire.TillCustomer](e, "select body from customers where generation = ?", kept.Generation)
	if err != nil {
		return err
	}
	x, people := buildIndex(items), newDirectory(customers)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.setup, e.cursor, e.copied = &kept.Setup, kept.Cursor, kept.Customers
	if err := errors.Join(e.addLocalItems(x), e.addLocalCustomers(people, kept.Asked)); err != nil {
		return err
	}
	e.items, e.customers = x, people
	return e.onSetup()
}

// onSetup has the till follow a setup that has changed under it.
func (e *Engine) onSetup() error {
	if e.person == nil {
		return nil
	}
	at := slices.IndexFunc(e.setup.People, func(p wire.PersonSetup) bool { return p.ID == e.person.ID })
	if at < 0 || e.setup.People[at].PINHash == "" {
		e.signOut()
		return nil
	}
	person := e.setup.People[at]
	e.person = &person
	return e.loadCart(person.ID)
}

// download brings the copy up to date, or fetches a first or a new one.
func (e *Engine) download(s server) error {
	e.mu.Lock()
	first := e.setup == nil || !e.copied
	e.mu.Unlock()
	reload := first
	var err error
	if !first {
		reload, err = e.fetchChanges(s)
	}
	if err == nil && reload {
		// It may have been restored from a backup: ask whether it still has our sales.
		e.unsure = true
		e.poke()
		err = e.fetchAll(s)
		if err == nil {
			_, err = e.fetchChanges(s)
		}
	}
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.settled = quantities{}
	e.mu.Unlock()
	return nil
}

// fetchChanges applies what has changed since the cursor, page by page. It
// answers true if the copy is too old for that.
func (e *Engine) fetchChanges(s server) (reload bool, err error) {
	for {
		e.mu.Lock()
		cursor := e.cursor
		e.mu.Unlock()
		query := url.Values{"epoch": {cursor.Epoch.String()}, "seq": {strconv.FormatInt(cursor.Seq, 10)}}
		asked := e.now()
		var changes wire.Changes
		if err := s.get(e.ctx, "/api/sync/changes?"+query.Encode(), &changes); err != nil {
			return false, err
		}
		if changes.Reload {
			return true, nil
		}
		if err := e.apply(changes, asked); err != nil {
			return false, err
		}
		if !changes.More {
			return false, nil
		}
	}
}

func (e *Engine) apply(changes wire.Changes, asked time.Time) error {
	if changes.Cursor == e.cursor && changes.Setup == nil && len(changes.Items) == 0 && len(changes.Customers) == 0 {
		return nil
	}
	var kept copyState
	if _, err := getMeta(e.ctx, e.catalogue.db, "copy", &kept); err != nil {
		return err
	}
	kept.Cursor, kept.Asked = changes.Cursor, asked
	if changes.Setup != nil {
		kept.Setup = *changes.Setup
	} else if _, err := e.unseal(kept.Setup.People); err != nil {
		return err
	}
	err := e.catalogue.write(e.ctx, func(tx *sql.Tx) error {
		if err := putItems(e.ctx, tx, kept.Generation, changes.Items); err != nil {
			return err
		}
		if err := putCustomers(e.ctx, tx, kept.Generation, changes.Customers); err != nil {
			return err
		}
		step("download.changes_written")
		return e.putCopy(e.ctx, tx, "copy", &kept.Setup, &kept)
	})
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cursor = changes.Cursor
	for i := range changes.Items {
		e.items.put(&changes.Items[i])
	}
	for _, customer := range changes.Customers {
		e.customers.put(customer)
	}
	e.announce()
	if changes.Setup == nil {
		return nil
	}
	e.setup = changes.Setup
	e.items.shelves = nil
	return e.onSetup()
}

// fetchAll fetches setup and catalogue beside what is in use, and changes over in
// one step. The setup's cursor is older than every page, so that the changes
// after it bring the pages to one moment.
func (e *Engine) fetchAll(s server) error {
	d, err := e.openDraft(s)
	if err != nil {
		return err
	}
	if !d.ItemsDone {
		err = eachPage(e, s, "/api/sync/items", &d.After, func(items []wire.TillItem, last bool) error {
			d.Items, d.ItemsDone = d.Items+len(items), last
			e.showProgress(d)
			return e.keepPage(d, func(tx *sql.Tx) error { return putItems(e.ctx, tx, d.Generation, items) })
		})
	}
	if err == nil {
		err = eachPage(e, s, "/api/sync/customers", &d.AfterCustomer, func(customers []wire.TillCustomer, _ bool) error {
			return e.keepPage(d, func(tx *sql.Tx) error { return putCustomers(e.ctx, tx, d.Generation, customers) })
		})
	}
	if err != nil && refusedWith(err) != http.StatusNotFound { // a server from before tills had customers
		return err
	}
	d.Customers = true
	return e.changeOver(d)
}

// eachPage fetches the rest of a list page by page, smaller ones where the line is
// slow. After is where to go on, and is moved before a page is kept.
func eachPage[T any](e *Engine, s server, path string, after *string, keep func(rows []T, last bool) error) error {
	for limit := pageSize; ; {
		query := url.Values{"after": {*after}, "limit": {strconv.Itoa(limit)}}
		var page wire.Page[T]
		err := s.get(e.ctx, path+"?"+query.Encode(), &page)
		if err != nil && isSlow(err) && limit > 50 {
			limit /= 2
			continue
		}
		if err != nil {
			return err
		}
		*after = page.Next
		if err := keep(page.Rows, page.Next == ""); err != nil || page.Next == "" {
			return err
		}
	}
}

// openDraft goes on with a copy that was begun earlier in the same life of the
// database, or begins one.
func (e *Engine) openDraft(s server) (draft, error) {
	asked := e.now()
	var answer wire.SetupAnswer
	if err := s.get(e.ctx, "/api/sync/setup", &answer); err != nil {
		return draft{}, err
	}
	var d draft
	found, err := getMeta(e.ctx, e.catalogue.db, "draft", &d)
	if err != nil {
		return draft{}, err
	}
	if found && d.Cursor.Epoch == answer.Cursor.Epoch && (d.After != "" || d.ItemsDone) {
		_, err := e.unseal(d.Setup.People)
		return d, err
	}
	var newest int64
	if err := e.catalogue.db.QueryRowContext(e.ctx,
		"select max(coalesce((select max(generation) from items), 0), coalesce((select max(generation) from customers), 0))").Scan(&newest); err != nil {
		return draft{}, err
	}
	var inUse copyState
	if _, err := getMeta(e.ctx, e.catalogue.db, "copy", &inUse); err != nil {
		return draft{}, err
	}
	return draft{copyState: copyState{
		Generation: max(newest, inUse.Generation) + 1, Cursor: answer.Cursor, Asked: asked, Setup: answer.Setup,
	}}, nil
}

func (e *Engine) keepPage(d draft, put func(tx *sql.Tx) error) error {
	return e.catalogue.write(e.ctx, func(tx *sql.Tx) error {
		if err := put(tx); err != nil {
			return err
		}
		step("download.page_written")
		return e.putCopy(e.ctx, tx, "draft", &d.Setup, &d)
	})
}

// changeOver puts a complete draft into service.
func (e *Engine) changeOver(d draft) error {
	err := e.catalogue.write(e.ctx, func(tx *sql.Tx) error {
		if err := e.putCopy(e.ctx, tx, "copy", &d.Setup, &d.copyState); err != nil {
			return err
		}
		step("download.changed_over")
		_, err := tx.ExecContext(e.ctx, "delete from meta where key = 'draft'")
		return err
	})
	if err != nil {
		return err
	}
	if err := e.use(d.copyState); err != nil {
		return err
	}
	e.announce()
	for _, old := range []string{"delete from items where generation <> ?", "delete from customers where generation <> ?"} {
		if _, err := e.catalogue.db.ExecContext(e.ctx, old, d.Generation); err != nil {
			return err
		}
	}
	return nil
}

func putItems(ctx context.Context, tx *sql.Tx, generation int64, items []wire.TillItem) error {
	if len(items) == 0 {
		return nil
	}
	put, err := tx.PrepareContext(ctx, `
		insert into items (generation, id, body) values (?, ?, ?)
		on conflict (generation, id) do update set body = excluded.body`)
	if err != nil {
		return err
	}
	defer func() { _ = put.Close() }()
	for _, item := range items {
		body, err := json.Marshal(item)
		if err != nil {
			return err
		}
		if _, err := put.ExecContext(ctx, generation, item.ID.String(), string(body)); err != nil {
			return err
		}
	}
	return nil
}

// showProgress says how far the first copy is. The server does not say how much
// there is, so the figure approaches the end and never claims it.
func (e *Engine) showProgress(d draft) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.setup == nil {
		e.link.Items = d.Items
		e.link.Progress = 5 + 90*d.Items/(d.Items+2*pageSize)
		e.announce()
	}
}
