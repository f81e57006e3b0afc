package sync_test

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/shared/audit"
	"souk/shared/wire"
)

func TestATillsWordOnTheAuditTrail(t *testing.T) {
	w := newWorld(t)
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	kept := audit.Head{Tenant: w.tenant, Seq: 812, At: time.Now()}.Sign(key)
	foreign := audit.Head{Tenant: uuid.New(), Seq: 812, At: time.Now()}.Sign(key)
	forged := kept
	forged.Seq++

	for name, c := range map[string]struct {
		word wire.AuditContradicted
		code string
	}{
		"is kept with its proof":            {wire.AuditContradicted{Kept: &kept, Doubt: wire.AuditChanged}, "sync.audit_contradicted"},
		"that the signature is not genuine": {wire.AuditContradicted{Doubt: wire.AuditUnsigned}, "sync.audit_contradicted"},
		"without a proof is none":           {wire.AuditContradicted{Doubt: wire.AuditChanged}, "sync.unreadable"},
		"by a forged head is none":          {wire.AuditContradicted{Kept: &forged, Doubt: wire.AuditChanged}, "sync.unreadable"},
		"by another shop's head is none":    {wire.AuditContradicted{Kept: &foreign, Doubt: wire.AuditShorter}, "sync.unreadable"},
		"of a doubt nobody knows is none":   {wire.AuditContradicted{Kept: &kept, Doubt: "odd"}, "sync.unreadable"},
	} {
		t.Run(name, func(t *testing.T) {
			d := w.pair()
			d.write(wire.EntryAuditContradicted, c.word)
			acks := d.send(d.journal...)
			require.Equal(t, wire.AckException, acks[0].Outcome)
			require.Equal(t, c.code, acks[0].Code)
			require.Equal(t, []string{c.code + " 0"}, d.caught(), "the office sees it")
		})
	}
}
