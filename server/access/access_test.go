package access_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/access"
	"souk/server/app"
	"souk/server/platform/dbtest"
	"souk/server/platform/mail"
	"souk/server/platform/mail/mailtest"
	"souk/server/platform/web"
	"souk/server/setup"
	"souk/server/users"
	"souk/shared/wire"
)

const (
	password = "three warm loaves"
	another  = "four cold lemons"
)

// street is an installation with two shops, whose owners are two people.
type street struct {
	t       *testing.T
	program *app.App
	super   *pgx.Conn
	mails   *mailtest.Server
	late    time.Duration
}

// newStreet makes one whose letters go out by a mail server of the test's.
func newStreet(t *testing.T) *street {
	t.Helper()
	s := &street{t: t, mails: mailtest.Start(t)}
	s.open(app.Config{SMTP: mail.Config{Host: s.mails.Host, Port: s.mails.Port, TLS: "none", From: "post@souk.example", Timeout: 5 * time.Second}}, "smtp")
	return s
}

func (s *street) open(cfg app.Config, post string) {
	database, _, name := dbtest.Fresh(s.t)
	s.super = dbtest.Superuser(s.t, name)
	cfg.Domain, cfg.SignUp = "localhost", true
	program, err := app.Wire(s.t.Context(), cfg, database.WithClock(func() time.Time { return time.Now().Add(s.late) }))
	require.NoError(s.t, err)
	s.program = program
	program.At(web.Site{Scheme: "http", Port: ":8080", Domain: "localhost", Post: post})
	program.Door.Begin()
	for _, slug := range []string{"bakery", "garage"} {
		form := setup.Form{
			Shop:  setup.ShopPart{Name: "The " + slug, Slug: slug, BusinessType: wire.Retail, Country: "FR", Currency: "EUR", Locale: "en", PricesIncludeTax: true},
			Store: setup.StorePart{Name: "Rue Haute", TimeZone: "Europe/Paris"},
			Owner: setup.OwnerPart{Name: "Owner of " + slug, Email: "owner@" + slug + ".example", Password: password},
		}
		require.Equal(s.t, http.StatusOK, s.at("", "").ask("POST", "/setup/shops", form).Code)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); program.Letters.Run(ctx) }()
	s.t.Cleanup(func() { cancel(); <-done })
}

// desk is a browser at a shop's address; with a cookie, someone is signed in.
type desk struct {
	s            *street
	slug, cookie string
	from         string
}

func (s *street) at(slug, cookie string) desk {
	return desk{s: s, slug: slug, cookie: cookie, from: "192.168.1.77:5000"}
}

func (d desk) ask(method, path string, body any) *httptest.ResponseRecorder {
	d.s.t.Helper()
	content, err := json.Marshal(body)
	require.NoError(d.s.t, err)
	r := httptest.NewRequest(method, "/api"+path, bytes.NewReader(content))
	r.Host, r.RemoteAddr = strings.TrimPrefix(d.slug+".localhost:8080", "."), d.from
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", uuid.NewString())
	if d.cookie != "" {
		r.Header.Set("Cookie", web.SessionCookie+"="+d.cookie)
	}
	answer := httptest.NewRecorder()
	d.s.program.Web.ServeHTTP(answer, r)
	return answer
}

// signIn gives a desk at which someone is signed in.
func (s *street) signIn(slug, email, secret string) desk {
	s.t.Helper()
	return s.entered(slug, s.at(slug, "").ask("POST", "/session", users.Credentials{Email: email, Password: secret}))
}

func (s *street) entered(slug string, answer *httptest.ResponseRecorder) desk {
	s.t.Helper()
	require.Equal(s.t, http.StatusOK, answer.Code, answer.Body.String())
	cookies := answer.Result().Cookies()
	require.Len(s.t, cookies, 1)
	return s.at(slug, cookies[0].Value)
}

func (s *street) owner(slug string) desk { return s.signIn(slug, "owner@"+slug+".example", password) }

