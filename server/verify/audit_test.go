package verify_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/platform/audit"
	"souk/server/platform/db"
	"souk/server/verify"
	chain "souk/shared/audit"
)

// sealed is a shop with a chain of its own and a signature in the middle of it.
func (b *bench) sealed(t *testing.T) sound {
	t.Helper()
	shop := b.shop(t)
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	_, err = audit.Seal(t.Context(), b.database, shop.ID)
	require.NoError(t, err)
	require.NoError(t, audit.Sign(t.Context(), b.database, shop.ID, key))
	for _, name := range []string{"Corner store", "Corner shop"} {
		err = b.database.Tenant(db.WithAction(t.Context(), "PUT /stores/{id}"), shop.Identity(), func(_ context.Context, tx *db.Tx) error {
			batch := tx.Batch()
			batch.ApprovedBy(shop.Person)
			batch.Exec(`update stores set name = @name where tenant_id = @tenant and id = @id`, db.Args{"name": name, "id": shop.Store})
			return batch.Done()
		})
		require.NoError(t, err)
	}
	_, err = audit.Seal(t.Context(), b.database, shop.ID)
	require.NoError(t, err)
	return shop
}

// trail is what both programs say of the shop's chain: souk verify --audit, which
// reads the database, and the stand-alone checker, which reads the proof.
func (b *bench) trail(t *testing.T, shop sound) (verify.Trail, error) {
	t.Helper()
	trails, err := verify.Audit(t.Context(), b.maintenance)
	require.NoError(t, err)
	for _, trail := range trails {
		if trail.Tenant == shop.Slug {
			var proof bytes.Buffer
			require.NoError(t, verify.Proof(t.Context(), b.maintenance, shop.ID, &proof))
			_, err := chain.Check(&proof)
			return trail, err
		}
	}
	require.Fail(t, "the shop has no trail")
	return verify.Trail{}, nil
}

func TestAWriteIsAuditedInWords(t *testing.T) {
	b := newBench(t)
	shop := b.sealed(t)
	var actor, approver uuid.UUID
	var action, table, op, entity, detail string
	err := b.superuser.QueryRow(t.Context(), `select actor, approver, action, tab, op, entity, detail::text from audit where tenant_id = $1 order by seq desc limit 1`, shop.ID).
		Scan(&actor, &approver, &action, &table, &op, &entity, &detail)
	require.NoError(t, err)
	require.Equal(t, shop.Person, actor)
	require.Equal(t, shop.Person, approver)
	require.Equal(t, []string{"PUT /stores/{id}", "stores", "update", shop.Store.String()}, []string{action, table, op, entity})
	require.JSONEq(t, fmt.Sprintf(`{"rows":[{"key":%q,"before":{"name":"Corner store"},"after":{"name":"Corner shop"}}]}`, shop.Store), detail)
}

func TestASoundTrailHolds(t *testing.T) {
	b := newBench(t)
	shop := b.sealed(t)
	trail, err := b.trail(t, shop)
	require.NoError(t, err)
	require.Nil(t, trail.Broken)
	require.Positive(t, trail.Rows)
	require.Positive(t, trail.Facts)
	require.Equal(t, 1, trail.Heads)
	require.Empty(t, b.broken(t, shop.Slug))
}

func TestPlantedTamperingWithTheAudit(t *testing.T) {
	const last = `(select max(seq) from audit where tenant_id = @tenant)`
	for name, c := range map[string]struct {
		statements []string
		says       string
	}{
		"one bit of a row's detail": {[]string{`update audit set detail = replace(detail::text, 'Corner shop', 'Corner shoq')::jsonb where tenant_id = @tenant and seq = ` + last}, "has been changed"},
		"one bit of a hash":         {[]string{`update audit set hash = set_bit(hash, 0, 1 - get_bit(hash, 0)) where tenant_id = @tenant and seq = 2`}, "has been changed"},
		"who did it":                {[]string{`update audit set actor = gen_random_uuid() where tenant_id = @tenant and seq = ` + last}, "has been changed"},
		"when it was done":          {[]string{`update audit set at = at + interval '1 microsecond' where tenant_id = @tenant and seq = 1`}, "has been changed"},
		"a row is taken out":        {[]string{`delete from audit where tenant_id = @tenant and seq = 2`}, "is missing"},
		"the last row is taken out with its head": {[]string{`delete from audit where tenant_id = @tenant`,
			`delete from platform.audit_heads where tenant_id = @tenant`}, "is missing"},
		"two rows change places": {[]string{
			`update audit set seq = 1000000 where tenant_id = @tenant and seq = 1`, `update audit set seq = 1 where tenant_id = @tenant and seq = 2`,
			`update audit set seq = 2 where tenant_id = @tenant and seq = 1000000`}, "has been changed, or stands in another's place"},
		"a line of an old sale": {[]string{`update sale_lines set name = 'Water' where tenant_id = @tenant and sale_id = @sale1 and line_no = 1`}, "what it stands for has been changed since: sales"},
		"a posting of an old sale": {[]string{
			`update postings set account_id = @card_account where tenant_id = @tenant and entry_id = @entry1 and line_no = 1`}, "what it stands for has been changed since: sales"},
		"the reason of an old move": {[]string{`update stock_moves set reason = 'theft' where tenant_id = @tenant and source_type = 'opening'`}, "what it stands for has been changed since: stock_moves"},
		"a signature":               {[]string{`update audit_signatures set signature = set_bit(signature, 5, 1 - get_bit(signature, 5)) where tenant_id = @tenant`}, "not genuine"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			shop := b.sealed(t)
			trail, err := b.trail(t, shop)
			require.NoError(t, err)
			require.Nil(t, trail.Broken, "it held before")
			_, err = b.superuser.Exec(t.Context(), `set session_replication_role = replica`)
			require.NoError(t, err)
			for _, statement := range c.statements {
				_, err = b.superuser.Exec(t.Context(), statement, shop.args)
				require.NoError(t, err)
			}
			trail, err = b.trail(t, shop)
			require.NotNil(t, trail.Broken)
			require.Contains(t, trail.Broken.Error(), c.says)
			require.ErrorContains(t, err, c.says, "the stand-alone checker finds the same")
			require.Contains(t, err.Error(), fmt.Sprintf("row %d:", trail.Broken.Seq))
		})
	}
}

// Whoever makes the whole chain anew, hashes and all, is contradicted by what was
// signed for the old one.
func TestPlantedChainMadeAnew(t *testing.T) {
	b := newBench(t)
	shop := b.sealed(t)
	_, err := b.superuser.Exec(t.Context(), `
		with anew as (delete from audit where tenant_id = $1 returning *)
		insert into platform.audit_queue (tenant_id, at, actor, action, tab, op, entity, detail)
		select tenant_id, at, actor, 'PUT /nothing', tab, op, entity, detail - 'digest' from anew order by seq`, shop.ID)
	require.NoError(t, err)
	_, err = b.superuser.Exec(t.Context(), `delete from platform.audit_heads where tenant_id = $1`, shop.ID)
	require.NoError(t, err)
	_, err = audit.Seal(t.Context(), b.database, shop.ID)
	require.NoError(t, err)
	trail, err := b.trail(t, shop)
	require.NotNil(t, trail.Broken)
	require.Contains(t, trail.Broken.Error(), "made anew")
	require.ErrorContains(t, err, "made anew")
	require.Equal(t, "A1", b.broken(t, shop.Slug)[0].Check)
}
