// Package auth tells who is calling: people by a session, tills by a device's
// token. It decides nothing about business; which role may do what is declared
// by the modules. Signing in and out are use cases of module users.
package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/google/uuid"
)

// TokenKind tells a person's session from a device.
type TokenKind string

// The kinds of token.
const (
	TokenSession TokenKind = "s"
	TokenDevice  TokenKind = "d"
)

// Token is a presented secret, taken apart. The tenant stands in the open so
// that a token brought to another shop's address is told apart from a wrong one
// without any look-up.
type Token struct {
	Kind   TokenKind
	Tenant uuid.UUID
	Hash   []byte // what the database keeps
}

// Mint draws a 256-bit secret and gives its text, shown once, and its parts.
func Mint(kind TokenKind, tenant uuid.UUID) (string, Token) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails, by its contract
	text := strings.Join([]string{
		string(kind), base64.RawURLEncoding.EncodeToString(tenant[:]), base64.RawURLEncoding.EncodeToString(secret),
	}, ".")
	sum := sha256.Sum256(secret)
	return text, Token{Kind: kind, Tenant: tenant, Hash: sum[:]}
}

// Parse takes a token apart. It says nothing about whether the token is good.
func Parse(text string) (Token, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return Token{}, false
	}
	kind := TokenKind(parts[0])
	tenant, tenantErr := base64.RawURLEncoding.DecodeString(parts[1])
	secret, secretErr := base64.RawURLEncoding.DecodeString(parts[2])
	if tenantErr != nil || secretErr != nil || len(tenant) != 16 || len(secret) != 32 {
		return Token{}, false
	}
	if kind != TokenSession && kind != TokenDevice {
		return Token{}, false
	}
	sum := sha256.Sum256(secret)
	return Token{Kind: kind, Tenant: uuid.UUID(tenant), Hash: sum[:]}, true
}
