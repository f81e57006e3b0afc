package attack_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// costly are the rights that show what goods cost, the books and the trail among
// them.
var costly = []wire.Permission{
	"catalog.cost", "inventory.cost", "sales.cost", "ledger.read", "ledger.manage", "audit.read", "catalog.edit", "inventory.adjust",
}

// canaryCost is a cost that nothing else in a shop comes to.
const canaryCost = 87654321

// canaryTexts is the cost as it may be written.
var canaryTexts = regexp.MustCompile(`87654321|876[.,]?543[.,]21`)

// plant makes every cost of the shop the canary.
func (r *ring) plant(t *testing.T, of *shop) {
	t.Helper()
	for _, statement := range []string{
		`update items set cost_minor = $2 where tenant_id = $1`,
		`update stock_balances set value_minor = $2 where tenant_id = $1`,
		`update sale_lines set cost_minor = $2 where tenant_id = $1`,
		`update stock_transfer_lines set sent_minor = $2 where tenant_id = $1`,
	} {
		r.write(t, of, statement, of.id, canaryCost)
	}
}

// figures walks an answer and lists the paths of costs, margins and values in it
// that are there and not nothing.
func figures(value any, path string) (found []string) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			named := strings.Contains(key, "cost_minor") || strings.Contains(key, "margin") || strings.Contains(key, "profit")
			if figure, is := inner.(float64); is && named && figure != 0 {
				found = append(found, path+"."+key)
			}
			found = append(found, figures(inner, path+"."+key)...)
		}
	case []any:
		for _, inner := range v {
			found = append(found, figures(inner, path+"[]")...)
		}
	}
	return found
}

// Whoever has no right to costs sees none, nor a margin, in anything that can be
// read: every route that gives something is asked, by someone who has every right
// but those, after every cost of the shop was made one that gives itself away. The
// owner, who is asked the same, sees it.
func TestCostsAreSeenByNobodyWithoutTheRight(t *testing.T) {
	r := newRing(t)
	owner := r.session(t, r.b, wire.Owner)
	rest := []wire.Permission{}
	for permission := range r.program.Authority.Grants()[wire.Manager] {
		if !contains(texts(costly), string(permission)) {
			rest = append(rest, permission)
		}
	}
	blind := r.sessionOf(t, r.b, r.holder(t, r.b, wire.Manager, "sees no costs", rest...), nil)
	r.plant(t, r.b)
	own := r.prey(t, r.b).rows
	seen, asked := 0, 0
	for _, route := range r.program.Web.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		f := &filler{api: r.program.Web.OpenAPI(), rows: own, own: own}
		in := f.fill(route)
		if got := r.call(r.b, owner, "", in); got.status == http.StatusOK && canaryTexts.MatchString(got.body) {
			seen++
		}
		for who, token := range map[string]string{"someone without the right": blind, "a cashier": r.session(t, r.b, wire.Cashier), "a waiter": r.session(t, r.b, wire.Waiter)} {
			got := r.call(r.b, token, "", in)
			require.NotRegexp(t, canaryTexts, got.body, "%s shows a cost to %s", route.Name(), who)
			var body any
			if json.Unmarshal([]byte(got.body), &body) == nil {
				require.Empty(t, figures(body, ""), "%s shows costs or margins to %s", route.Name(), who)
			}
			asked++
		}
	}
	require.Greater(t, asked, 150)
	require.Greater(t, seen, 4, "the owner sees costs: else nothing was planted")
}

func texts(permissions []wire.Permission) []string {
	out := make([]string, len(permissions))
	for i, permission := range permissions {
		out[i] = string(permission)
	}
	return out
}
