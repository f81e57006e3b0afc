package factors

import (
	"context"
	"errors"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/users"
	"souk/shared/fault"
)

// StepIn names who takes a second step.
type StepIn struct {
	Token string `json:"token" minLength:"1" maxLength:"200"`
}

// CodeStep is a second step by code.
type CodeStep struct {
	Token string `json:"token" minLength:"1" maxLength:"200"`
	Code  string `json:"code" minLength:"6" maxLength:"40" doc:"Of the app, or a recovery code"`
}

// Enrolled is someone who has set a second step up and is signed in by it.
type Enrolled struct {
	Session users.Session `json:"session"`
	Codes   []string      `json:"codes" nullable:"false" doc:"Recovery codes, shown once"`
}

// EnterByCode begins the session of someone whose password was right, by a code of
// the app or a recovery code.
//
// Fails with auth.step_over, auth.wrong_code and auth.slow_down.
func EnterByCode(ctx context.Context, database *db.DB, in CodeStep) (users.Session, error) {
	half, err := users.FindHalf(ctx, database, in.Token, users.StepProve)
	if err != nil {
		return users.Session{}, err
	}
	if err := check(ctx, database, half.AccountID, in.Code, stepInUse); err != nil {
		return users.Session{}, counted(ctx, database, half, err)
	}
	return half.Finish(ctx, database)
}

// counted notes a wrong code with the half session too.
func counted(ctx context.Context, database *db.DB, half users.Half, err error) error {
	if f := fault.Of(err); f != nil && f.Code == "auth.wrong_code" {
		return errors.Join(err, half.Failed(ctx, database))
	}
	return err
}

// StartEnrolment sets an app up for someone who may not come in without.
//
// Fails with auth.step_over.
func StartEnrolment(ctx context.Context, database *db.DB, in StepIn) (CodeStart, error) {
	half, err := users.FindHalf(ctx, database, in.Token, users.StepEnrol)
	if err != nil {
		return CodeStart{}, err
	}
	own, err := users.AccountByID(ctx, database, half.AccountID)
	if err != nil {
		return CodeStart{}, err
	}
	return start(ctx, database, own)
}

// ConfirmEnrolment takes the first code, begins the session and gives the recovery
// codes.
//
// Fails with auth.step_over, auth.wrong_code and auth.slow_down.
func ConfirmEnrolment(ctx context.Context, database *db.DB, in CodeStep) (Enrolled, error) {
	half, err := users.FindHalf(ctx, database, in.Token, users.StepEnrol)
	if err != nil {
		return Enrolled{}, err
	}
	recovery, err := confirm(ctx, database, half.AccountID, in.Code)
	if err != nil {
		return Enrolled{}, counted(ctx, database, half, err)
	}
	session, err := half.Finish(ctx, database)
	return Enrolled{Session: session, Codes: recovery.Codes}, err
}

// Proof is what someone who is signed in shows once more: the password, or a passkey.
type Proof struct {
	Password string      `json:"password,omitempty" maxLength:"200"`
	Passkey  *PasskeyUse `json:"passkey,omitempty"`
}

// Prove shows once more who is signed in, for what asks for it.
//
// Fails with auth.no_account, auth.wrong_proof, auth.slow_down and factors.passkey_refused.
func Prove(ctx context.Context, database *db.DB, in Proof) (web.None, error) {
	own, err := users.OwnAccount(ctx, database)
	if err != nil {
		return web.None{}, err
	}
	if in.Passkey != nil {
		err = proveByPasskey(ctx, database, own.ID, *in.Passkey)
	} else {
		err = users.CheckOwn(ctx, database, own, in.Password)
	}
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, database.Tenant(ctx, auth.From(ctx).Identity(), users.Proven)
}
