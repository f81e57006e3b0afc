package attack_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"souk/server/platform/db"
)

// layer is one of the two that keep shops apart, standing alone.
type layer struct{ key, title string }

var (
	policies   = layer{"/policies", "the policies alone, every statement without its tenant predicate"}
	predicates = layer{"/predicates", "the statements' own predicate alone, row-level security off"}
	layers     = []layer{policies, predicates}

	// standing is the layer that stands alone; none while both do.
	standing layer
)

// attacks are the tests that run again against each layer alone. Raw SQL (A3) and
// statements that have forgotten one predicate (A5) are attacks on the policies already.
var attacks = []struct {
	name string
	run  func(*testing.T)
}{
	{"routes by role", TestAttackRoutesByRole},
	{"routes with another's ids", TestAttackRoutesWithAnothersIDs},
	{"routes with another's session", TestAttackRoutesWithAnothersSession},
	{"every id by itself", TestAttackEveryIDByItself},
	{"a tenant of one's choice", TestAttackWithATenantOfOnesChoice},
	{"upload", TestAttackByUpload},
	{"injection", TestAttackBySQLInjection},
	{"fields that nobody asked", TestAttackByFieldsThatNobodyAsked},
}

func TestAttackThePoliciesAlone(t *testing.T) {
	stand(t, policies)
	back := db.RewriteForTest(withoutPredicate)
	t.Cleanup(back)
	for _, attack := range attacks {
		t.Run(attack.name, attack.run)
	}
}

func TestAttackThePredicatesAlone(t *testing.T) {
	stand(t, predicates)
	for _, attack := range attacks {
		t.Run(attack.name, attack.run)
	}
}

func stand(t *testing.T, alone layer) {
	t.Helper()
	standing = alone
	t.Cleanup(func() { standing = layer{} })
}

var predicate = regexp.MustCompile(`(?i)(?:\b[a-z][a-z0-9_]*\.)?\btenant_id\s*=\s*@tenant\b`)

// withoutPredicate is a statement that has forgotten whose rows it may see.
func withoutPredicate(sql db.SQL) db.SQL {
	return db.SQL(predicate.ReplaceAllString(string(sql), "true"))
}

// alone takes the other layer away from the ring's database.
func (r *ring) alone(t *testing.T) {
	t.Helper()
	if standing != predicates {
		return
	}
	for _, tab := range r.tables(t) {
		_, err := r.superuser.Exec(t.Context(), `alter table `+tab.name+` disable row level security`)
		require.NoError(t, err)
	}
}
