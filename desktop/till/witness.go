package till

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/uuid"

	"souk/shared/audit"
	"souk/shared/wire"
)

// witnessEvery is how often the till looks whether the shop's audit trail is still
// the one that it was shown.
const witnessEvery = 10 * time.Minute

// lookAtAudit keeps the newest signed head of the shop's audit trail after an exchange
// that went well. Whoever writes the trail anew at the server would have to do so on
// every till too. Trouble on the way is none of the till's: it looks again later.
func (e *Engine) lookAtAudit(s server) {
	if now := e.now(); now.Sub(e.witnessed) >= witnessEvery || now.Before(e.witnessed) {
		e.witnessed = now
		_ = e.witness(s)
	}
}

func (e *Engine) witness(s server) error {
	kept, err := e.newestHead()
	if err != nil {
		return err
	}
	var seq int64
	if kept != nil {
		seq = kept.Seq
	}
	var stand wire.AuditStand
	if err := s.get(e.ctx, "/api/sync/audit-head?"+url.Values{"seq": {strconv.FormatInt(seq, 10)}}.Encode(), &stand); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pairing == nil || e.pairing.DeviceID != s.device {
		return nil // paired again meanwhile
	}
	if doubt := doubtOf(e.pairing.TenantID, kept, stand); doubt != "" {
		return e.testify(wire.AuditContradicted{Kept: kept, Found: stand.Head, Doubt: doubt, At: e.now()})
	}
	return e.keepHead(kept, stand.Head)
}

// doubtOf says what is wrong with where the trail stands; "" if nothing is.
func doubtOf(tenant uuid.UUID, kept *audit.Head, stand wire.AuditStand) wire.AuditDoubt {
	switch {
	case stand.Head != nil && (stand.Head.Tenant != tenant || !stand.Head.Genuine()):
		return wire.AuditUnsigned
	case kept == nil:
		return ""
	case stand.Known == nil || stand.Head == nil || stand.Head.Seq < kept.Seq:
		return wire.AuditShorter
	case *stand.Known != kept.Hash:
		return wire.AuditChanged
	case !bytes.Equal(stand.Head.PublicKey, kept.PublicKey):
		return wire.AuditOtherKey
	}
	return ""
}

// newestHead is the last one kept that nothing contradicts.
func (e *Engine) newestHead() (*audit.Head, error) {
	var body string
	err := e.journal.db.QueryRowContext(e.ctx, "select body from audit_heads where doubt = '' order by seq desc limit 1").Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // none is kept yet
	}
	if err != nil {
		return nil, err
	}
	var head audit.Head
	return &head, json.Unmarshal([]byte(body), &head)
}

// keepHead keeps a head, and of the ones before it the last of each day.
func (e *Engine) keepHead(kept, head *audit.Head) error {
	if head == nil || kept != nil && kept.Hash == head.Hash {
		return nil
	}
	body, err := json.Marshal(head)
	if err != nil {
		return err
	}
	day := head.At.UTC().Format(time.DateOnly)
	return e.journal.write(e.ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(e.ctx, "delete from audit_heads where day = ? and doubt = ''", day); err != nil {
			return err
		}
		_, err := tx.ExecContext(e.ctx, "insert into audit_heads (seq, day, body) values (?, ?, ?)", head.Seq, day, string(body))
		return err
	})
}

// testify writes down that the trail is another one than before, for the office, and
// takes the new one for what is compared from now on. What was kept stays as proof.
func (e *Engine) testify(word wire.AuditContradicted) error {
	if word.Kept == nil && e.doubted == word.Doubt {
		return nil // said already, and nothing to strike out
	}
	err := e.journal.write(e.ctx, func(tx *sql.Tx) error {
		if err := e.record(tx, newID(), wire.EntryAuditContradicted, word); err != nil {
			return err
		}
		_, err := tx.ExecContext(e.ctx, "update audit_heads set doubt = ? where doubt = ''", string(word.Doubt))
		return err
	})
	if err != nil {
		return e.diskFault(err)
	}
	e.doubted = word.Doubt
	e.announce()
	e.poke()
	return e.countWaiting()
}

// AuditHeads reads the signed heads that the till in a folder keeps, oldest first,
// beside the till itself if it is running.
func AuditHeads(ctx context.Context, dir string) ([]audit.Head, error) {
	path := filepath.Join(dir, journalName)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("there is no till's journal in %s: %w", dir, err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	bodies, err := column(ctx, db, "select body from audit_heads order by seq, rowid")
	heads := make([]audit.Head, len(bodies))
	for i, body := range bodies {
		err = errors.Join(err, json.Unmarshal([]byte(body), &heads[i]))
	}
	return heads, err
}