func read[T any](t *testing.T, answer *httptest.ResponseRecorder) T {
	t.Helper()
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	var out T
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &out), answer.Body.String())
	return out
}

// refused holds if an answer is a problem of this code.
func refused(t *testing.T, code string, answer *httptest.ResponseRecorder) {
	t.Helper()
	var problem web.Problem
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &problem), answer.Body.String())
	require.Equal(t, code, problem.Code, answer.Body.String())
}

// secretOf waits for the n-th letter and takes the link's secret from it.
func (s *street) secretOf(n int, path string) string {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return len(s.mails.Letters()) >= n }, time.Minute, 5*time.Millisecond)
	body := strings.NewReplacer("=\r\n", "", "=\n", "", "=3D", "=").Replace(s.mails.Letters()[n-1].Body)
	_, after, found := strings.Cut(body, ".localhost:8080/"+path+"#")
	require.True(s.t, found, body)
	return strings.TrimRight(after[:43], "\r\n")
}

func invitation(email string, role wire.Role) access.NewInvitation {
	return access.NewInvitation{ID: uuid.Must(uuid.NewV7()), Name: "Nora Lind", Email: email, Role: role}
}

func accept(secret, with string) access.Acceptance {
	return access.Acceptance{Ticket: secret, Name: "Nora Lind", Password: with}
}

func TestAnInvitationMakesAMember(t *testing.T) {
	s := newStreet(t)
	owner := s.owner("bakery")
	in := invitation("Nora@Example.org", wire.Manager)
	made := read[access.Invitation](t, owner.ask("POST", "/invitations", in))
	require.Equal(t, "nora@example.org", made.Email)
	require.Empty(t, made.Link, "the link is for the invited alone")
	again := read[access.Invitation](t, owner.ask("POST", "/invitations", in))
	require.Equal(t, made.ID, again.ID)
	refused(t, "access.already_invited", owner.ask("POST", "/invitations", invitation("nora@example.org", wire.Cashier)))

	secret := s.secretOf(1, "invitation")
	stranger := s.at("bakery", "")
	seen := read[access.Invited](t, stranger.ask("POST", "/invitation", access.LinkIn{Ticket: secret}))
	require.Equal(t, access.Invited{Shop: "The bakery", Name: "Nora Lind", Email: "nora@example.org", Role: wire.Manager, By: "Owner of bakery"}, seen)
	refused(t, "access.invitation_over", s.at("garage", "").ask("POST", "/invitation", access.LinkIn{Ticket: secret}))
	refused(t, "auth.weak_password", stranger.ask("POST", "/invitation/acceptance", accept(secret, "short")))

	nora := s.entered("bakery", stranger.ask("POST", "/invitation/acceptance", accept(secret, another)))
	session := read[users.Session](t, nora.ask("GET", "/session", nil))
	require.Equal(t, wire.Manager, session.User.Role)
	require.Equal(t, made.ID, session.User.ID)
	refused(t, "access.invitation_over", stranger.ask("POST", "/invitation/acceptance", accept(secret, another)))
	require.Empty(t, read[wire.Page[access.Invitation]](t, owner.ask("GET", "/invitations", nil)).Rows)
	refused(t, "people.already_here", owner.ask("POST", "/invitations", invitation("nora@example.org", wire.Cashier)))
	s.signIn("bakery", "nora@example.org", another)
	require.Len(t, s.mails.Letters(), 1)
}

func TestWhoHasAnAccountKeepsItsPassword(t *testing.T) {
	s := newStreet(t)
	read[access.Invitation](t, s.owner("bakery").ask("POST", "/invitations", invitation("owner@garage.example", wire.SalesManager)))
	secret := s.secretOf(1, "invitation")
	door := s.at("bakery", "")
	require.True(t, read[access.Invited](t, door.ask("POST", "/invitation", access.LinkIn{Ticket: secret})).Known)
	refused(t, "auth.wrong_password", door.ask("POST", "/invitation/acceptance", accept(secret, another)))
	s.entered("bakery", door.ask("POST", "/invitation/acceptance", accept(secret, password)))
	s.owner("garage")
}

