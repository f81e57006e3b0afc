package printer

import (
	"context"
	"errors"
	"sync"
)

// Job is one document for one printer. Done is told how it ended, from the
// spool's own goroutine.
type Job struct {
	Kind    Kind
	Address string
	Content []byte
	Done    func(error)
}

// ErrFull says that too many jobs wait already.
var ErrFull = errors.New("the printer has too much to print already")

// ErrClosed says that the till is being closed.
var ErrClosed = errors.New("the till is closing")

const spoolLength = 64

// Spool prints jobs one after the other.
type Spool struct {
	mu     sync.Mutex
	closed bool
	jobs   chan Job
	wg     sync.WaitGroup
}

// NewSpool starts a spool. Close it.
func NewSpool() *Spool {
	s := &Spool{jobs: make(chan Job, spoolLength)}
	s.wg.Go(func() {
		for job := range s.jobs {
			// Not the caller's context: a receipt of a finished sale is printed even if the window closes.
			job.Done(Print(context.Background(), job.Kind, job.Address, job.Content)) //nolint:forbidigo // see above
		}
	})
	return s
}

// Add queues a job and returns at once. It fails with ErrFull or ErrClosed; Done
// is not called then.
func (s *Spool) Add(job Job) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	select {
	case s.jobs <- job:
		return nil
	default:
		return ErrFull
	}
}

// Close prints what waits and stops.
func (s *Spool) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.jobs)
	}
	s.mu.Unlock()
	s.wg.Wait()
}
