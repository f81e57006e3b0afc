package factors

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"image/png"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/users"
	"souk/shared/fault"
)

const (
	period      = 30 * time.Second // of a code; RFC 6238's
	secretSize  = 20
	codeLength  = 6
	freeTries   = 5
	longestWait = 15 * time.Minute
	pictureSize = 240
)

const (
	startCode db.SQL = `
		insert into platform.account_codes (account_id, secret, created_at) values (@account, @secret, @now)
		on conflict (account_id) do update set secret = excluded.secret, created_at = excluded.created_at, last_step = 0, wrong = 0, wait_till = null
		where account_codes.confirmed_at is null`

	readCode db.SQL = `
		select secret, confirmed_at, last_step, wrong, wait_till from platform.account_codes where account_id = @account for update`

	takeCode db.SQL = `
		update platform.account_codes
		set    last_step = @step, wrong = 0, wait_till = null, confirmed_at = coalesce(confirmed_at, @now)
		where  account_id = @account and last_step < @step`

	wrongCode db.SQL = `update platform.account_codes set wrong = wrong + 1, wait_till = @till where account_id = @account`

	rightCode db.SQL = `update platform.account_codes set wrong = 0, wait_till = null where account_id = @account`

	dropCode db.SQL = `delete from platform.account_codes where account_id = @account`
)

type codeRow struct {
	Secret      []byte
	ConfirmedAt *time.Time
	LastStep    int64
	Wrong       int
	WaitTill    *time.Time
}

// CodeStart is what an app is set up with. It is shown once.
type CodeStart struct {
	Secret  string `json:"secret" doc:"To be typed where nothing can be scanned"`
	Address string `json:"address" doc:"otpauth URI, what the picture says"`
	Picture string `json:"picture" doc:"PNG, as a data URI"`
}

// CodeIn is a code as somebody typed it.
type CodeIn struct {
	Code string `json:"code" minLength:"6" maxLength:"40"`
}

// RecoveryCodes are shown once: only their hashes are kept.
type RecoveryCodes struct {
	Codes []string `json:"codes" nullable:"false"`
}

// StartCode draws a secret for an app. It counts when a code has confirmed it.
//
// Fails with auth.no_account and factors.code_there.
func StartCode(ctx context.Context, database *db.DB, _ web.None) (CodeStart, error) {
	own, err := users.OwnAccount(ctx, database)
	if err != nil {
		return CodeStart{}, err
	}
	return start(ctx, database, own)
}

func start(ctx context.Context, database *db.DB, own users.Own) (CodeStart, error) {
	secret, shown, err := DrawCode(issuer(ctx), own.Email)
	if err != nil {
		return CodeStart{}, err
	}
	err = database.Platform(ctx, "set an app up for codes", func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Exec(ctx, startCode, db.Args{"account": own.ID, "secret": web.VaultOf(ctx).Seal(secret, own.ID[:]), "now": tx.Now()})
		if err == nil && rows == 0 {
			err = fault.Conflict("factors.code_there").Say("An app is set up already. Remove it first to set up another.")
		}
		return err
	})
	return shown, err
}

// DrawCode draws a secret for an app, and gives what the app is set up with. The
// caller keeps the secret, sealed.
func DrawCode(issuer, account string) (secret []byte, shown CodeStart, err error) {
	secret = make([]byte, secretSize)
	_, _ = rand.Read(secret) // never fails, by its contract
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: account, Secret: secret})
	if err != nil {
		return nil, CodeStart{}, err
	}
	picture, err := key.Image(pictureSize, pictureSize)
	if err != nil {
		return nil, CodeStart{}, err
	}
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, picture); err != nil {
		return nil, CodeStart{}, err
	}
	return secret, CodeStart{
		Secret: key.Secret(), Address: key.URL(), Picture: "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawn.Bytes()),
	}, nil
}

// issuer is what an app shows beside the code: a colon would end it.
func issuer(ctx context.Context) string {
	_, domain := web.HostOf(ctx)
	if strings.Contains(domain, ".") {
		return "Souk " + domain
	}
	return "Souk"
}

// ConfirmCode takes the first code of an app, which counts from now on, and gives
// ten recovery codes.
//
// Fails with auth.no_account, auth.wrong_code and auth.slow_down.
func ConfirmCode(ctx context.Context, database *db.DB, in CodeIn) (RecoveryCodes, error) {
	own, err := users.OwnAccount(ctx, database)
	if err != nil {
		return RecoveryCodes{}, err
	}
	return confirm(ctx, database, own.ID, in.Code)
}

