package web

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"souk/server/platform/db"
	"souk/shared/wire"
)

// Permissions that no role is granted because they hold for whole groups.
const (
	// Anyone is the whole world: signing in, pairing a till.
	Anyone wire.Permission = "anyone"
	// SignedIn is every person and every device of the shop.
	SignedIn wire.Permission = "signed_in"
)

// Route is one thing that can be asked of the server. Make it with Get, Post,
// Put, Delete or their like with Outside.
type Route struct {
	Method string
	Path   string // below /api
	Needs  wire.Permission
	// Outside routes have no transaction of their own and no stored answer.
	Outside bool
	// Fresh routes take it that who calls has lately shown who it is.
	Fresh   bool
	In, Out reflect.Type

	// Module is the key of the module that the route belongs to, set at wiring.
	Module   string
	register func(*Server, Route)
}

// Name is "POST /sales/{id}/refund".
func (r Route) Name() string { return r.Method + " " + r.Path }

// operationID is "post-sales-id-refund".
func (r Route) operationID() string {
	path := strings.NewReplacer("{", "", "}", "", "/", "-").Replace(r.Path)
	return strings.ToLower(r.Method) + path
}

// Use is a use case: it runs inside the tenant's transaction that it is given.
type Use[I, O any] func(ctx context.Context, tx *db.Tx, in I) (O, error)

// UseOutside is a use case without a transaction, for handlers that talk to
// other systems or need several transactions. It must be repeatable by itself.
type UseOutside[I, O any] func(ctx context.Context, database *db.DB, in I) (O, error)

// None is the input of a route that takes none, or the output of one that gives none.
type None struct{}

// Get reads. It cannot write: the database refuses.
func Get[I, O any](path string, needs wire.Permission, use Use[I, O]) Route {
	return inside(http.MethodGet, path, needs, use)
}

// Post does or makes something, in one tenant transaction, exactly once for an
// Idempotency-Key.
func Post[I, O any](path string, needs wire.Permission, use Use[I, O]) Route {
	return inside(http.MethodPost, path, needs, use)
}

// Put sets something to what it is given.
func Put[I, O any](path string, needs wire.Permission, use Use[I, O]) Route {
	return inside(http.MethodPut, path, needs, use)
}

// Delete takes something away.
func Delete[I, O any](path string, needs wire.Permission, use Use[I, O]) Route {
	return inside(http.MethodDelete, path, needs, use)
}

// PostOutside is a Post without a transaction around it.
func PostOutside[I, O any](path string, needs wire.Permission, use UseOutside[I, O]) Route {
	return outsideOf(http.MethodPost, path, needs, use)
}

// GetOutside is a Get of what lies in several shops, or in none.
func GetOutside[I, O any](path string, needs wire.Permission, use UseOutside[I, O]) Route {
	return outsideOf(http.MethodGet, path, needs, use)
}

// PutOutside is a Put without a transaction around it.
func PutOutside[I, O any](path string, needs wire.Permission, use UseOutside[I, O]) Route {
	return outsideOf(http.MethodPut, path, needs, use)
}

// DeleteOutside is a Delete without a transaction around it.
func DeleteOutside[I, O any](path string, needs wire.Permission, use UseOutside[I, O]) Route {
	return outsideOf(http.MethodDelete, path, needs, use)
}

func outsideOf[I, O any](method, path string, needs wire.Permission, use UseOutside[I, O]) Route {
	r := describe[I, O](method, path, needs)
	r.Outside = true
	r.register = func(s *Server, r Route) { mount[I](s, r, outside(s, r, use)) }
	return r
}

func inside[I, O any](method, path string, needs wire.Permission, use Use[I, O]) Route {
	r := describe[I, O](method, path, needs)
	r.register = func(s *Server, r Route) {
		if method == http.MethodGet {
			mount[I](s, r, reading(s, use))
			return
		}
		mount[I](s, r, writing(s, r, use))
	}
	return r
}

// Fresh has a route ask for a proof of who calls, where the last one is older than
// ten minutes: for what whoever finds an open browser must not do.
func Fresh(r Route) Route {
	r.Fresh = true
	return r
}

