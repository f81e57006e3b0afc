// Package mailtest is an SMTP server for tests: it speaks as much of RFC 5321 as
// a letter needs, keeps what it took, and misbehaves when told to. It checks
// nobody and delivers nothing.
package mailtest

import (
	"bufio"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Letter is what a client handed over.
type Letter struct {
	From string
	To   []string
	Body string
}

// Fault is how the server misbehaves. An answer of "" is a good one.
type Fault struct {
	Rcpt, Data   string
	DieInData    bool // the connection ends in the middle of a letter
	DieAfterData bool // the letter is taken, the connection ends at once
	Hang         bool // no word at all
	Closed       bool // nobody listens
}

// Server listens until the test ends.
type Server struct {
	Host string
	Port int

	listener net.Listener
	mu       sync.Mutex
	fault    Fault
	letters  []Letter
}

// Start starts one on a free port of this machine.
func Start(t testing.TB) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &Server{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, listener: listener}
	t.Cleanup(func() { _ = listener.Close() })
	go s.accept()
	return s
}

// Break makes the server misbehave from now on; the zero Fault mends it.
func (s *Server) Break(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
	if fault.Closed {
		_ = s.listener.Close()
	}
}

// Letters are those that were taken, in order.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter{}, s.letters...)
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		go s.serve(conn)
	}
}

func (s *Server) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	s.mu.Lock()
	fault := s.fault
	s.mu.Unlock()
	in := bufio.NewReader(conn)
	if fault.Hang {
		_, _ = in.ReadByte()
		return
	}
	say := func(line string) { _, _ = fmt.Fprint(conn, line+"\r\n") }
	say("220 mail.test ESMTP")
	var letter Letter
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-mail.test\r\n250 8BITMIME")
		case "MAIL":
			letter = Letter{From: path(rest)}
			say("250 OK")
		case "RCPT":
			if fault.Rcpt != "" {
				say(fault.Rcpt)
				continue
			}
			letter.To = append(letter.To, path(rest))
			say("250 OK")
		case "DATA":
			if !s.data(in, say, fault, letter) {
				return
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 OK")
		}
	}
}

// data takes the text of a letter, and says whether the connection goes on.
func (s *Server) data(in *bufio.Reader, say func(string), fault Fault, letter Letter) bool {
	say("354 go on")
	if fault.DieInData {
		_, _ = in.ReadString('\n')
		return false
	}
	body, err := textproto.NewReader(in).ReadDotBytes()
	if err != nil {
		return false
	}
	if fault.Data != "" {
		say(fault.Data)
		return true
	}
	letter.Body = string(body)
	s.mu.Lock()
	s.letters = append(s.letters, letter)
	s.mu.Unlock()
	say("250 taken")
	return !fault.DieAfterData
}

// path is the address of "FROM:<a@b> SIZE=1".
func path(text string) string {
	_, after, _ := strings.Cut(text, "<")
	address, _, _ := strings.Cut(after, ">")
	return address
}
