package setup

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"souk/server/catalog"
	"souk/server/ledger"
	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/tenants"
	"souk/server/users"
	"souk/shared/fault"
	"souk/shared/wire"
)

// CodeHeader carries the set-up code.
const CodeHeader = "Souk-Setup-Code"

// DemoShop is one that the page shows beside the form.
type DemoShop struct {
	Name         string            `json:"name"`
	Slug         string            `json:"slug"`
	BusinessType wire.BusinessType `json:"business_type"`
}

// Door is the way to a shop of one's own, at the domain itself. Whoever sits at
// the server may make the first shop; everyone else, and everyone for every
// further shop, needs the code that the server wrote into its log. A code is
// good for one shop.
type Door struct {
	Database *db.DB
	Grants   auth.Grants
	Domain   string
	Demos    []DemoShop
	// SignUp lets anybody make a shop without a code, each within limits.
	SignUp bool
	// OnCode is told every new code; it writes it where only the server's keeper reads.
	OnCode func(code string)

	made, tried, asked, all meter

	making sync.Mutex // one shop at a time: a code is good for one
	mu     sync.Mutex
	code   string
	wrong  map[string]wrongCodes // by the caller's address
}

type wrongCodes struct {
	count int
	since time.Time
}

const (
	letters     = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	codeLength  = 12
	freeTries   = 10
	codeRest    = 10 * time.Minute
	mostOfAForm = 256 << 10
)

// Begin draws the first code.
func (d *Door) Begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.draw()
}

func (d *Door) draw() {
	raw := make([]byte, codeLength)
	_, _ = rand.Read(raw) // never fails, by its contract
	for i, b := range raw {
		raw[i] = letters[int(b)%len(letters)] // 32 letters divide 256: no letter is likelier
	}
	d.code = string(raw)
	if d.OnCode != nil {
		d.OnCode(d.code[:4] + "-" + d.code[4:8] + "-" + d.code[8:])
	}
}

// Mount adds the door's routes, which are there at the domain itself only.
func (d *Door) Mount(server *web.Server) {
	server.Handle(http.MethodGet, "/api/setup", atRoot(d.show))
	server.Handle(http.MethodGet, "/api/setup/countries/:country", atRoot(d.country))
	server.Handle(http.MethodGet, "/api/setup/address/:slug", atRoot(d.address))
	server.Handle(http.MethodPost, "/api/setup/shops", atRoot(d.make))
}

// atRoot keeps a shop's own address free of what makes shops.
func atRoot(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ec echo.Context) error {
		if web.TenantOf(ec.Request().Context()).Slug != "" {
			return fault.NotFound("request.not_found").Say("There is nothing here.")
		}
		ec.Response().Header().Set("Cache-Control", "no-store")
		return next(ec)
	}
}

// may decides whether a request may make a shop, and whether by sign-up, which
// is limited.
func (d *Door) may(r *http.Request) (signUp bool, err error) {
	first, err := d.first(r.Context())
	if err != nil {
		return false, err
	}
	if first && web.Local(r.Context()) && web.SameOrigin(r) {
		return false, nil
	}
	given := r.Header.Get(CodeHeader)
	if d.SignUp && given == "" && web.SameOrigin(r) {
		return true, nil
	}
	caller, _ := web.Caller(r.Context())
	return false, d.codeIs(given, caller)
}

func (d *Door) first(ctx context.Context) (bool, error) {
	own, err := tenants.AnyOwn(ctx, d.Database)
	return !own, err
}

func (d *Door) codeIs(given, caller string) error {
	given = strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(given))
	if given == "" {
		return fault.Forbidden("setup.code_needed").
			Say("Type the set-up code. The server wrote it into its log when it started; \"souk tenant add\" on the server needs none.")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Database.Now()
	seen := d.wrong[caller]
	if now.Sub(seen.since) > codeRest {
		seen = wrongCodes{since: now}
	}
	if seen.count >= freeTries {
		wait := seen.since.Add(codeRest).Sub(now)
		return fault.TooMany("setup.slow_down", wait).Messagef("Too many wrong codes. Wait %d minutes, then try again.", int(wait.Minutes())+1)
	}
	if d.code != "" && subtle.ConstantTimeCompare([]byte(given), []byte(d.code)) == 1 {
		return nil
	}
	if d.wrong == nil || len(d.wrong) > 10_000 {
		d.wrong = map[string]wrongCodes{}
	}
	seen.count++
	d.wrong[caller] = seen
	return fault.Forbidden("setup.wrong_code").Say("That is not the set-up code. The last one in the server's log is good, and for one shop only.")
}

