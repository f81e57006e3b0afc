package mails_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/mails"
	"souk/server/platform/db"
	"souk/server/platform/dbtest"
	"souk/server/platform/mail"
	"souk/server/platform/mail/mailtest"
	"souk/shared/fault"
)

// bench is a shop of its own database, since a courier serves all tenants of one.
type bench struct {
	t        *testing.T
	database *db.DB
	shop     dbtest.Shop
	server   *mailtest.Server
	now      time.Time
}

func setup(t *testing.T) *bench {
	t.Helper()
	database, _, _ := dbtest.Fresh(t)
	b := &bench{t: t, server: mailtest.Start(t), now: time.Now()}
	b.database = database.WithClock(func() time.Time { return b.now })
	b.shop = dbtest.NewShop(t, database)
	return b
}

func (b *bench) smtp() mail.Config {
	return mail.Config{Host: b.server.Host, Port: b.server.Port, TLS: "none", From: "post@souk.example", Timeout: time.Second}
}

func (b *bench) do(fn func(ctx context.Context, tx *db.Tx) error) error {
	return b.database.Tenant(b.t.Context(), b.shop.Identity(), fn)
}

func (b *bench) write(to string) uuid.UUID {
	id := uuid.Must(uuid.NewV7())
	require.NoError(b.t, b.do(func(ctx context.Context, tx *db.Tx) error {
		return mails.Write(ctx, tx, mails.Letter{
			ID: id, Kind: mails.KindTest, To: to, Locale: "en", Subject: "Hello", Text: "Hello.",
			File: &mail.File{Name: "a.pdf", ContentType: "application/pdf", Body: []byte("%PDF-1.4")},
		})
	}))
	return id
}

func (b *bench) look(id uuid.UUID) mails.MailText {
	var found mails.MailText
	require.NoError(b.t, b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = mails.Show(ctx, tx, mails.Key{ID: id})
		return err
	}))
	return found
}

// round lets a courier send what is due, once.
func (b *bench) round(cfg mail.Config, demo bool) {
	ctx, cancel := context.WithCancel(b.t.Context())
	courier := mails.NewCourier(b.database, cfg, demo)
	done := make(chan struct{})
	go func() { defer close(done); courier.Run(ctx) }()
	require.Eventually(b.t, func() bool { return b.waiting() == 0 }, time.Minute, 10*time.Millisecond)
	cancel()
	<-done
}

// waiting counts the letters that are due now or being sent.
func (b *bench) waiting() int {
	n := 0
	require.NoError(b.t, b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.One[int](ctx, tx, `select count(*)::int from mails where tenant_id = @tenant and (state = 'sending' or state = 'queued' and due_at <= @now)`, db.Args{"now": tx.Now()})
		return err
	}))
	return n
}

func TestALetterIsSentOnce(t *testing.T) {
	b := setup(t)
	id := b.write("cara@example.org")
	b.round(b.smtp(), false)
	b.round(b.smtp(), false)
	require.Len(t, b.server.Letters(), 1)
	require.Contains(t, b.server.Letters()[0].Body, "Message-ID: <"+id.String()+"@souk.example>")
	found := b.look(id)
	require.Equal(t, mails.Sent, found.State)
	require.NotNil(t, found.SentAt)
}

func TestALetterOfATransactionThatFailsIsNone(t *testing.T) {
	b := setup(t)
	err := b.do(func(ctx context.Context, tx *db.Tx) error {
		if err := mails.Write(ctx, tx, mails.Letter{ID: uuid.New(), Kind: mails.KindTest, To: "cara@example.org", Locale: "en", Subject: "x", Text: "x"}); err != nil {
			return err
		}
		return fault.Conflict("test.undone")
	})
	require.Error(t, err)
	b.round(b.smtp(), false)
	require.Empty(t, b.server.Letters())
}

