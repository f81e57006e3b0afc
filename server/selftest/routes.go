package selftest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// rest gives the machine back to the shops: as long as the attack took, and more.
func (r *run) rest(ctx context.Context, since time.Time) error {
	if r.Rest > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(min(r.Database.Now().Sub(since)*time.Duration(r.Rest), 200*time.Millisecond)):
		}
	}
	return ctx.Err()
}

// call sends a request as one case and looks for what must never be in an answer.
func (r *run) call(ctx context.Context, at, token string, in request) (answer, error) {
	began := r.Database.Now()
	got, err := r.client.ask(ctx, at, token, in)
	if err != nil {
		return got, err
	}
	r.one()
	if leak := r.leakIn(got.body+fmt.Sprint(got.header), in.said); leak != "" {
		r.found(Breach{Code: "canary_seen", Case: in.method + " " + r.masked(in.target), Got: leak, How: how(in)})
	}
	return got, r.rest(ctx, began)
}

// how says how to send a request again.
func how(in request) string {
	path, _, _ := strings.Cut(in.target, "?")
	text := in.method + " " + path
	if in.host != "" {
		text += " with Host: (another)"
	}
	for name := range in.header {
		text += ", " + name
	}
	return text
}

// guarded are the routes that ask who is there. What the whole world may ask (signing
// in, pairing) is left alone: trying it would use up the tries of people.
func (r *run) guarded() []web.Route {
	return slices.DeleteFunc(slices.Clone(r.Routes), func(route web.Route) bool { return route.Needs == web.Anyone })
}

// controls sees that the rightful owner gets through: a server that refuses everything
// would pass every other group.
func (r *run) controls(ctx context.Context) error {
	f := &filler{api: r.API, rows: r.victim.rows}
	read, held := 0, 0
	for _, route := range r.guarded() {
		if route.Method != http.MethodGet {
			continue
		}
		in, err := f.fill(route)
		if err != nil {
			return err
		}
		began := r.Database.Now()
		got, err := r.client.ask(ctx, r.victim.slug, r.victim.tokens[wire.Owner], in)
		if err != nil {
			return err
		}
		r.one()
		if got.status == http.StatusOK {
			read++
			if strings.Contains(got.body, r.victim.mark) {
				held++
			}
		}
		if got.status == http.StatusUnauthorized || got.status >= 500 {
			r.found(Breach{Code: "control_failed", Case: route.Name(), Got: got.brief(), How: how(in)})
		}
		if err := r.rest(ctx, began); err != nil {
			return err
		}
	}
	// At least a third of what can be read is read, and some of it holds the shop's own marks.
	if r.group.Cases == 0 || read*3 < r.group.Cases || held < 5 {
		r.found(Breach{Code: "control_failed", Case: "the shop's own owner reads his shop", Got: fmt.Sprintf("%d of %d answers, %d with its marks", read, r.group.Cases, held)})
	}
	return nil
}

// anonymous asks every route without a session, and with sessions that are dead.
func (r *run) anonymous(ctx context.Context) error {
	dead, err := r.deadTokens(ctx)
	if err != nil {
		return err
	}
	for _, name := range sorted(dead) {
		for _, route := range r.guarded() {
			in, err := (&filler{api: r.API}).fill(route)
			if err != nil {
				return err
			}
			got, err := r.call(ctx, r.victim.slug, dead[name], in)
			if err != nil {
				return err
			}
			if got.status != http.StatusUnauthorized && !got.off() {
				r.found(Breach{Code: "gate_open", Case: route.Name() + " with " + name, Got: got.brief(), How: how(in)})
			}
		}
	}
	return nil
}