// freshFor is how long a proof holds.
const freshFor = 10 * time.Minute

func describe[I, O any](method, path string, needs wire.Permission) Route {
	return Route{Method: method, Path: path, Needs: needs, In: reflect.TypeFor[I](), Out: reflect.TypeFor[O]()}
}

// reply is an answer whose bytes are ready: what was stored for a replay is what
// is sent.
type reply struct {
	Status      int
	ContentType string        `header:"Content-Type"`
	NoStore     string        `header:"Cache-Control"`
	Cookies     []http.Cookie `header:"Set-Cookie"`
	Body        []byte
}

type handler[I any] func(ctx context.Context, in I) (*reply, error)

// bodyOnly carries an input that is nothing but its body.
type bodyOnly[I any] struct{ Body I }

// mount registers a route with huma. An input with path, query or Body parts is
// taken as it is; any other struct is the body itself. The two never mix, so a
// path parameter cannot be overwritten by the body.
func mount[I any](s *Server, r Route, run handler[I]) {
	op := s.operation(r)
	does := r.Name()
	if inParts(r.In) {
		huma.Register(s.api, op, func(ctx context.Context, in *I) (*reply, error) { return finish(db.WithAction(ctx, does), *in, run) })
		return
	}
	huma.Register(s.api, op, func(ctx context.Context, in *bodyOnly[I]) (*reply, error) {
		return finish(db.WithAction(ctx, does), in.Body, run)
	})
}

func finish[I any](ctx context.Context, in I, run handler[I]) (*reply, error) {
	out, err := run(ctx, in)
	if err != nil {
		return nil, problemOf(ctx, err)
	}
	for _, cookie := range callOf(ctx).cookies {
		out.Cookies = append(out.Cookies, *cookie)
	}
	out.ContentType, out.NoStore = "application/json", "no-store"
	return out, nil
}

func inParts(t reflect.Type) bool {
	if t == reflect.TypeFor[None]() {
		return true
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct && inParts(f.Type) {
			return true
		}
		if f.Name == "Body" || f.Tag.Get("path") != "" || f.Tag.Get("query") != "" || f.Tag.Get("header") != "" {
			return true
		}
	}
	return false
}

// operation describes a route for the router and for OpenAPI.
func (s *Server) operation(r Route) huma.Operation {
	if r.Needs == "" {
		panic(fmt.Sprintf("route %s names no permission", r.Name()))
	}
	success := "200"
	response := &huma.Response{Description: "Done"}
	if r.Out != reflect.TypeFor[None]() {
		schema := huma.SchemaFromType(s.api.OpenAPI().Components.Schemas, r.Out)
		response.Content = map[string]*huma.MediaType{"application/json": {Schema: schema}}
	} else {
		success = "204"
	}
	op := huma.Operation{
		OperationID: r.operationID(), Method: r.Method, Path: "/api" + r.Path, Tags: []string{r.Module},
		Summary: r.Name(), DefaultStatus: http.StatusOK, MaxBodyBytes: s.cfg.MaxBody,
		Middlewares: huma.Middlewares{s.gate(r)},
		Responses:   map[string]*huma.Response{success: response, "default": s.problemResponse()},
		Extensions:  map[string]any{"x-permission": string(r.Needs)},
	}
	if r.Needs != Anyone {
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	if r.Method != http.MethodGet && !r.Outside {
		op.Parameters = []*huma.Param{{
			Name: idempotencyKey, In: "header", Required: true, Schema: &huma.Schema{Type: "string", Format: "uuid"},
			Description: "A fresh UUID for each thing to be done; the same one when the same request is sent again.",
		}}
	}
	return op
}

func (s *Server) problemResponse() *huma.Response {
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{
		Description: "Not done, and why",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
	}
}

// uuidText describes a UUID, which huma would call any text. A pointer to one is
// described as the UUID that is there or left out, never as null.
type uuidText struct{}

// Schema implements huma.SchemaProvider.
func (uuidText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
}