// Offer is what the page begins with.
type Offer struct {
	First     bool       `json:"first" doc:"No shop of one's own is here yet"`
	NeedsCode bool       `json:"needs_code"`
	SignUp    bool       `json:"sign_up" doc:"Anybody may make a shop here"`
	Domain    string     `json:"domain"`
	Demos     []DemoShop `json:"demos"`
	Countries []Country  `json:"countries"`
}

func (d *Door) show(ec echo.Context) error {
	r := ec.Request()
	first, err := d.first(r.Context())
	if err != nil {
		return err
	}
	offer := Offer{
		First: first, NeedsCode: !d.SignUp && (!first || !web.Local(r.Context())), SignUp: d.SignUp, Domain: d.Domain, Countries: Countries(),
		Demos: append([]DemoShop{}, d.Demos...),
	}
	return ec.JSON(http.StatusOK, offer)
}

// Suggestion is what a country brings with it.
type Suggestion struct {
	Taxes    []catalog.SuggestedTax `json:"taxes"`
	OwnChart bool                   `json:"own_chart" doc:"Accounts are numbered in the country's manner"`
	Accounts int                    `json:"accounts"`
}

func (d *Door) country(ec echo.Context) error {
	country, known := CountryOf(strings.ToUpper(ec.Param("country")))
	if !known {
		return fault.NotFound("setup.country_unknown").Say("Choose a country by its two letters.")
	}
	return ec.JSON(http.StatusOK, Suggestion{
		Taxes:    catalog.Suggested(country.Code, d.Database.Now()),
		OwnChart: ledger.HasOwnChart(country.Code), Accounts: ledger.ChartSize(country.Code),
	})
}

// AddressState tells whether an address can be had. One that is taken and one
// that is the platform's own look alike.
type AddressState struct {
	State string `json:"state" enum:"free,taken,invalid"`
	Says  string `json:"says,omitempty"`
}

func (d *Door) address(ec echo.Context) error {
	signUp, err := d.may(ec.Request())
	if err != nil {
		return err
	}
	if signUp {
		if err := d.asked.take(d.Database.Now(), callerOf(ec), addressLooks); err != nil {
			return err
		}
	}
	slug := strings.ToLower(ec.Param("slug"))
	err = tenants.CheckSlug(slug)
	if found := fault.Of(err); found != nil && found.Code == "tenants.bad_slug" {
		return ec.JSON(http.StatusOK, AddressState{State: "invalid", Says: found.Message})
	}
	free := false
	if err == nil {
		if free, err = tenants.Free(ec.Request().Context(), d.Database, slug); err != nil {
			return err
		}
	}
	if !free {
		return ec.JSON(http.StatusOK, AddressState{State: "taken", Says: notFree})
	}
	return ec.JSON(http.StatusOK, AddressState{State: "free"})
}

// Made tells where the new shop is, and gives the ticket that signs its owner in
// there.
type Made struct {
	Slug   string `json:"slug"`
	Ticket string `json:"ticket"`
}

func (d *Door) make(ec echo.Context) error {
	d.making.Lock()
	defer d.making.Unlock()
	r := ec.Request()
	signUp, err := d.may(r)
	if err != nil {
		return err
	}
	var form Form
	if err := readForm(r, &form); err != nil {
		return err
	}
	if signUp {
		if err := d.mayTry(callerOf(ec), form); err != nil {
			return err
		}
	}
	ctx := db.WithAction(r.Context(), "first run")
	opened, err := Make(ctx, d.Database, d.Grants, form)
	if err != nil {
		return err
	}
	if signUp {
		d.countMade(callerOf(ec))
	} else {
		d.Begin() // the code, if there was one, has made its shop
	}
	ticket, err := users.Ticket(ctx, d.Database, db.Identity{Tenant: opened.Tenant, Actor: opened.Owner.PersonID, Stores: db.AllStores()})
	if err != nil {
		return err
	}
	return ec.JSON(http.StatusOK, Made{Slug: opened.Company.Slug, Ticket: ticket})
}

func readForm(r *http.Request, form *Form) error {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/json" {
		return fault.Invalid("request.not_json").Say("Send the body as application/json.")
	}
	decoder := json.NewDecoder(io.LimitReader(r.Body, mostOfAForm))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(form)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fault.Invalid("setup.form", fault.At(wrong.Field, "setup.field", fmt.Sprintf("This is a %s.", wrong.Type))).
			Say("Some of this is not right yet. Correct what is marked.")
	}
	if err != nil {
		return fault.Invalid("request.malformed").Say("The server could not read this request.").Wrap(err)
	}
	return nil
}