func TestAnInvitationFallsWithWhatItStoodOn(t *testing.T) {
	cases := map[string]func(s *street, owner desk, made access.Invitation){
		"withdrawn": func(s *street, owner desk, made access.Invitation) {
			require.Equal(s.t, http.StatusNoContent, owner.ask("DELETE", "/invitations/"+made.ID.String(), nil).Code)
		},
		"expired": func(s *street, _ desk, _ access.Invitation) { s.late += 8 * 24 * time.Hour },
		"made by someone who left": func(s *street, _ desk, made access.Invitation) {
			tx, err := s.super.Begin(s.t.Context())
			require.NoError(s.t, err)
			_, err = tx.Exec(s.t.Context(), `select set_config('app.tenant_id', tenant_id::text, true) from invitations where id = $1`, made.ID)
			require.NoError(s.t, err)
			_, err = tx.Exec(s.t.Context(), `update people set active = false where id = (select invited_by from invitations where id = $1)`, made.ID)
			require.NoError(s.t, err)
			require.NoError(s.t, tx.Commit(s.t.Context()))
		},
	}
	for name, fall := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStreet(t)
			owner := s.owner("bakery")
			made := read[access.Invitation](t, owner.ask("POST", "/invitations", invitation("nora@example.org", wire.Cashier)))
			secret := s.secretOf(1, "invitation")
			fall(s, owner, made)
			refused(t, "access.invitation_over", s.at("bakery", "").ask("POST", "/invitation", access.LinkIn{Ticket: secret}))
			refused(t, "access.invitation_over", s.at("bakery", "").ask("POST", "/invitation/acceptance", accept(secret, another)))
			var accounts int
			require.NoError(t, s.super.QueryRow(t.Context(), `select count(*) from platform.accounts where email = 'nora@example.org'`).Scan(&accounts))
			require.Zero(t, accounts, "nobody came, so nobody has an account")
		})
	}
}

func TestNobodyInvitesAboveHimself(t *testing.T) {
	s := newStreet(t)
	read[access.Invitation](t, s.owner("bakery").ask("POST", "/invitations", invitation("nora@example.org", wire.SystemManager)))
	nora := s.entered("bakery", s.at("bakery", "").ask("POST", "/invitation/acceptance", accept(s.secretOf(1, "invitation"), another)))
	refused(t, "people.above_you", nora.ask("POST", "/invitations", invitation("evil@example.org", wire.Owner)))
	read[access.Invitation](t, s.owner("bakery").ask("POST", "/invitations", invitation("boss@example.org", wire.Owner)))
	rows := read[wire.Page[access.Invitation]](t, nora.ask("GET", "/invitations", nil)).Rows
	require.Len(t, rows, 1)
	refused(t, "people.above_you", nora.ask("DELETE", "/invitations/"+rows[0].ID.String(), nil))
	s.late += 2 * time.Minute
	refused(t, "people.above_you", nora.ask("POST", "/invitations/"+rows[0].ID.String()+"/letters", nil))
}

func TestALetterIsSentAgainWithAnotherLink(t *testing.T) {
	s := newStreet(t)
	owner := s.owner("bakery")
	made := read[access.Invitation](t, owner.ask("POST", "/invitations", invitation("nora@example.org", wire.Cashier)))
	first := s.secretOf(1, "invitation")
	path := "/invitations/" + made.ID.String() + "/letters"
	refused(t, "access.too_soon", owner.ask("POST", path, nil))
	s.late += 2 * time.Minute
	read[access.Invitation](t, owner.ask("POST", path, nil))
	second := s.secretOf(2, "invitation")
	require.NotEqual(t, first, second)
	for _, secret := range []string{first, second} {
		read[access.Invited](t, s.at("bakery", "").ask("POST", "/invitation", access.LinkIn{Ticket: secret}))
	}
}

