package till

import "souk/shared/wire"

// SetStep has hook called between any two steps. For the kill tests.
func SetStep(hook func(name string)) { stepHook = hook }

// WeakenJournal has a finished sale wait for nothing but the system's memory.
func WeakenJournal() { journalDurability = normal }

// FillDisk leaves the journal no room to grow, or gives it back.
func (e *Engine) FillDisk(on bool) error {
	limit := "pragma max_page_count = 1000000000"
	if on {
		limit = "pragma max_page_count = 1" // less than there is: not one page more
	}
	var pages int64
	return e.journal.db.QueryRowContext(e.ctx, limit).Scan(&pages)
}

// BenchIndex builds an index as Open does, and answers its search.
func BenchIndex(items []wire.TillItem) func(query string, limit int) int {
	x := buildIndex(items)
	return func(query string, limit int) int { return len(x.search(query, limit)) }
}

// CustomerRows is what the copy keeps of customers.
func (e *Engine) CustomerRows() ([]string, error) {
	return column(e.ctx, e.catalogue.db, "select body from customers")
}

// AgeCopy makes the copy one from before tills had customers.
func (e *Engine) AgeCopy() error {
	var kept copyState
	if _, err := getMeta(e.ctx, e.catalogue.db, "copy", &kept); err != nil {
		return err
	}
	kept.Customers = false
	if err := putMeta(e.ctx, e.catalogue.db, "copy", kept); err != nil {
		return err
	}
	_, err := e.catalogue.db.ExecContext(e.ctx, "delete from customers")
	return err
}

// BareCopy makes the copy one from before PINs were sealed.
func (e *Engine) BareCopy() error {
	var kept copyState
	if _, err := getMeta(e.ctx, e.catalogue.db, "copy", &kept); err != nil {
		return err
	}
	if _, err := e.unseal(kept.Setup.People); err != nil {
		return err
	}
	return putMeta(e.ctx, e.catalogue.db, "copy", kept)
}

// PepperName is what the key of the PINs is kept under.
func (e *Engine) PepperName() string { return pepperOf(e.pairing.DeviceID.String()) }
