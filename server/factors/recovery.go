package factors

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/users"
	"souk/shared/fault"
)

// Recovery codes have 60 bits, in letters and digits that are not taken for others.
const (
	recoveryCount  = 10
	recoveryLength = 12
	alphabet       = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
)

const (
	addRecovery db.SQL = `insert into platform.recovery_codes (account_id, code_hash, created_at) values (@account, @hash, @now)`

	useRecovery db.SQL = `
		update platform.recovery_codes set used_at = @now where account_id = @account and code_hash = @hash and used_at is null`

	dropRecovery db.SQL = `delete from platform.recovery_codes where account_id = @account`

	codeInUse db.SQL = `select exists (select from platform.account_codes where account_id = @account and confirmed_at is not null)`
)

// RenewRecovery gives ten other recovery codes; the earlier ones are worth nothing.
//
// Fails with auth.no_account and factors.no_code.
func RenewRecovery(ctx context.Context, database *db.DB, _ web.None) (RecoveryCodes, error) {
	own, err := users.OwnAccount(ctx, database)
	if err != nil {
		return RecoveryCodes{}, err
	}
	return renew(ctx, database, own.ID)
}

func renew(ctx context.Context, database *db.DB, account uuid.UUID) (RecoveryCodes, error) {
	made := RecoveryCodes{Codes: make([]string, recoveryCount)}
	err := database.Platform(ctx, "give recovery codes", func(ctx context.Context, tx *db.Tx) error {
		if inUse, err := db.One[bool](ctx, tx, codeInUse, db.Args{"account": account}); err != nil || !inUse {
			return orElse(err, fault.Conflict("factors.no_code").Say("Set up an app for codes first."))
		}
		batch := tx.Batch()
		batch.Exec(dropRecovery, db.Args{"account": account})
		for i := range made.Codes {
			code := draw()
			made.Codes[i] = code[:4] + "-" + code[4:8] + "-" + code[8:]
			batch.Exec(addRecovery, db.Args{"account": account, "hash": web.VaultOf(ctx).Hash(code, account[:]), "now": tx.Now()})
		}
		return batch.Done()
	})
	return made, err
}

func draw() string {
	raw := make([]byte, recoveryLength)
	_, _ = rand.Read(raw) // never fails, by its contract
	var code strings.Builder
	for _, b := range raw {
		code.WriteByte(alphabet[int(b)%len(alphabet)]) // 32 of them: none is likelier
	}
	return code.String()
}

func takeRecovery(ctx context.Context, tx *db.Tx, account uuid.UUID, code string, at stage) (bool, error) {
	if at != stepInUse || len(code) != recoveryLength {
		return false, nil
	}
	rows, err := tx.Exec(ctx, useRecovery, db.Args{"account": account, "hash": web.VaultOf(ctx).Hash(code, account[:]), "now": tx.Now()})
	if err != nil || rows == 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, rightCode, db.Args{"account": account})
	return true, err
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
