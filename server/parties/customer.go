package parties

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"souk/server/platform/db"
	"souk/server/platform/search"
	"souk/shared/fault"
	"souk/shared/wire"
)

// CustomerFacts are what a person may say of a customer.
type CustomerFacts struct {
	Name      string `json:"name" db:"name" maxLength:"200"`
	Email     string `json:"email,omitempty" db:"email" maxLength:"254"`
	Phone     string `json:"phone,omitempty" db:"phone" maxLength:"60"`
	Address   string `json:"address,omitempty" db:"address" maxLength:"500"`
	TaxNumber string `json:"tax_number,omitempty" db:"tax_number" maxLength:"60"`
	Code      string `json:"code,omitempty" db:"code" maxLength:"40" doc:"The shop's own code for the customer; no two have the same"`
	Language  string `json:"language,omitempty" db:"language" maxLength:"20" pattern:"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$" doc:"What their papers are written in; the shop's if empty"`
	Notes     string `json:"notes,omitempty" db:"notes" maxLength:"4000"`
}

// Customer is someone who buys here.
type Customer struct {
	ID uuid.UUID `json:"id" db:"id"`
	CustomerFacts
	SortName  string    `json:"-" db:"sort_name"`
	Active    bool      `json:"active" db:"active"`
	Version   int       `json:"version" db:"version"`
	CreatedAt time.Time `json:"created_at" db:"created_at"`
	UpdatedAt time.Time `json:"updated_at" db:"updated_at"`
}

// CustomerDetail is a customer with those who may be the same person.
type CustomerDetail struct {
	Customer
	Twins []Twin `json:"twins" nullable:"false" doc:"Others in use with the same phone number"`
}

// wordsKind is the customers' part of the search table.
const wordsKind = "customer"

const (
	readCustomer db.SQL = `
		select id, name, sort_name, email, phone, address, tax_number, code, language, notes, active, version, created_at, updated_at
		from   customers
		where  tenant_id = @tenant and id = @id`

	insertCustomer db.SQL = `
		insert into customers (tenant_id, id, name, email, phone, address, tax_number, code, language, notes, created_at, updated_at)
		values (@tenant, @id, @name, @email, @phone, @address, @tax_number, @code, @language, @notes, @now, @now)`

	updateCustomer db.SQL = `
		update customers
		set    name = @name, email = @email, phone = @phone, address = @address, tax_number = @tax_number, code = @code,
		       language = @language, notes = @notes,
		       version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and version = @version`

	setActive db.SQL = `
		update customers
		set    active = @active, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and id = @id and active <> @active`
)

// CustomerID names a customer in a path.
type CustomerID struct {
	ID uuid.UUID `path:"id"`
}

// Show gives one customer.
func Show(ctx context.Context, tx *db.Tx, in CustomerID) (Customer, error) {
	return db.One[Customer](ctx, tx, readCustomer, db.Args{"id": in.ID})
}

// ShowDetail gives one customer and who has the same phone number.
func ShowDetail(ctx context.Context, tx *db.Tx, in CustomerID) (CustomerDetail, error) {
	customer, err := Show(ctx, tx, in)
	if err != nil {
		return CustomerDetail{}, err
	}
	r := tx.Reads()
	twins := twinsOf(r, in.ID, customer.Phone)
	err = r.Run(ctx)
	return CustomerDetail{Customer: customer, Twins: *twins}, err
}

// NewCustomer is a customer to be kept. The id is the caller's.
type NewCustomer struct {
	ID uuid.UUID `json:"id"`
	CustomerFacts
}

// Add keeps a new customer.
//
// Fails with parties.bad_customer, which names each wrong field, and with
// parties.code_taken.
func Add(ctx context.Context, tx *db.Tx, in NewCustomer) (Customer, error) {
	if in.ID == uuid.Nil {
		in.ID = uuid.Must(uuid.NewV7())
	}
	facts, err := in.checked()
	if err != nil {
		return Customer{}, err
	}
	batch := tx.Batch()
	batch.Exec(insertCustomer, facts.args(tx, in.ID))
	facts.index(batch, in.ID)
	if err := batch.Done(); err != nil {
		return Customer{}, err
	}
	return Show(ctx, tx, CustomerID{in.ID})
}

// CustomerEdit is what a customer becomes, and the version that was looked at.
type CustomerEdit struct {
	CustomerFacts
	Version int `json:"version"`
}

