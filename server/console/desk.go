// Package console is where the platform's own staff look after it: who the shops are
// and how they stand, plans, the installation's health, and the way into a shop that
// has let support in. It answers at the platform's own address only, to accounts of
// its own, and has no way to a shop's rows but by a grant of that shop.
package console

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/server/users"
	"souk/shared/fault"
)

// Desk answers the console's routes.
type Desk struct {
	Database *db.DB
	Domain   string
	Version  string
	Demo     bool
	// Live tells what only the running process knows.
	Live func() Live

	tries *users.Tries
}

// Live is the running process as its health page shows it.
type Live struct {
	Sockets int    `json:"sockets"`
	Post    string `json:"post" doc:"What becomes of letters: smtp, kept in a demo, or nothing"`
}

// Needs is what a route asks of who calls.
type Needs string

// What routes ask.
const (
	Nobody   Needs = "nobody"    // anybody may: signing in
	SignedIn Needs = "signed_in" // an operator
	Proven   Needs = "proven"    // an operator who has shown a code within the last ten minutes
)

// Route is one thing that the console can be asked.
type Route struct {
	Method string
	Path   string // below /api/console
	Needs  Needs

	use func(*Desk, *call) (any, error)
}

// call is one request on its way.
type call struct {
	ctx    context.Context
	who    operator
	id     uuid.UUID // of the address
	query  url.Values
	body   []byte
	cookie string
	set    *http.Cookie
}

// read decodes the body. Fails with request.malformed.
func (c *call) read(into any) error {
	decoder := json.NewDecoder(strings.NewReader(string(c.body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fault.Invalid("request.malformed").Say("The server could not read this request.").Wrap(err)
	}
	return nil
}

// none is the answer of a route that has none.
type none struct{}

// Routes are all that the console can be asked, for the tests to go through.
func Routes() []Route {
	return []Route{
		{http.MethodPost, "/session", Nobody, (*Desk).signIn},
		{http.MethodPost, "/session/enrolment", Nobody, (*Desk).enrol},
		{http.MethodPost, "/session/code", Nobody, (*Desk).enterByCode},
		{http.MethodGet, "/session", SignedIn, (*Desk).current},
		{http.MethodDelete, "/session", SignedIn, (*Desk).signOut},
		{http.MethodPost, "/session/proof", SignedIn, (*Desk).prove},
		{http.MethodGet, "/shops", SignedIn, (*Desk).listShops},
		{http.MethodGet, "/shops/:id", SignedIn, (*Desk).showShop},
		{http.MethodPut, "/shops/:id/standing", Proven, (*Desk).setStanding},
		{http.MethodPut, "/shops/:id/plan", Proven, (*Desk).setPlan},
		{http.MethodPost, "/shops/:id/support", Proven, (*Desk).enterShop},
		{http.MethodGet, "/plans", SignedIn, (*Desk).listPlans},
		{http.MethodPut, "/plans/:id", Proven, (*Desk).putPlan},
		{http.MethodDelete, "/plans/:id", Proven, (*Desk).dropPlan},
		{http.MethodGet, "/health", SignedIn, (*Desk).health},
		{http.MethodGet, "/log", SignedIn, (*Desk).listLog},
	}
}

const (
	apiPath    = "/api/console"
	mostOfBody = 64 << 10
	provenFor  = 10 * time.Minute
)

// Mount adds the console's routes to the server's router for the platform's address.
func (d *Desk) Mount(server *web.Server) {
	d.tries = users.NewTries()
	for _, r := range Routes() {
		server.Console().Add(r.Method, apiPath+r.Path, d.answer(r))
	}
}

func (d *Desk) answer(r Route) echo.HandlerFunc {
	return func(ec echo.Context) error {
		ec.Response().Header().Set("Cache-Control", "no-store")
		c, err := d.open(ec, r)
		if err != nil {
			return err
		}
		out, err := r.use(d, c)
		if err != nil {
			return err
		}
		if c.set != nil {
			ec.SetCookie(c.set)
		}
		if _, nothing := out.(none); nothing {
			return ec.NoContent(http.StatusNoContent)
		}
		return ec.JSON(http.StatusOK, out)
	}
}

// open is the gate before every route: where the request comes from, who sends it,
// and whether it can be read.
func (d *Desk) open(ec echo.Context, r Route) (*call, error) {
	request := ec.Request()
	c := &call{ctx: db.WithAction(request.Context(), "console "+r.Method+" "+r.Path), query: request.URL.Query()}
	if !web.SameOrigin(request) {
		return nil, fault.Forbidden("auth.cross_site").Say("This request came from another site.")
	}
	if err := d.identify(c, request, r.Needs); err != nil {
		return nil, err
	}
	if strings.Contains(r.Path, ":id") {
		id, err := uuid.Parse(ec.Param("id"))
		if err != nil {
			return nil, notThere()
		}
		c.id = id
	}
	if request.Method == http.MethodGet || request.Method == http.MethodDelete {
		return c, nil
	}
	return c, c.readBody(request)
}

func (c *call) readBody(r *http.Request) (err error) {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/json" {
		return fault.Invalid("request.not_json").Say("Send the body as application/json.")
	}
	c.body, err = io.ReadAll(http.MaxBytesReader(nil, r.Body, mostOfBody))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.Invalid("request.too_large").Say("That is too much at once. Send less.")
	}
	return err
}

func notThere() error {
	return fault.NotFound("request.not_found").Say("There is nothing here by that id.")
}
