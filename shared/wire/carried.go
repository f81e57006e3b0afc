package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Carried is a run of one till's journal that another till of the store brings to
// the server, because the first one cannot reach it. Proof is made with the first
// one's own secret: what was changed on the way, or made up, has none.
type Carried struct {
	DeviceID uuid.UUID `json:"device_id" doc:"Whose journal it is"`
	Entries  []Entry   `json:"entries" minItems:"1" maxItems:"500" nullable:"false"`
	Proof    string    `json:"proof" minLength:"64" maxLength:"64" doc:"HMAC-SHA256 over the entries, in hex"`
}

// CarriedFormat is what the first line of a file of carried entries says it is.
const CarriedFormat = "souk-unsent-sales"

// CarriedHead is that line. The lines after it are Carried.
type CarriedHead struct {
	Format   string    `json:"format"`
	Version  int       `json:"version"`
	TenantID uuid.UUID `json:"tenant_id"`
	Shop     string    `json:"shop"`
	Register string    `json:"register"`
	Series   string    `json:"series"`
	MadeAt   time.Time `json:"made_at"`
	Entries  int       `json:"entries"`
	Sales    int       `json:"sales"`
}

// CarriedIn is what became of a file that was brought in.
type CarriedIn struct {
	Head       CarriedHead `json:"head"`
	Taken      int         `json:"taken" doc:"Entries that the server has now, however often they were brought"`
	Exceptions int         `json:"exceptions" doc:"Of these, those that it could not book"`
}

// CarriedOut is a file that was written.
type CarriedOut struct {
	Path string      `json:"path"`
	Head CarriedHead `json:"head"`
}

// DeviceKey is what a device's token is known by to the server, which has not got
// the token itself: the SHA-256 of the secret in it.
func DeviceKey(token string) []byte {
	secret, err := base64.RawURLEncoding.DecodeString(token[strings.LastIndexByte(token, '.')+1:])
	if err != nil {
		secret = []byte(token)
	}
	sum := sha256.Sum256(secret)
	return sum[:]
}

// Prove sets the proof.
func (c *Carried) Prove(key []byte) { c.Proof = hex.EncodeToString(c.sum(key)) }

// Proven reports whether the proof was made of exactly these entries with the key.
func (c *Carried) Proven(key []byte) bool {
	proof, err := hex.DecodeString(c.Proof)
	return err == nil && len(key) > 0 && hmac.Equal(proof, c.sum(key))
}

func (c *Carried) sum(key []byte) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s %s\n", CarriedFormat, c.DeviceID)
	for _, e := range c.Entries {
		_, _ = fmt.Fprintf(mac, "%d %s %q %s %s %x\n", e.No, e.ID, e.Kind, e.PersonID, e.At.UTC().Format(time.RFC3339Nano), sha256.Sum256(e.Body))
	}
	return mac.Sum(nil)
}
