package wire

import (
	"encoding/base32"
	"strings"
)

// ShopHeader names the shop by its slug where the address called does not: a till
// that reaches its server by IP address or machine name. The server honours it for
// devices only.
const ShopHeader = "Souk-Shop"

// ServerHeader is on a server's answer to /healthz, so that a till which is given
// an address can tell a Souk server from whatever else answers there.
const ServerHeader = "Souk-Server"

// letters are those that nobody mistakes for another when they are read out.
const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// CodeLetters is how long a pairing code is; KeyLetters is how much of the
// server's key may follow it, 80 bits, which nobody finds a second key for.
const (
	CodeLetters = 10
	KeyLetters  = 16
)

var keyText = base32.NewEncoding(letters).WithPadding(base32.NoPadding)

// KeyText writes a server's key, the SHA-256 of its public key, in the letters of
// pairing codes; "" for no key.
func KeyText(key []byte) string { return keyText.EncodeToString(key) }

// SplitCode takes a pairing code, as it is typed, apart into the code that the
// server knows and the beginning of the server's key, which is "" where the
// system's roots vouch for the server.
func SplitCode(typed string) (code, key string) {
	code = strings.NewReplacer(" ", "", "-", "").Replace(strings.ToUpper(typed))
	if len(code) == CodeLetters+KeyLetters {
		return code[:CodeLetters], code[CodeLetters:]
	}
	return code, ""
}

// DiscoveryPort is where servers listen for tills that look for them on the
// network, by UDP.
const DiscoveryPort = 7685

// Discovery asks every server on the network to say where it is. It is padded to
// DiscoverySize so that no answer is longer than what was sent for it.
type Discovery struct {
	Souk  int    `json:"souk"` // 1
	Nonce string `json:"nonce"`
	Pad   string `json:"pad,omitempty"`
}

// DiscoverySize is the least size of a question.
const DiscoverySize = 512

// DiscoveryAnswer says where a server is: at the address that the answer came
// from. It names no shop. Anyone on the network can send one, so Key is a claim.
type DiscoveryAnswer struct {
	Souk    int    `json:"souk"` // 1
	Nonce   string `json:"nonce"`
	Name    string `json:"name"`
	Scheme  string `json:"scheme"`
	Port    int    `json:"port"`
	Key     string `json:"key,omitempty"` // KeyText
	Version string `json:"version"`
}