func TestTroubleThatPassesIsWaitedOut(t *testing.T) {
	b := setup(t)
	b.server.Break(mailtest.Fault{Data: "451 4.7.1 greylisted"})
	id := b.write("cara@example.org")
	b.round(b.smtp(), false)
	found := b.look(id)
	require.Equal(t, mails.Queued, found.State)
	require.Contains(t, found.Problem, "greylisted")
	require.Empty(t, b.server.Letters())

	b.server.Break(mailtest.Fault{})
	b.round(b.smtp(), false)
	require.Empty(t, b.server.Letters(), "it rests first")
	b.now = b.now.Add(2 * time.Minute)
	b.round(b.smtp(), false)
	require.Equal(t, mails.Sent, b.look(id).State)
	require.Equal(t, 2, b.look(id).Tries)
	require.Len(t, b.server.Letters(), 1)
}

func TestARefusedLetterIsGivenUpUntilSomeoneTriesAgain(t *testing.T) {
	b := setup(t)
	b.server.Break(mailtest.Fault{Rcpt: "550 5.1.1 no such mailbox"})
	id := b.write("nobody@example.org")
	b.round(b.smtp(), false)
	require.Equal(t, mails.Failed, b.look(id).State)
	require.Contains(t, b.look(id).Problem, "no such mailbox")
	require.Equal(t, 1, b.look(id).Tries)

	b.server.Break(mailtest.Fault{})
	require.NoError(t, b.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := mails.TryAgain(ctx, tx, mails.Key{ID: id})
		return err
	}))
	b.round(b.smtp(), false)
	require.Equal(t, mails.Sent, b.look(id).State)
}

func TestWhatADyingServerLeftIsSentAfterAWhile(t *testing.T) {
	b := setup(t)
	id := b.write("cara@example.org")
	ctx, cancel := context.WithCancel(t.Context())
	b.server.Break(mailtest.Fault{Hang: true})
	done := make(chan struct{})
	go func() { defer close(done); mails.NewCourier(b.database, b.smtp(), false).Run(ctx) }()
	require.Eventually(t, func() bool { return b.look(id).State == mails.Sending }, time.Minute, 5*time.Millisecond)
	cancel() // in the middle of sending
	<-done
	require.Equal(t, mails.Sending, b.look(id).State)

	b.server.Break(mailtest.Fault{})
	b.now = b.now.Add(11 * time.Minute)
	b.round(b.smtp(), false)
	require.Equal(t, mails.Sent, b.look(id).State)
	require.Len(t, b.server.Letters(), 1)
}

func TestADemoKeepsItsLetters(t *testing.T) {
	b := setup(t)
	id := b.write("cara@example.org")
	b.round(mail.Config{}, true)
	require.Equal(t, mails.Kept, b.look(id).State)
	require.Empty(t, b.server.Letters())
}

func TestWithoutAServerLettersWaitAndGoStale(t *testing.T) {
	b := setup(t)
	id := b.write("cara@example.org")
	courier := mails.NewCourier(b.database, mail.Config{}, false)
	require.Empty(t, courier.Post())
	courier.Run(t.Context()) // returns at once: there is nothing to do
	require.Equal(t, mails.Queued, b.look(id).State)
	b.now = b.now.Add(4 * 24 * time.Hour)
	b.round(b.smtp(), false)
	require.Equal(t, mails.Failed, b.look(id).State, "nobody wants a receipt of last week")
	require.Empty(t, b.server.Letters())
}

func TestNobodyTurnsAShopIntoASenderOfJunk(t *testing.T) {
	b := setup(t)
	sale := uuid.New()
	write := func() error {
		return b.do(func(ctx context.Context, tx *db.Tx) error {
			return mails.Write(ctx, tx, mails.Letter{ID: uuid.New(), Kind: mails.KindReceipt, About: sale, To: "cara@example.org", Locale: "en", Subject: "x", Text: "x"})
		})
	}
	for range 10 {
		require.NoError(t, write())
	}
	require.Equal(t, "mails.too_many", fault.Of(write()).Code)
	err := b.do(func(ctx context.Context, tx *db.Tx) error {
		return mails.Write(ctx, tx, mails.Letter{ID: uuid.New(), Kind: mails.KindTest, To: "a@b.org\r\nBcc: c@d.org", Locale: "en", Subject: "x", Text: "x"})
	})
	require.Equal(t, "mails.bad_address", fault.Of(err).Code)
}
