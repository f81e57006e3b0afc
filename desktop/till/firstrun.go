package till

import (
	"time"

	"souk/desktop/printer"
	"souk/shared/barcode"
	"souk/shared/wire"
)

// FirstRun is how far a person has come in setting this till up. It outlives the
// process, so that a till which was switched off goes on where it was.
type FirstRun struct {
	Step     string `json:"step"`
	Language string `json:"language"`
	Address  string `json:"address"`
	Done     bool   `json:"done"`
}

// FirstRun says what is left to set up. A till that was paired some other way is
// set up.
func (e *Engine) FirstRun() (FirstRun, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	kept := FirstRun{}
	found, err := getMeta(e.ctx, e.journal.db, "first_run", &kept)
	if err == nil && !found {
		kept.Done = e.pairing != nil
	}
	return kept, err
}

// KeepFirstRun notes how far setting up has come. Fails with till.disk.
func (e *Engine) KeepFirstRun(progress FirstRun) (FirstRun, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := putMeta(e.ctx, e.journal.db, "first_run", progress); err != nil {
		return progress, e.diskFault(err)
	}
	return progress, nil
}

// Connection says to which server and as what this till is connected.
type Connection struct {
	Paired  bool      `json:"paired"`
	Address string    `json:"address"`
	Key     string    `json:"key,omitempty"`
	Series  string    `json:"series"`
	Waiting int       `json:"waiting"`
	Shift   bool      `json:"shift"`
	Since   time.Time `json:"since"`
}

// Connection tells people where they are connected to.
func (e *Engine) Connection() Connection {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := Connection{Waiting: e.link.Waiting, Shift: e.shift != nil, Since: e.link.Since}
	if e.pairing != nil {
		c.Paired, c.Series, c.Key = true, e.pairing.Series, grouped(e.pairing.Key)
		c.Address = e.pairing.Address + suffix(e.pairing.Shop)
	}
	return c
}

// Discover lists the servers on the network; see the function Discover.
func (e *Engine) Discover() ([]Found, error) { return Discover(e.ctx) }

// Printers lists what can print here without being named.
func (e *Engine) Printers() []printer.Found { return printer.List(e.ctx) }

// Tried is what a code means, without anything being sold.
type Tried struct {
	Code string         `json:"code"`
	Kind string         `json:"kind"`
	Item *wire.TillItem `json:"item,omitempty"`
}

// TryCode reads a code as a scan would, to see whether the scanner is set up
// right. It needs nobody to be signed in.
func (e *Engine) TryCode(code string) Tried {
	e.mu.Lock()
	defer e.mu.Unlock()
	scan := barcode.Parse(code, barcode.DefaultRules(e.currency()))
	tried := Tried{Code: scan.Code, Kind: string(scan.Kind)}
	if hit, ok := e.items.lookup(scan); ok && e.setup != nil {
		shown := e.shown(hit.item)
		tried.Item = &shown
	}
	return tried
}
