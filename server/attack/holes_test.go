package attack_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The suite has to see a hole when there is one.
func TestPlantedHoleIsSeenByTheAttack(t *testing.T) {
	ring := newRing(t)
	in := &intruder{conn: ring.loginConn(t), mine: ring.b.id, prey: ring.prey(t, ring.a), codes: map[string]int{}}
	theirs := attack{"select their rows", "select * from customers where tenant_id = $1", []any{ring.a.id}}
	shown, _, err := in.send(t.Context(), theirs)
	require.NoError(t, err)
	require.Empty(t, in.prey.canaryIn(shown, theirs.args))

	_, err = ring.superuser.Exec(t.Context(), `alter table customers disable row level security`)
	require.NoError(t, err)
	shown, _, err = in.send(t.Context(), theirs)
	require.NoError(t, err)
	require.NotEmpty(t, in.prey.canaryIn(shown, theirs.args), "the attack is blind")

	before := ring.fingerprint(t, ring.a.id)
	_, touched, err := in.send(t.Context(), attack{"update", "update customers set notes = 'x' where tenant_id = $1", []any{ring.a.id}})
	require.NoError(t, err)
	require.NotZero(t, touched)
	require.NotEqual(t, before, ring.fingerprint(t, ring.a.id), "the fingerprint is blind")
}
