// Package till is the engine of a register that sells with or without a
// network: a copy of the catalogue, the cart, the journal of what has happened,
// and the way to and from the server. A sale is on disk before it is printed or
// shown as paid, and nothing that is not yet at the server is ever deleted. It
// has no window; the window, the command line and the tests all drive this
// package. Voids are made at the server and not here.
package till

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"souk/desktop/device"
	"souk/desktop/printer"
	"souk/shared/wire"
)

// Config is what an engine is opened with. Dir and Secrets are needed.
type Config struct {
	// Dir holds the journal and the catalogue, and belongs to this till alone.
	Dir string
	// Clock tells the time; time.Now if nil.
	Clock func() time.Time
	// HTTP reaches the server; a client with time-outs if nil.
	HTTP *http.Client
	// Secrets keeps the device's token.
	Secrets device.Store
	// Printer replaces the printer that was set last.
	Printer *wire.PrinterState
	// OnChange is told the new state when something changed that no command
	// caused. It is called from one goroutine and never more than 20 times a second.
	OnChange func(wire.RegisterState)
	// OnLive is handed every message of the server's change stream as it came.
	OnLive func(json.RawMessage)
}

// Engine is an open till. Its methods may be called from any goroutine; they
// never wait for the network, but for Pair.
type Engine struct {
	cfg    Config
	ctx    context.Context //nolint:containedctx // an engine is a running thing: Close ends what it began
	cancel context.CancelFunc
	wg     sync.WaitGroup

	lock      *os.File
	journal   *file
	catalogue *file
	spool     *printer.Spool
	wake      chan struct{}
	changed   chan struct{}
	rebound   chan struct{} // there is a new pairing
	batch     int           // entries per upload; only runSync uses it
	witnessed time.Time     // when the audit trail was looked at; only runSync uses it
	unsure    bool          // whether the server still has what it acknowledged; guarded by exchanging

	exchanging sync.Mutex // held while talking to the server; taken before mu

	mu        sync.Mutex
	pairing   *pairing
	token     string
	http      *http.Client // reaches the paired server, and no other where its key is known
	setup     *wire.Setup
	cursor    wire.Cursor
	copied    bool // the copy has customers; one from before they came is fetched anew
	items     *index
	customers *directory
	person    *wire.PersonSetup
	requests  map[uuid.UUID]wire.ApprovalRequest // what others were asked through the server
	pending   []pending                          // what others have approved for that person
	receipts  map[uuid.UUID]wire.Returnable      // found, to take something back of
	shift     *wire.RegisterShift
	cart      basket
	steps     int // how many cart steps can be undone
	last      *wire.LastSale
	held      int
	unsent    quantities // sold here, not yet taken by the server
	settled   quantities // taken by the server, not yet in the catalogue's figures
	link      wire.LinkState
	printer   wire.PrinterState
	logo      logo
	doubted   wire.AuditDoubt // what was last said of the audit trail
	failing   bool            // a commit was refused by the disk: sell nothing more
}

// Open opens the till in cfg.Dir, or makes a new one there, and begins to
// exchange with the server in the background.
//
// It fails with till.taken if another process has it open, and with
// till.journal_damaged, leaving everything as it is, if the journal cannot be
// trusted. A damaged catalogue is put aside and fetched again.
func Open(ctx context.Context, cfg Config) (*Engine, error) {
	e := &Engine{
		cfg:       cfg,
		wake:      make(chan struct{}, 1),
		changed:   make(chan struct{}, 1),
		rebound:   make(chan struct{}, 1),
		items:     newIndex(),
		customers: newDirectory(nil),
		batch:     maxBatch,
		unsure:    true,
	}
	if e.cfg.Clock == nil {
		e.cfg.Clock = time.Now
	}
	if e.cfg.HTTP == nil {
		e.cfg.HTTP = newHTTP()
	}
	e.http = e.cfg.HTTP
	e.ctx, e.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := e.load(); err != nil {
		return nil, errors.Join(err, e.closeFiles())
	}
	e.link.Since = e.now()
	e.spool = printer.NewSpool()
	for _, run := range []func(){e.runSync, e.runLive, e.runEvents} {
		e.wg.Go(run)
	}
	return e, nil
}

// Close stops the background work, lets the printer finish and closes the
// files. What was not sent stays in the journal for the next time.
func (e *Engine) Close() error {
	e.spool.Close()
	e.cancel()
	e.wg.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.closeFiles()
}

func (e *Engine) closeFiles() error {
	e.cancel()
	var errs []error
	for _, f := range []*file{e.journal, e.catalogue} {
		if f != nil {
			errs = append(errs, f.close())
		}
	}
	if e.lock != nil {
		errs = append(errs, e.lock.Close())
	}
	return errors.Join(errs...)
}

func (e *Engine) load() (err error) {
	if e.lock, err = takeFolder(e.cfg.Dir); err != nil {
		return err
	}
	e.journal, err = openFile(e.ctx, filepath.Join(e.cfg.Dir, journalName), journalDurability, journalSchema)
	if errors.Is(err, errDamaged) {
		return errJournalDamaged.Wrap(err)
	}
	if err != nil {
		return err
	}
	if e.catalogue, err = openCatalogue(e.ctx, e.cfg.Dir); err != nil {
		return err
	}
	for _, part := range []func() error{
		e.loadPairing, e.loadPrinter, e.loadCatalogue, e.loadHeld, e.loadShift, e.loadJournal, e.loadLastSale, e.keepReserve,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// openCatalogue opens the copy of the catalogue. It is only a copy, so a damaged
// one is put aside for whoever wants to know why, and fetched again.
func openCatalogue(ctx context.Context, dir string) (*file, error) {
	path := filepath.Join(dir, "catalogue.db")
	f, err := openFile(ctx, path, normal, catalogueSchema)
	if !errors.Is(err, errDamaged) {
		return f, err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(path+suffix, path+".damaged"+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	return openFile(ctx, path, normal, catalogueSchema)
}

func (e *Engine) now() time.Time { return e.cfg.Clock().UTC() }

// poke asks for an exchange with the server now.
func (e *Engine) poke() { signal(e.wake) }

// signal leaves word for who waits on a channel of one place.
func signal(to chan<- struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}

// announce has OnChange told of a new state soon.
func (e *Engine) announce() { signal(e.changed) }

// runEvents passes changes on, many at once if they come fast.
func (e *Engine) runEvents() {
	const gap = 50 * time.Millisecond
	for {
		select {
		case <-e.ctx.Done():
			return
		case <-e.changed:
		}
		if e.cfg.OnChange != nil {
			e.cfg.OnChange(e.State())
		}
		select {
		case <-e.ctx.Done():
			return
		case <-time.After(gap):
		}
	}
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
