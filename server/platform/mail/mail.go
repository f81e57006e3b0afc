// Package mail hands letters to an SMTP server. It knows what a letter is and
// how a server may refuse one; what letters are for, and which are still to be
// sent, is not its business.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"
)

// Config is the SMTP server that takes letters. Without a host there is none.
type Config struct {
	Host     string `env:"HOST"`
	Port     int    `env:"PORT" envDefault:"587"`
	User     string `env:"USER"`
	Password string `env:"PASSWORD"`
	// TLS is "starttls", "tls" from the first byte on, or "none".
	TLS string `env:"TLS" envDefault:"starttls"`
	// From is the address that letters come from.
	From string `env:"FROM"`
	// Timeout bounds each answer of the server.
	Timeout time.Duration `env:"TIMEOUT" envDefault:"30s"`
}

// Set holds if there is a server to send by.
func (c Config) Set() bool { return c.Host != "" }

// Check fails with a sentence about what is wrong in the settings.
func (c Config) Check() error {
	if !c.Set() {
		return nil
	}
	if c.TLS != "starttls" && c.TLS != "tls" && c.TLS != "none" {
		return fmt.Errorf(`SOUK_SMTP_TLS: %q is none of "starttls", "tls" and "none"`, c.TLS)
	}
	if _, err := Address(c.From); err != nil {
		return fmt.Errorf("SOUK_SMTP_FROM: %q is no e-mail address; letters need one to come from", c.From)
	}
	return nil
}

// Letter is one message to one person.
type Letter struct {
	ID       uuid.UUID // its Message-ID is made of this, the same at every try
	FromName string
	ReplyTo  string // empty for none
	To       string
	Subject  string
	Text     string
	HTML     string // empty for text alone
	At       time.Time
	File     *File
}

// File is what a letter carries along.
type File struct {
	Name, ContentType string
	Body              []byte
}

// Refused is a server's answer that no further try will change.
type Refused struct{ Reason string }

// Error is what the server said.
func (r *Refused) Error() string { return r.Reason }

const longestAddress = 254 // RFC 5321, 4.5.3.1.3

// Address brings an e-mail address to the form in which servers take it: no name
// beside it, a domain of several parts in ASCII.
func Address(text string) (string, error) {
	text = strings.TrimSpace(text)
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Name != "" || parsed.Address != text || strings.ContainsAny(text, "\"\r\n <>") {
		return "", fmt.Errorf("%q is no e-mail address", text)
	}
	at := strings.LastIndexByte(text, '@')
	domain, err := idna.Lookup.ToASCII(text[at+1:])
	if err != nil || !strings.Contains(domain, ".") {
		return "", fmt.Errorf("%q has no domain that a letter could go to", text)
	}
	address := text[:at+1] + domain
	if len(address) > longestAddress {
		return "", fmt.Errorf("an e-mail address of %d letters is too long", len(address))
	}
	return address, nil
}

// Send hands a letter over and returns when the server has taken it. A *Refused
// says that it never will; any other error may pass.
func Send(ctx context.Context, cfg Config, letter Letter) error {
	message, err := cfg.message(letter)
	if err != nil {
		return &Refused{err.Error()}
	}
	client, err := cfg.client()
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("the mail server %s was not reached: %w", net.JoinHostPort(cfg.Host, fmt.Sprint(cfg.Port)), err)
	}
	// What the server answers to a good-bye changes nothing about the letter.
	defer func() { _ = client.Close() }()
	return judge(client.Send(message))
}

// Reach greets the server and signs in, and sends nothing.
func Reach(ctx context.Context, cfg Config) error {
	client, err := cfg.client()
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("the mail server %s was not reached: %w", net.JoinHostPort(cfg.Host, fmt.Sprint(cfg.Port)), err)
	}
	_ = client.Close()
	return nil
}

// judge tells what may pass from what will not.
func judge(err error) error {
	var failed *gomail.SendError
	if err == nil || !errors.As(err, &failed) {
		return err
	}
	switch {
	case failed.Reason == gomail.ErrSMTPReset:
		return nil // it was taken; what came after is of no interest
	case failed.ErrorCode() >= 500:
		return &Refused{fmt.Sprintf("the mail server refused it: %v", failed)}
	}
	return fmt.Errorf("the mail server did not take it: %w", err)
}

func (c Config) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(c.Port), gomail.WithTimeout(c.Timeout)}
	switch c.TLS {
	case "tls":
		options = append(options, gomail.WithSSL())
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if c.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	return gomail.NewClient(c.Host, options...)
}

func (c Config) message(letter Letter) (*gomail.Msg, error) {
	message := gomail.NewMsg()
	if err := message.FromFormat(oneLine(letter.FromName), c.From); err != nil {
		return nil, err
	}
	if err := message.To(letter.To); err != nil {
		return nil, err
	}
	if letter.ReplyTo != "" {
		if err := message.ReplyTo(letter.ReplyTo); err != nil {
			return nil, err
		}
	}
	message.Subject(oneLine(letter.Subject))
	message.SetMessageIDWithValue(letter.ID.String() + c.From[strings.LastIndexByte(c.From, '@'):])
	message.SetDateWithValue(letter.At)
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday notes in answer
	message.SetBodyString(gomail.TypeTextPlain, letter.Text)
	if letter.HTML != "" {
		message.AddAlternativeString(gomail.TypeTextHTML, letter.HTML)
	}
	if f := letter.File; f != nil {
		err := message.AttachReader(f.Name, strings.NewReader(string(f.Body)), gomail.WithFileContentType(gomail.ContentType(f.ContentType)))
		if err != nil {
			return nil, err
		}
	}
	return message, nil
}

// oneLine keeps a name or subject from becoming a header of its own.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
