package setup

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"souk/server/tenants"
	"souk/server/users"
	"souk/shared/fault"
	"souk/shared/money"
	"souk/shared/wire"
)

// Form is all that is asked of someone who makes a shop.
type Form struct {
	Shop   ShopPart     `json:"shop"`
	Store  StorePart    `json:"store"`
	Owner  OwnerPart    `json:"owner"`
	People []PersonPart `json:"people"`
}

// ShopPart is the shop itself.
type ShopPart struct {
	Name             string            `json:"name"`
	Slug             string            `json:"slug"`
	BusinessType     wire.BusinessType `json:"business_type"`
	Country          string            `json:"country"`
	Currency         string            `json:"currency"`
	Locale           string            `json:"locale"`
	DayEndsHour      int               `json:"day_ends_hour"`
	PricesIncludeTax bool              `json:"prices_include_tax"`
}

// StorePart is the first store.
type StorePart struct {
	Name          string `json:"name"`
	Address       string `json:"address"`
	TimeZone      string `json:"time_zone"`
	LegalName     string `json:"legal_name"`
	TaxNumber     string `json:"tax_number"`
	ReceiptHeader string `json:"receipt_header"`
	ReceiptFooter string `json:"receipt_footer"`
}

// OwnerPart is the account that the shop belongs to. The PIN, for tills, may be
// left out.
type OwnerPart struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Password string `json:"password"`
	PIN      string `json:"pin"`
}

// PersonPart is someone who will work at the till.
type PersonPart struct {
	Name string    `json:"name"`
	Role wire.Role `json:"role"`
	PIN  string    `json:"pin"`
}

// businessTypes in the order in which they are offered.
var businessTypes = []wire.BusinessType{wire.Retail, wire.Supermarket, wire.Restaurant, wire.AutoService, wire.Dealership}

var (
	pinForm    = regexp.MustCompile(`^[0-9]{4,12}$`)
	localeForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

const mostPeople = 50

// checks gathers what is wrong, each at its field.
type checks struct{ fields []fault.Field }

func (c *checks) must(good bool, path, sentence string) {
	if !good {
		c.fields = append(c.fields, fault.Field{Path: path, Code: "setup.field", Message: sentence})
	}
}

func (c *checks) name(text, path, sentence string) {
	c.must(strings.TrimSpace(text) != "", path, sentence)
	c.short(text, path, 120)
}

func (c *checks) short(text, path string, most int) {
	c.must(len([]rune(text)) <= most, path, fmt.Sprintf("That is too long: at most %d characters.", most))
}

// tidy takes away what people type by accident.
func (f Form) tidy() Form {
	f.Shop.Name, f.Shop.Slug = strings.TrimSpace(f.Shop.Name), strings.ToLower(strings.TrimSpace(f.Shop.Slug))
	f.Shop.Country, f.Shop.Currency = strings.ToUpper(strings.TrimSpace(f.Shop.Country)), strings.ToUpper(strings.TrimSpace(f.Shop.Currency))
	f.Shop.Locale, f.Store.TimeZone = strings.TrimSpace(f.Shop.Locale), strings.TrimSpace(f.Store.TimeZone)
	f.Store.Name, f.Owner.Name = strings.TrimSpace(f.Store.Name), strings.TrimSpace(f.Owner.Name)
	f.Owner.Email = strings.ToLower(strings.TrimSpace(f.Owner.Email))
	return f
}

// check answers everything that is wrong at once, so that nobody corrects one
// field only to hear of the next.
func (f Form) check() error {
	var c checks
	f.Shop.check(&c)
	f.Store.check(&c)
	f.checkOwner(&c)
	f.checkPeople(&c)
	if len(c.fields) == 0 {
		return nil
	}
	return fault.Invalid("setup.form").Say("Some of this is not right yet. Correct what is marked.").With(c.fields...)
}

func (s ShopPart) check(c *checks) {
	c.name(s.Name, "shop.name", "Give the shop a name.")
	if err := tenants.CheckSlug(s.Slug); err != nil {
		c.must(false, "shop.slug", fault.Of(err).Message)
	}
	c.must(slices.Contains(businessTypes, s.BusinessType), "shop.business_type", "Choose what kind of business it is.")
	_, known := CountryOf(s.Country)
	c.must(known, "shop.country", "Choose a country by its name or its two letters.")
	_, known = money.Lookup(s.Currency)
	c.must(known, "shop.currency", "Choose a currency by its three letters, for example EUR.")
	c.must(localeForm.MatchString(s.Locale), "shop.locale", "Choose how dates and figures are written, for example en-GB.")
	c.must(s.DayEndsHour >= 0 && s.DayEndsHour <= 23, "shop.day_ends_hour", "Choose an hour from 0 to 23.")
}

func (s StorePart) check(c *checks) {
	c.name(s.Name, "store.name", "Give the store a name, for example its street.")
	_, err := time.LoadLocation(s.TimeZone)
	c.must(err == nil && s.TimeZone != "" && s.TimeZone != "Local", "store.time_zone", "Choose the store's time zone, for example Europe/Berlin.")
	c.short(s.Address, "store.address", 500)
	c.short(s.LegalName, "store.legal_name", 200)
	c.short(s.TaxNumber, "store.tax_number", 60)
	c.short(s.ReceiptHeader, "store.receipt_header", 500)
	c.short(s.ReceiptFooter, "store.receipt_footer", 500)
}

func (f Form) checkOwner(c *checks) {
	c.name(f.Owner.Name, "owner.name", "Type your name.")
	address, err := mail.ParseAddress(f.Owner.Email)
	c.must(err == nil && address.Address == f.Owner.Email && len(f.Owner.Email) <= 200, "owner.email", "Type an e-mail address, for example you@example.com.")
	weak := users.WeakPassword(f.Owner.Password, f.Owner.Email, f.Owner.Name, f.Shop.Name, f.Shop.Slug)
	c.must(weak == "", "owner.password", weak)
	c.short(f.Owner.Password, "owner.password", 200)
	c.must(f.Owner.PIN == "" || pinForm.MatchString(f.Owner.PIN), "owner.pin", "A PIN has 4 to 12 digits.")
}

func (f Form) checkPeople(c *checks) {
	c.must(len(f.People) <= mostPeople, "people", fmt.Sprintf("At most %d people here; add the others later.", mostPeople))
	for i, person := range f.People {
		at := func(field string) string { return fmt.Sprintf("people.%d.%s", i, field) }
		c.name(person.Name, at("name"), "Type the person's name.")
		c.must(person.Role.Level() > 0 && person.Role != wire.Owner, at("role"), "Choose what this person does.")
		c.must(pinForm.MatchString(person.PIN), at("pin"), "A PIN has 4 to 12 digits.")
	}
}