func TestARefusedLetterIsToldToWhoInvited(t *testing.T) {
	s := newStreet(t)
	s.mails.Break(mailtest.Fault{Rcpt: "550 5.1.1 no such mailbox"})
	owner := s.owner("bakery")
	read[access.Invitation](t, owner.ask("POST", "/invitations", invitation("nobody@example.org", wire.Cashier)))
	require.Eventually(t, func() bool {
		rows := read[wire.Page[access.Invitation]](t, owner.ask("GET", "/invitations", nil)).Rows
		return rows[0].Letter == "failed" && strings.Contains(rows[0].Problem, "no such mailbox")
	}, time.Minute, 10*time.Millisecond)
}

func TestAServerWithoutMailGivesTheLinkToBeHandedOver(t *testing.T) {
	s := &street{t: t}
	s.open(app.Config{}, "")
	owner := s.owner("bakery")
	made := read[access.Invitation](t, owner.ask("POST", "/invitations", invitation("nora@example.org", wire.Cashier)))
	require.Equal(t, "none", made.Letter)
	_, secret, found := strings.Cut(made.Link, "http://bakery.localhost:8080/invitation#")
	require.True(t, found, made.Link)
	s.entered("bakery", s.at("bakery", "").ask("POST", "/invitation/acceptance", accept(secret, another)))
	require.Empty(t, read[wire.Page[access.Invitation]](t, owner.ask("GET", "/invitations", nil)).Rows)
	refused(t, "access.no_letters", s.at("bakery", "").ask("POST", "/password/letters", access.ForgottenIn{Email: "nora@example.org"}))
}

func TestAForgottenPasswordIsReplacedAndEndsAllSessions(t *testing.T) {
	s := newStreet(t)
	owner := s.owner("bakery")
	read[access.Invitation](t, s.owner("garage").ask("POST", "/invitations", invitation("owner@bakery.example", wire.SalesManager)))
	elsewhere := s.entered("garage", s.at("garage", "").ask("POST", "/invitation/acceptance", accept(s.secretOf(1, "invitation"), password)))

	door := s.at("bakery", "")
	require.Equal(t, http.StatusNoContent, door.ask("POST", "/password/letters", access.ForgottenIn{Email: "Owner@bakery.example", Locale: "es"}).Code)
	secret := s.secretOf(2, "password")
	require.Equal(t, access.Resettable{Email: "owner@bakery.example"}, read[access.Resettable](t, door.ask("POST", "/password/ticket", access.LinkIn{Ticket: secret})))
	refused(t, "access.reset_over", s.at("garage", "").ask("POST", "/password/ticket", access.LinkIn{Ticket: secret}))
	refused(t, "auth.weak_password", door.ask("POST", "/password", access.NewPassword{Ticket: secret, Password: "owner"}))
	require.Equal(t, http.StatusNoContent, door.ask("POST", "/password", access.NewPassword{Ticket: secret, Password: another}).Code)

	refused(t, "access.reset_over", door.ask("POST", "/password", access.NewPassword{Ticket: secret, Password: "yet another one"}))
	require.Equal(t, http.StatusUnauthorized, owner.ask("GET", "/session", nil).Code)
	require.Equal(t, http.StatusUnauthorized, elsewhere.ask("GET", "/session", nil).Code, "in the other shop too")
	refused(t, "auth.wrong_password", door.ask("POST", "/session", users.Credentials{Email: "owner@bakery.example", Password: password}))
	s.signIn("bakery", "owner@bakery.example", another)
	s.signIn("garage", "owner@bakery.example", another)
}

func TestALinkToAPasswordHoldsForAnHour(t *testing.T) {
	s := newStreet(t)
	door := s.at("bakery", "")
	require.Equal(t, http.StatusNoContent, door.ask("POST", "/password/letters", access.ForgottenIn{Email: "owner@bakery.example"}).Code)
	secret := s.secretOf(1, "password")
	s.late += 61 * time.Minute
	refused(t, "access.reset_over", door.ask("POST", "/password", access.NewPassword{Ticket: secret, Password: another}))
	s.owner("bakery")
}

