// Package printer brings bytes to a receipt printer: a network printer on its
// raw port, or a file. Jobs wait in a spool, so that a printer that hangs holds
// nobody up. It does not know what it prints.
package printer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// Kind is how a printer is reached.
type Kind string

// The kinds.
const (
	None Kind = "none"
	File Kind = "file"
	TCP  Kind = "tcp"
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
		return appendTo(address, content)
	case TCP:
		return send(ctx, address, content)
	case None:
		return errors.New("no printer is set up")
	}
	return fmt.Errorf("unknown kind of printer %q", kind)
}

func appendTo(path string, content []byte) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	if err == nil {
		err = out.Sync()
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
