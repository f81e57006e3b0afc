// Package printer brings bytes to a receipt printer: a network printer on its
// raw port, a device or file, or a queue of the system's spooler. Jobs wait in a spool, so that a printer that hangs holds
// nobody up. It does not know what it prints.
package printer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Kind is how a printer is reached.
type Kind string

// The kinds.
const (
	None Kind = "none"
	File Kind = "file"
	TCP  Kind = "tcp"
	// Queue is a printer that this computer's system knows by name; it gets the bytes as they are.
	Queue Kind = "queue"
)

// rawPort is where network printers take raw data.
const rawPort = "9100"

// timeLimit bounds one job; a printer that is out of paper stops reading.
const timeLimit = 5 * time.Second

// Print hands bytes to a printer and returns when it has taken them all.
func Print(ctx context.Context, kind Kind, address string, content []byte) error {
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	switch kind {
	case File:
		return give(ctx, address, content)
	case TCP:
		return send(ctx, address, content)
	case Queue:
		return enqueue(ctx, address, content)
	case None:
		return errors.New("no printer is set up")
	}
	return fmt.Errorf("unknown kind of printer %q", kind)
}

// give does not wait longer for a device than ctx allows: one that is out of
// paper takes no more bytes, and cannot be interrupted.
func give(ctx context.Context, path string, content []byte) error {
	ended := make(chan error, 1)
	go func() { ended <- appendTo(path, content) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return fmt.Errorf("the printer stopped taking data: %w", ctx.Err())
	}
}

func appendTo(path string, content []byte) error {
	flags := os.O_APPEND | os.O_WRONLY
	if !strings.HasPrefix(filepath.ToSlash(path), "/dev/") {
		flags |= os.O_CREATE // a device that is not there has to be plugged in, not made
	}
	out, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	if kept, failed := out.Stat(); err == nil && failed == nil && kept.Mode().IsRegular() {
		err = out.Sync() // devices know no such thing
	}
	return errors.Join(err, out.Close())
}

func send(ctx context.Context, address string, content []byte) error {
	if _, _, err := net.SplitHostPort(address); err != nil {
		address = net.JoinHostPort(address, rawPort)
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("the printer does not answer: %w", err)
	}
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return errors.Join(err, conn.Close())
	}
	if _, err := conn.Write(content); err != nil {
		return errors.Join(fmt.Errorf("the printer stopped taking data: %w", err), conn.Close())
	}
	return conn.Close()
}
