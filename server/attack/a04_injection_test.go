package attack_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/platform/web"
	"souk/shared/wire"
)

// payloads are sent as they are into whatever takes a text. ‹A› stands for the
// other shop's id.
var payloads = []string{
	`'`, `"`, `' or '1'='1`, `' or 1=1 --`, `" or ""="`, `') or ('1'='1`, `1 or 1=1`, `1; select 1`, `'; drop table items; --`, `'; delete from sales; commit; --`,
	`' union select null --`, `' union all select tenant_id::text, name from customers --`, `' union select slug from platform.tenants --`, `' and 1=(select count(*) from people) --`,
	`' and 1=cast((select name from people limit 1) as int) --`, `'||(select name from customers limit 1)||'`, `' || pg_sleep(0) --`, `'; select pg_sleep(0); --`,
	`'; select set_config('app.tenant_id', '‹A›', true); --`, `' || set_config('app.tenant_id', '‹A›', false) || '`, `$1`, `@tenant`, `:tenant`, `@tenant or true`, `tenant_id = '‹A›'`,
	`'; reset role; --`, `'; set role souk_owner; --`, `'; set session authorization postgres; --`, `'; set local app.tenant_id = '‹A›'; --`, `'; rollback; begin; --`, `'; commit; --`,
	`\'; select 1; --`, `\`, `%`, `_`, `%_%`, `%' escape '!`, `/* */`, `--`, `-- `, `/*!50000 or 1=1*/`, `;`, "a\x00b", "a\nb'--", "ʼ or 1=1", "＇ or 1=1", "\u202e' or 1=1", "%27%20or%201%3D1",
	`0x27`, `chr(39)`, `E'\''`, `$$ or true $$`, `$tag$'$tag$`, `U&'\0027'`, `{"$gt": ""}`, `[]`, `name desc; select 1`, `(select name from people limit 1)`, `case when (1=1) then name else id end`,
	`copy (select 1) to program 'id'`, `lo_import('/etc/passwd')`, `pg_read_file('/etc/passwd')`, `query_to_xml('select * from sales', true, true, '')`, `dblink('host=127.0.0.1', 'select 1')`,
	`name::regclass`, `null`, `NaN`, `infinity`, `1e309`, `-0`, `٣`, strings.Repeat("'", 300), strings.Repeat("(", 200), "' or name ~ '(a+)+$' --",
}

// TestAttackBySQLInjection puts every payload into every text that a route takes
// in its address and into the bodies' too: no answer is a server's error or speaks
// SQL, nothing of A's comes out and nothing of A's changes.
func TestAttackBySQLInjection(t *testing.T) {
	ring := newRing(t)
	owner := ring.session(t, ring.b, wire.Owner)
	w := ring.watch(t)
	own := ring.prey(t, ring.b).rows
	routes := slices.DeleteFunc(slices.Clone(ring.program.Web.Routes()), endsSession)
	cases, turn := count(t, "A4", 0), 0
	for _, route := range routes {
		token := ring.rightful(route, owner)
		f := &filler{api: ring.program.Web.OpenAPI(), rows: own, own: own}
		for _, at := range f.texts(route) {
			sent := payloads
			if at.in == "body" && !everyPayload {
				// A body's text only ever becomes an argument: a part for each, another each time.
				sent = rotated(payloads, turn, 12)
				turn += 12
			}
			cases.expect(len(sent))
			for _, payload := range sent {
				payload = strings.ReplaceAll(payload, "‹A›", ring.a.id.String())
				in := at.with(f.fill(route), route, payload)
				in.said = append(in.said, payload, ring.a.id.String())
				got := ring.call(ring.b, token, "", in)
				label := fmt.Sprintf("%s, %s is %q: %d %s", route.Name(), at, payload, got.status, got.body)
				require.Less(t, got.status, 500, label)
				require.Empty(t, sqlWords.FindString(strings.ReplaceAll(problemOnly(got), payload, "")), label)
				cases.one()
			}
		}
		w.unchanged(t, route.Name())
	}
	w.done(t)
	ring.verified(t)
}

// texts are the places that take a text which is no id.
func (f *filler) texts(route web.Route) []spot {
	found := f.spots(route, func(_ string, value any) bool {
		text, is := value.(string)
		return is && !isUUID.MatchString(text)
	})
	// Sorting and cursors are left out of a usual request.
	for _, param := range operationOf(f.api, route).Parameters {
		if param.In == "query" && !slices.ContainsFunc(found, func(s spot) bool { return s.in == "query" && s.name == param.Name }) {
			found = append(found, spot{in: "query", name: param.Name})
		}
	}
	return found
}

func rotated(all []string, from, some int) []string {
	var out []string
	for n := range some {
		out = append(out, all[(from+n)%len(all)])
	}
	return out
}

// problemOnly is what an answer says of its own; what it repeats of B's rows may
// hold a payload of before.
func problemOnly(a answer) string {
	if a.status < http.StatusBadRequest {
		return ""
	}
	return reference.ReplaceAllString(a.body, "")
}