// CustomerChange is a customer's id and what it becomes.
type CustomerChange struct {
	ID   uuid.UUID `path:"id"`
	Body CustomerEdit
}

// Change sets what is known of a customer.
//
// Fails with parties.bad_customer, and with parties.changed_meanwhile, whose
// fields hold the present value of everything that differs from what was sent.
func Change(ctx context.Context, tx *db.Tx, in CustomerChange) (Customer, error) {
	facts, err := in.Body.checked()
	if err != nil {
		return Customer{}, err
	}
	args := facts.args(tx, in.ID)
	args["version"] = in.Body.Version
	rows, err := tx.Exec(ctx, updateCustomer, args)
	if err != nil {
		return Customer{}, err
	}
	if rows == 0 {
		return Customer{}, changedMeanwhile(ctx, tx, in.ID, facts)
	}
	batch := tx.Batch()
	facts.index(batch, in.ID)
	if err := batch.Done(); err != nil {
		return Customer{}, err
	}
	return Show(ctx, tx, CustomerID{in.ID})
}

// Archive takes a customer out of the lists to choose from; documents keep it.
func Archive(ctx context.Context, tx *db.Tx, in CustomerID) (Customer, error) {
	return activate(ctx, tx, in, false)
}

// Restore brings an archived customer back.
func Restore(ctx context.Context, tx *db.Tx, in CustomerID) (Customer, error) {
	return activate(ctx, tx, in, true)
}

func activate(ctx context.Context, tx *db.Tx, in CustomerID, active bool) (Customer, error) {
	tx.Batch().Exec(setActive, db.Args{"id": in.ID, "active": active, "now": tx.Now()})
	return Show(ctx, tx, in)
}

// checked brings the facts to the form in which they are kept.
func (f CustomerFacts) checked() (CustomerFacts, error) {
	for _, text := range []*string{&f.Name, &f.Email, &f.Phone, &f.Address, &f.TaxNumber, &f.Code, &f.Notes} {
		*text = strings.TrimSpace(*text)
	}
	var fields []fault.Field
	if f.Name == "" {
		fields = append(fields, fault.Field{Path: "name", Code: "parties.name_missing", Message: "Give the customer a name."})
	}
	if f.Email != "" && !wire.PlainAddress(f.Email) {
		fields = append(fields, fault.Field{Path: "email", Code: "parties.bad_email", Message: "This is not an e-mail address."})
	}
	if len(fields) > 0 {
		return f, fault.Invalid("parties.bad_customer").Say(fields[0].Message).With(fields...)
	}
	return f, nil
}

func (f CustomerFacts) args(tx *db.Tx, id uuid.UUID) db.Args {
	return db.Args{
		"id": id, "name": f.Name, "email": f.Email, "phone": f.Phone, "address": f.Address, "tax_number": f.TaxNumber,
		"code": f.Code, "language": f.Language, "notes": f.Notes, "now": tx.Now(),
	}
}

// index makes a customer found by name, code, e-mail, tax number, and by the phone
// number both as it is written and as its bare digits.
func (f CustomerFacts) index(b *db.Batch, id uuid.UUID) {
	search.Index(b, wordsKind, id, f.Name, f.Email, f.TaxNumber, f.Code, f.Phone, digits(f.Phone))
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

func changedMeanwhile(ctx context.Context, tx *db.Tx, id uuid.UUID, sent CustomerFacts) error {
	now, err := Show(ctx, tx, CustomerID{id})
	if err != nil {
		return err
	}
	fields := []fault.Field{{Path: "version", Code: "parties.changed_meanwhile", Message: strconv.Itoa(now.Version)}}
	for _, part := range []struct{ path, present, sent string }{
		{"name", now.Name, sent.Name}, {"email", now.Email, sent.Email}, {"phone", now.Phone, sent.Phone},
		{"address", now.Address, sent.Address}, {"tax_number", now.TaxNumber, sent.TaxNumber}, {"code", now.Code, sent.Code},
		{"language", now.Language, sent.Language}, {"notes", now.Notes, sent.Notes},
	} {
		if part.present != part.sent {
			fields = append(fields, fault.Field{Path: part.path, Code: "parties.changed_meanwhile", Message: part.present})
		}
	}
	return fault.Conflict("parties.changed_meanwhile").
		Say("Someone else changed this customer meanwhile. Compare the two, then save again.").With(fields...)
}
