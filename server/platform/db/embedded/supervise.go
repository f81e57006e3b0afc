package embedded

import (
	"context"
	"fmt"
	"time"
)

// supervise starts the server again when it dies without having been asked to.
// It gives up when five starts in a row fail.
func (s *Server) supervise(ctx context.Context) {
	defer close(s.done)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-s.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	for {
		<-s.child.exited
		if ctx.Err() != nil || s.isStopping() {
			return
		}
		s.log.Error("PostgreSQL ended unexpectedly; starting it again", "messages", s.child.lastMessages())
		if err := s.restart(ctx); err != nil {
			if !s.isStopping() {
				s.fail(fmt.Errorf("PostgreSQL could not be kept running: %w", err))
			}
			return
		}
	}
}

func (s *Server) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

func (s *Server) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// restart ends with the server up, or with the server down and an error; a Stop
// that comes meanwhile wins.
func (s *Server) restart(ctx context.Context) error {
	var err error
	for try := range 5 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try) * time.Second):
		}
		if err = s.launch(ctx); err == nil {
			return s.endIfStopping(ctx)
		}
		s.log.Error("PostgreSQL did not start", "error", err)
	}
	return err
}

func (s *Server) endIfStopping(ctx context.Context) error {
	if !s.isStopping() {
		return nil
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return s.child.shutDown(limited)
}
