package users

import (
	"context"
	"strings"

	"souk/server/platform/db"
	"souk/shared/fault"
	"souk/shared/secret"
)

// PasswordLength is the least that an owner's password has.
const PasswordLength = 10

// guessed are what is tried first, beside the names around the account.
var guessed = []string{"password", "passwort", "123456789", "qwerty", "letmein", "welcome", "souk-demo", "abcdefgh", "iloveyou"}

// WeakPassword says in a sentence why a password is too weak for an account, or
// nothing if it will do. about are names that a stranger would try: the shop's,
// the person's, the e-mail.
func WeakPassword(password string, about ...string) string {
	if len([]rune(password)) < PasswordLength {
		return "Take at least 10 characters. A sentence is easy to remember."
	}
	different := map[rune]bool{}
	for _, r := range password {
		different[r] = true
	}
	if len(different) < 5 {
		return "That repeats too few characters. Take a sentence or a mix."
	}
	plain := strings.ToLower(password)
	for _, word := range guessed {
		if strings.Contains(plain, word) {
			return "That is among the first a stranger would try. Take something of your own."
		}
	}
	for _, text := range about {
		word := strings.ToLower(strings.TrimSpace(text))
		word, _, _ = strings.Cut(word, "@")
		if len(word) >= 4 && strings.Contains(plain, word) && len(plain)-len(word) < PasswordLength/2 {
			return "That is too close to a name a stranger knows. Add words of your own."
		}
	}
	return ""
}

// StrongEnough fails with auth.weak_password if WeakPassword has something to say.
func StrongEnough(password string, about ...string) error {
	if weak := WeakPassword(password, about...); weak != "" {
		return fault.Invalid("auth.weak_password", fault.At("password", "auth.weak_password", "")).Say(weak)
	}
	return nil
}

// Knows tells whether there is an account with that e-mail and whether the
// password is its.
func Knows(ctx context.Context, database *db.DB, in Credentials) (exists, right bool, err error) {
	var account accountRow
	err = database.Platform(ctx, "look whether an account is there", func(ctx context.Context, tx *db.Tx) (err error) {
		account, exists, err = db.Maybe[accountRow](ctx, tx, anyAccount, db.Args{"email": strings.ToLower(strings.TrimSpace(in.Email))})
		return err
	})
	if err != nil || !exists {
		return false, false, err
	}
	return true, secret.Verify(account.PasswordHash, in.Password), nil
}

const anyAccount db.SQL = `
	select id, case when disabled_at is null then password_hash else '' end as password_hash
	from   platform.accounts
	where  email = @email`