func TestAskingForALetterTellsNothing(t *testing.T) {
	s := newStreet(t)
	answers := map[string]bool{}
	for n, email := range []string{"owner@bakery.example", "owner@garage.example", "nobody@example.org"} {
		door := s.at("bakery", "")
		door.from = fmt.Sprintf("192.168.2.%d:50", n+1)
		answer := door.ask("POST", "/password/letters", access.ForgottenIn{Email: email})
		answers[fmt.Sprint(answer.Code, answer.Body.String())] = true
	}
	require.Len(t, answers, 1)
	waiting := func() (n int) {
		require.NoError(t, s.super.QueryRow(t.Context(), `select count(*) from platform.account_letters where state in ('queued', 'sending')`).Scan(&n))
		return n
	}
	require.Eventually(t, func() bool { return waiting() == 0 }, time.Minute, 5*time.Millisecond)
	require.Len(t, s.mails.Letters(), 1, "only who works here gets one from here")
	require.Equal(t, []string{"owner@bakery.example"}, s.mails.Letters()[0].To)
}

func TestAskingForLettersIsLimited(t *testing.T) {
	s := newStreet(t)
	for n := range 5 {
		door := s.at("bakery", "")
		door.from = fmt.Sprintf("192.168.3.%d:50", n+1)
		require.Equal(t, http.StatusNoContent, door.ask("POST", "/password/letters", access.ForgottenIn{Email: "owner@bakery.example"}).Code)
	}
	var letters int
	require.NoError(t, s.super.QueryRow(t.Context(), `select count(*) from platform.account_letters`).Scan(&letters))
	require.Equal(t, 3, letters, "an hour's worth for one address")
	door := s.at("bakery", "")
	door.from = "192.168.4.1:50"
	var last *httptest.ResponseRecorder
	for n := range 6 {
		last = door.ask("POST", "/password/letters", access.ForgottenIn{Email: fmt.Sprintf("nobody%d@example.org", n)})
	}
	refused(t, "auth.slow_down", last)
}

func TestNoShopReadsTheLinks(t *testing.T) {
	s := newStreet(t)
	owner := s.owner("bakery")
	read[access.Invitation](t, owner.ask("POST", "/invitations", invitation("nora@example.org", wire.Cashier)))
	secret := s.secretOf(1, "invitation")
	for _, path := range []string{"/invitations", "/mails", "/audit"} {
		require.NotContains(t, owner.ask("GET", path, nil).Body.String(), secret, path)
	}
	require.Equal(t, access.Mailboxed{Rows: []access.KeptLetter{}}, read[access.Mailboxed](t, owner.ask("GET", "/mailbox", nil)), "only a demo has one")
	var kept int
	require.NoError(t, s.super.QueryRow(t.Context(), `select count(*) from platform.account_letters where body_text <> ''`).Scan(&kept))
	require.Zero(t, kept)
}

func TestADemosMailboxShowsItsLetters(t *testing.T) {
	s := &street{t: t}
	s.open(app.Config{Demo: true}, "kept")
	read[access.Invitation](t, s.owner("bakery").ask("POST", "/invitations", invitation("nora@example.org", wire.Cashier)))
	here := s.at("bakery", "")
	here.from = "127.0.0.1:5000"
	rows := func(d desk) []access.KeptLetter {
		return read[access.Mailboxed](t, d.ask("GET", "/mailbox", nil)).Rows
	}
	require.Eventually(t, func() bool { return len(rows(here)) == 1 }, time.Minute, 5*time.Millisecond)
	require.Contains(t, rows(here)[0].Text, "http://bakery.localhost:8080/invitation#")
	require.Empty(t, rows(s.at("bakery", "")), "a shop of one's own shows them at the server only")
	other := s.at("garage", "")
	other.from = here.from
	require.Empty(t, rows(other))
}