func confirm(ctx context.Context, database *db.DB, account uuid.UUID, code string) (RecoveryCodes, error) {
	if err := check(ctx, database, account, code, stepSetUp); err != nil {
		return RecoveryCodes{}, err
	}
	return renew(ctx, database, account)
}

// CodeRemoval proves by both that it is the account's owner who removes it.
type CodeRemoval struct {
	Password string `json:"password" minLength:"1" maxLength:"200"`
	Code     string `json:"code" minLength:"6" maxLength:"40" doc:"Of the app, or a recovery code"`
}

// RemoveCode does away with the app's codes and the recovery codes.
//
// Fails with auth.no_account, auth.wrong_proof, auth.wrong_code and auth.slow_down.
func RemoveCode(ctx context.Context, database *db.DB, in CodeRemoval) (web.None, error) {
	own, err := users.OwnAccount(ctx, database)
	if err != nil {
		return web.None{}, err
	}
	if err := users.CheckOwn(ctx, database, own, in.Password); err != nil {
		return web.None{}, err
	}
	if err := check(ctx, database, own.ID, in.Code, stepInUse); err != nil {
		return web.None{}, err
	}
	return web.None{}, database.Platform(ctx, "remove an app's codes", func(_ context.Context, tx *db.Tx) error {
		batch := tx.Batch()
		batch.Exec(dropCode, db.Args{"account": own.ID})
		batch.Exec(dropRecovery, db.Args{"account": own.ID})
		return batch.Done()
	})
}

// stage says whether an app that is not confirmed yet counts.
type stage bool

const (
	stepInUse stage = true
	stepSetUp stage = false
)

// check takes a code of an app, or a recovery code of an app in use. None is good
// twice. Wrong ones are counted in the database, so that neither a restart nor
// another server makes a try free.
func check(ctx context.Context, database *db.DB, account uuid.UUID, code string, at stage) error {
	code = strings.ToUpper(strings.Join(strings.FieldsFunc(code, func(r rune) bool { return r == ' ' || r == '-' }), ""))
	var refused error
	err := database.Platform(ctx, "check a second step's code", func(ctx context.Context, tx *db.Tx) error {
		row, found, err := db.Maybe[codeRow](ctx, tx, readCode, db.Args{"account": account})
		if err != nil {
			return err
		}
		if !found || (row.ConfirmedAt != nil) != bool(at) {
			refused = wrongCodeSaid()
			return nil
		}
		if row.WaitTill != nil && tx.Now().Before(*row.WaitTill) {
			refused = users.SlowDown(row.WaitTill.Sub(tx.Now()))
			return nil
		}
		good, err := row.take(ctx, tx, account, code, at)
		if err != nil || good {
			return err
		}
		refused = wrongCodeSaid()
		var till *time.Time
		if wrong := row.Wrong + 1; wrong >= freeTries {
			until := tx.Now().Add(min(time.Second<<min(wrong-freeTries, 12), longestWait))
			till = &until
		}
		_, err = tx.Exec(ctx, wrongCode, db.Args{"account": account, "till": till})
		return err
	})
	if err != nil {
		return err
	}
	return refused
}

func (row codeRow) take(ctx context.Context, tx *db.Tx, account uuid.UUID, code string, at stage) (bool, error) {
	if len(code) != codeLength {
		return takeRecovery(ctx, tx, account, code, at)
	}
	secret, err := web.VaultOf(ctx).Open(row.Secret, account[:])
	if err != nil {
		return false, err
	}
	step, err := StepOf(secret, code, tx.Now())
	if err != nil || step <= row.LastStep {
		return false, err
	}
	rows, err := tx.Exec(ctx, takeCode, db.Args{"account": account, "step": step, "now": tx.Now()})
	return rows == 1, err
}

// StepOf is the step that a code is of, this one or one beside it, for clocks
// differ; 0 if it is of none. A step that is not later than the last one taken is
// to be refused: no code is good twice.
func StepOf(secret []byte, code string, now time.Time) (int64, error) {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	found := int64(0)
	for _, shift := range []time.Duration{-period, 0, period} {
		at := now.Add(shift)
		want, err := totp.GenerateCodeCustom(text, at, totp.ValidateOpts{Period: uint(period.Seconds()), Digits: otp.DigitsSix})
		if err != nil {
			return 0, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = at.Unix() / int64(period.Seconds())
		}
	}
	return found, nil
}

func wrongCodeSaid() error {
	return fault.Invalid("auth.wrong_code", fault.At("code", "auth.wrong_code", "")).
		Say("That code is not right. Each code is good once: wait for the next one, and see that the phone's clock is right.")
}