// deadTokens were good once, or look as if they were.
func (r *run) deadTokens(ctx context.Context) (map[string]string, error) {
	of := r.victim
	never, _ := auth.Mint(auth.TokenSession, of.id)
	noDevice, _ := auth.Mint(auth.TokenDevice, of.id)
	out := map[string]string{
		"no token": "", "a text that is no token": "nothing", "a session never begun": never, "a device never paired": noDevice,
		"a session taken as a device": "d" + strings.TrimPrefix(of.tokens[wire.Owner], "s"),
	}
	err := r.Database.Tenant(ctx, db.Identity{Tenant: of.id, Stores: db.AllStores()}, func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		left := uuid.New()
		batch.Exec(addPerson, db.Args{"id": left, "name": of.mark + " left", "role": wire.Owner, "active": false, "now": tx.Now()})
		out["a session that has expired"] = signIn(batch, of, of.people[wire.Owner], session{lasting: -time.Hour})
		out["a session that was ended"] = signIn(batch, of, of.people[wire.Owner], session{lasting: time.Hour, ended: true})
		out["the session of someone who left"] = signIn(batch, of, left, session{lasting: time.Hour})
		return batch.Done()
	})
	if err != nil {
		return nil, err
	}
	// These rows are the test's own doing, not an attack's.
	r.prints, err = r.fingerprint(ctx, of.id)
	return out, err
}

// roles asks every route as each role that may not.
func (r *run) roles(ctx context.Context) error {
	for _, role := range wire.Roles() {
		for _, route := range r.guarded() {
			if route.Needs == web.SignedIn || r.Grants[role][route.Needs] {
				continue
			}
			in, err := (&filler{api: r.API}).fill(route)
			if err != nil {
				return err
			}
			got, err := r.call(ctx, r.attacker.slug, r.attacker.tokens[role], in)
			if err != nil {
				return err
			}
			if got.status != http.StatusForbidden && !got.off() {
				r.found(Breach{Code: "gate_open", Case: route.Name() + " by the role " + string(role), Got: got.brief(), How: how(in)})
			}
		}
	}
	return nil
}

// foreignIDs asks every route as the attacker's owner with the victim's ids, and with
// ids that nobody has: he must not be able to tell the two apart.
func (r *run) foreignIDs(ctx context.Context) error {
	for _, route := range r.guarded() {
		if route.Outside || endsSession(route) {
			continue
		}
		if err := r.compare(ctx, route, r.victim.rows, 2); err != nil {
			return err
		}
	}
	return nil
}

// ownShop does the same with ids of the shop that asked, reading only, and knocks at
// its address with a stranger's session.
func (r *run) ownShop(ctx context.Context) error {
	prey, at := r.victim.rows, r.victim.slug
	if r.own != nil {
		prey, at = r.own.rows, r.own.slug
	}
	for _, route := range r.guarded() {
		if route.Method != http.MethodGet {
			continue
		}
		if err := r.compare(ctx, route, prey, 5); err != nil {
			return err
		}
		if err := r.misdirected(ctx, route, at, r.attacker.tokens[wire.Owner]); err != nil {
			return err
		}
	}
	return nil
}

// compare asks a route with somebody's ids, at most so many, and with nobody's.
func (r *run) compare(ctx context.Context, route web.Route, rows map[string][]map[string]any, most int) error {
	token := r.attacker.tokens[wire.Owner]
	for turn := range most {
		theirs := &filler{api: r.API, rows: rows, turn: turn}
		in, err := theirs.fill(route)
		if err != nil || theirs.taken == 0 {
			return err
		}
		foreign, err := r.call(ctx, r.attacker.slug, token, in)
		if err != nil {
			return err
		}
		other, err := (&filler{api: r.API}).fill(route)
		if err != nil {
			return err
		}
		random, err := r.call(ctx, r.attacker.slug, token, other)
		if err != nil {
			return err
		}
		if foreign.bare() != random.bare() {
			r.found(Breach{Code: "answers_differ", Case: route.Name(), Got: foreign.brief() + " / " + random.brief(), How: how(in)})
		}
	}
	return nil
}

func endsSession(route web.Route) bool {
	return route.Method == http.MethodDelete && route.Path == "/session"
}

