package parties

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/shared/wire"
)

// The flags that a customer from a till can come with.
const (
	FlagPhoneKnown = "phone_known" // another customer has this phone number
	FlagEmailBad   = "email_bad"   // the e-mail was no address and is left out
)

// leastDigits is how long a phone number is at least: fewer digits are many people's.
const leastDigits = 6

// Twin is another customer with the same phone number.
type Twin struct {
	ID   uuid.UUID `json:"id" db:"id"`
	Name string    `json:"name" db:"name"`
}

const (
	customerThere db.SQL = `
		select id
		from   customers
		where  tenant_id = @tenant and id = @id`

	readTwins db.SQL = `
		select c.id, c.name
		from   search_words w
		join   customers c on c.tenant_id = @tenant and c.id = w.entity_id
		where  w.tenant_id = @tenant and w.kind = 'customer' and w.word = @digits and c.active and c.id <> @id
		order  by c.sort_name, c.id
		limit  5`
)

// CreateFromTill keeps a customer whom a till has met already. It refuses nobody,
// since a sale may name them: what is odd comes back as flags, and one who is
// there already stays as they are.
func CreateFromTill(ctx context.Context, tx *db.Tx, in wire.NewCustomer) ([]string, error) {
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	facts := CustomerFacts{Name: plain(in.Name, 200), Phone: plain(in.Phone, 60), Email: plain(in.Email, 254)}
	if facts.Name == "" {
		facts.Name = strings.TrimSpace("Customer " + facts.Phone)
	}
	var flags []string
	if facts.Email != "" && !wire.PlainAddress(facts.Email) {
		facts.Email, flags = "", append(flags, FlagEmailBad)
	}
	r := tx.Reads()
	there := db.ReadMaybe[uuid.UUID](r, customerThere, db.Args{"id": in.ID})
	twins := twinsOf(r, in.ID, facts.Phone)
	if err := r.Run(ctx); err != nil || there.Found {
		return nil, err
	}
	if len(*twins) > 0 {
		flags = append(flags, FlagPhoneKnown)
	}
	batch := tx.Batch()
	batch.Exec(insertCustomer, facts.args(tx, in.ID))
	facts.index(batch, in.ID)
	return flags, batch.Done()
}

// twinsOf finds who else has a phone number, however it is written.
func twinsOf(r *db.Reads, id uuid.UUID, phone string) *[]Twin {
	number := digits(phone)
	if len(number) < leastDigits {
		return &[]Twin{}
	}
	return db.ReadAll[Twin](r, readTwins, db.Args{"id": id, "digits": number})
}

// plain is text as the database takes it, at most so long.
func plain(text string, longest int) string {
	text = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), ""))
	if runes := []rune(text); len(runes) > longest {
		text = strings.TrimSpace(string(runes[:longest]))
	}
	return text
}
