package mail_test

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	nmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/mail"
	"souk/server/platform/mail/mailtest"
)

func letter() mail.Letter {
	return mail.Letter{
		ID: uuid.MustParse("0198c0de-0000-7000-8000-000000000001"), FromName: "Café\r\nBcc: x@evil.example", ReplyTo: "shop@city-mart.example",
		To: "cara@example.org", Subject: "Ihr Beleg – إيصالك\r\nX-Evil: 1", Text: "Thank you.", HTML: "<p>شكرا</p>",
		At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), File: &mail.File{Name: "1-000001.pdf", ContentType: "application/pdf", Body: []byte("%PDF-1.4")},
	}
}

func config(server *mailtest.Server) mail.Config {
	return mail.Config{Host: server.Host, Port: server.Port, TLS: "none", From: "post@souk.example", Timeout: 2 * time.Second}
}

func TestALetterArrivesWhole(t *testing.T) {
	server := mailtest.Start(t)
	require.NoError(t, mail.Send(t.Context(), config(server), letter()))
	got := server.Letters()
	require.Len(t, got, 1)
	require.Equal(t, "post@souk.example", got[0].From)
	require.Equal(t, []string{"cara@example.org"}, got[0].To)

	message, err := nmail.ReadMessage(strings.NewReader(got[0].Body))
	require.NoError(t, err)
	require.Empty(t, message.Header.Get("X-Evil"), "a subject is no header of its own")
	require.Empty(t, message.Header.Get("Bcc"))
	require.Equal(t, "<0198c0de-0000-7000-8000-000000000001@souk.example>", message.Header.Get("Message-ID"))
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, "Ihr Beleg – إيصالك X-Evil: 1", subject)
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/mixed", kind)
	parts := multipart.NewReader(message.Body, params["boundary"])
	both, err := parts.NextPart()
	require.NoError(t, err)
	require.Contains(t, both.Header.Get("Content-Type"), "multipart/alternative")
	file, err := parts.NextPart()
	require.NoError(t, err)
	require.Equal(t, "1-000001.pdf", file.FileName())
	_, err = parts.NextPart()
	require.ErrorIs(t, err, io.EOF)
}

func TestStartTLSIsInsistedOn(t *testing.T) {
	server := mailtest.Start(t) // offers none
	cfg := config(server)
	cfg.TLS = "starttls"
	require.Error(t, mail.Send(t.Context(), cfg, letter()))
	require.Empty(t, server.Letters(), "a letter never goes in the clear where TLS is asked for")
}

func TestWhatAServerSaysIsUnderstood(t *testing.T) {
	for name, c := range map[string]struct {
		fault   mailtest.Fault
		refused bool
		taken   int
	}{
		"the mailbox is unknown":                  {mailtest.Fault{Rcpt: "550 5.1.1 no such mailbox"}, true, 0},
		"the mailbox is full for now":             {mailtest.Fault{Rcpt: "452 4.2.2 mailbox full"}, false, 0},
		"the content is refused":                  {mailtest.Fault{Data: "554 5.7.1 spam"}, true, 0},
		"come back later":                         {mailtest.Fault{Data: "451 4.7.1 greylisted"}, false, 0},
		"it dies in the middle of the letter":     {mailtest.Fault{DieInData: true}, false, 0},
		"it never answers":                        {mailtest.Fault{Hang: true}, false, 0},
		"it is not there":                         {mailtest.Fault{Closed: true}, false, 0},
		"it takes the letter and then falls over": {mailtest.Fault{DieAfterData: true}, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			server := mailtest.Start(t)
			server.Break(c.fault)
			err := mail.Send(t.Context(), config(server), letter())
			var refused *mail.Refused
			require.Equal(t, c.refused, errors.As(err, &refused), "%v", err)
			if c.taken == 0 {
				require.Error(t, err)
			} else {
				require.NoError(t, err, "what was taken is sent, whatever comes after")
			}
			require.Len(t, server.Letters(), c.taken)
		})
	}
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"cara@example.org": "cara@example.org", " cara@example.org ": "cara@example.org", "cara@bücher.example": "cara@xn--bcher-kva.example",
		"cara": "", "cara@": "", "@example.org": "", "cara@localhost": "", "Cara <cara@example.org>": "", "a@b.org\r\nBcc: c@d.org": "",
		"a b@example.org": "", "cara@example.org, d@e.org": "", strings.Repeat("a", 250) + "@example.org": "",
	} {
		got, err := mail.Address(text)
		require.Equal(t, want, got, text)
		require.Equal(t, want == "", err != nil, text)
	}
}