// foreignSessions brings each shop's sessions to the other's address.
func (r *run) foreignSessions(ctx context.Context) error {
	for _, route := range r.guarded() {
		if err := r.misdirected(ctx, route, r.attacker.slug, r.victim.tokens[wire.Owner]); err != nil {
			return err
		}
		if err := r.misdirected(ctx, route, r.victim.slug, r.attacker.tokens[wire.Owner]); err != nil {
			return err
		}
	}
	for _, role := range wire.Roles() {
		in := request{method: http.MethodGet, target: "/api/session"}
		got, err := r.call(ctx, r.victim.slug, r.attacker.tokens[role], in)
		if err != nil {
			return err
		}
		if got.status != http.StatusMisdirectedRequest {
			r.found(Breach{Code: "session_taken", Case: "GET /session by another shop's " + string(role), Got: got.brief(), How: how(in)})
		}
	}
	return nil
}

func (r *run) misdirected(ctx context.Context, route web.Route, at, token string) error {
	in, err := (&filler{api: r.API}).fill(route)
	if err != nil {
		return err
	}
	got, err := r.call(ctx, at, token, in)
	if err == nil && got.status != http.StatusMisdirectedRequest {
		r.found(Breach{Code: "session_taken", Case: route.Name() + " with another shop's session", Got: got.brief(), How: how(in)})
	}
	return err
}

// payloads are texts that end a statement, widen one, or ask the database to talk.
var payloads = []string{
	`' or '1'='1`, `'; select pg_sleep(0)--`, `' union select token_hash::text from sessions--`, `%' or tenant_id is not null--`, `\`, `%_%`, `"`,
	`1); select set_config('app.tenant_id', '', true)--`, `{"$gt": ""}`, `$1`, `@tenant`, `'||(select current_setting('app.tenant_id'))||'`,
}

// injection says SQL wherever something may be said while reading.
func (r *run) injection(ctx context.Context) error {
	for _, route := range r.guarded() {
		if route.Method != http.MethodGet {
			continue
		}
		for _, text := range payloads {
			f := &filler{api: r.API, text: text}
			in, err := f.fill(route)
			if err != nil {
				return err
			}
			if !strings.Contains(in.target, url.QueryEscape(text)) && !strings.Contains(in.target, url.PathEscape(text)) {
				break // nothing can be said there
			}
			got, err := r.call(ctx, r.attacker.slug, r.attacker.tokens[wire.Owner], in)
			if err != nil {
				return err
			}
			if got.status >= 500 || talksSQL(got.body) {
				r.found(Breach{Code: "error_leaked", Case: route.Name() + " with " + text, Got: got.brief(), How: how(in)})
			}
		}
	}
	return nil
}

func talksSQL(body string) bool {
	lower := strings.ToLower(body)
	return slices.ContainsFunc([]string{"sqlstate", "syntax error at", "pg_catalog", "relation \"", "unterminated quoted"}, func(word string) bool {
		return strings.Contains(lower, word)
	})
}

// untouched sees that no row of the victim is other than before.
func (r *run) untouched(ctx context.Context) error {
	after, err := r.fingerprint(ctx, r.victim.id)
	if err != nil {
		return err
	}
	for range r.prints {
		r.one()
	}
	for _, name := range differing(r.prints, after) {
		r.found(Breach{Code: "fingerprint_changed", Case: name, Got: "before and after are not the same"})
	}
	return nil
}

// removed takes the throw-away shops away and looks for what is left of them.
func (r *run) removed(ctx context.Context) error {
	if err := r.sweep(ctx); err != nil {
		return err
	}
	for _, of := range []*shop{r.attacker, r.victim} {
		for _, tab := range r.tables {
			if !tab.Read {
				continue
			}
			got, err := r.as(ctx, of.id, "select 1 from "+tab.Name+" limit 1")
			if err != nil {
				return err
			}
			r.one()
			if len(got.rows) > 0 {
				r.found(Breach{Code: "left_behind", Case: tab.Plain, Got: "rows of a throw-away shop"})
			}
		}
	}
	return nil
}
