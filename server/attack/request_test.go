package attack_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"souk/server/platform/web"
)

// filler makes up a request for a route from its own description, with ids taken
// from somebody's rows (or from nobody's, when rows is nil).
type filler struct {
	api  *huma.OpenAPI
	rows map[string][]map[string]any
	own  map[string][]map[string]any // for codes that every shop has of its own
	// creates is whether the id of what is to be made is taken from rows, and no
	// other is: what exists under it here by then must not be met elsewhere.
	creates bool
	spent   map[string]bool // words that are taken once only, for what is made keeps them
	area    string          // the first part of the route's path
	inBody  bool
	turn    int      // which of the rows
	said    []string // every made-up or taken token, in order
	taken   int      // how many of them are from rows
}

// tablesOf says whose id a field holds, where its name does not.
var tablesOf = map[string]string{
	"views": "saved_views", "grants": "support_grants", "exceptions": "upload_exceptions",
	"method": "payment_methods", "original": "sales", "parent": "categories", "person": "people", "opened_by": "people", "closed_by": "people",
	"category": "categories", "tax_code": "tax_codes", "price_list": "price_lists", "account": "accounts", "entity": "items", "exception": "upload_exceptions",
	"entry": "journal_entries", "journal": "journal_entries", "shift": "shifts", "store": "stores", "role": "roles",
	"transfers": "stock_transfers", "from_location": "locations", "to_location": "locations",
}

// isID tells fields that hold an id: by their name, for the description calls
// them plain text.
func isID(field string) bool {
	return field == "id" || strings.HasSuffix(field, "_id") || strings.HasSuffix(field, "_by") ||
		slices.Contains([]string{"category", "location", "register", "store", "person", "customer", "item", "shift", "account"}, field)
}

func tableOf(field, path string, known map[string][]map[string]any) string {
	name := strings.TrimSuffix(field, "_id")
	if before, _, of := strings.Cut(path, "/{id}"); field == "id" && of {
		if parent := strings.ReplaceAll(before[strings.LastIndex(before, "/")+1:], "-", "_"); known[parent] != nil {
			return parent
		} else if known[tablesOf[parent]] != nil {
			return tablesOf[parent]
		}
	}
	if field == "id" {
		name = strings.ReplaceAll(strings.Split(strings.Trim(path, "/"), "/")[0], "-", "_")
	}
	for _, candidate := range []string{tablesOf[name], name, name + "s", strings.TrimSuffix(name, "s")} {
		if known[candidate] != nil {
			return candidate
		}
	}
	return "items"
}

// id gives an id for a field: the last row's, or a new one that nobody has.
func (f *filler) id(field, path string) string {
	if rows := f.rows[tableOf(field, path, f.rows)]; len(rows) > 0 && !f.creates {
		if id, ok := rows[f.turn%len(rows)]["id"].(string); ok {
			f.taken++
			return f.say(id)
		}
	}
	if rows := f.own[tableOf(field, path, f.own)]; len(rows) > 0 && f.creates {
		if id, ok := rows[0]["id"].(string); ok {
			return f.say(id) // what is to be made has to hang on something that is there
		}
	}
	return f.say(uuid.NewString())
}

// newID is the id of something to be made: nobody's yet, or one of the rows' to
// see whether it is taken here too.
func (f *filler) newID(path string, depth int) string {
	if rows := f.rows[tableOf("id", path, f.rows)]; f.creates && depth == 0 && len(rows) > 0 {
		if id, ok := rows[len(rows)-1]["id"].(string); ok {
			f.taken++
			return f.say(id)
		}
	}
	return f.say(uuid.NewString())
}

func (f *filler) say(text string) string {
	f.said = append(f.said, text)
	return text
}

// word gives a text for a field: one of the rows', or one that nobody has.
func (f *filler) word(field string) string {
	for column, table := range map[string]string{"code": "barcodes", "barcode": "barcodes", "q": "customers", "sku": "items", "series": "devices"} {
		if field != column || len(f.rows[table]) == 0 || f.inBody && !f.creates {
			continue
		}
		row := f.rows[table][len(f.rows[table])-1]
		for _, name := range []string{"code", "sku", "series", "name"} {
			if text, ok := row[name].(string); ok && text != "" && !f.spent[f.area+text] {
				f.taken++
				return f.say(text)
			}
		}
	}
	return f.say("w" + strings.ReplaceAll(uuid.NewString(), "-", "")[:14])
}

// known are values that have to be right for a request to come far.
func (f *filler) known(field string) (any, bool) {
	switch field {
	case "currency":
		return "EUR", true
	case "country":
		return "DE", true
	case "locale", "language":
		return "en", true
	case "time_zone":
		return "Europe/Berlin", true
	case "role", "base":
		return "pos_user", true
	case "key", "grants", "denials":
		if !f.inBody {
			return map[string]string{"key": "pos_user"}[field], true
		}
	case "grant":
		return "catalog.read", true
	case "denial":
		return "catalog.edit", true
	case "email":
		return f.say("w" + uuid.NewString()[:12] + "@example.org"), true
	case "pin":
		return "2468", true
	case "plu":
		return "", true
	case "from", "to", "day", "date", "on":
		return "2026-03-01", true
	case "hour":
		return "12", true
	case "flag", "kind", "status", "kinds":
		if !f.inBody {
			return "", true
		}
	case "tax_code", "unit":
		table := map[string]string{"tax_code": "tax_codes", "unit": "units"}[field]
		if rows := f.own[table]; len(rows) > 0 {
			return rows[0]["code"], true
		}
	case "quantity", "counted", "rate", "min_stock", "on_hand", "unit_cost":
		return "1", true
	case "sold_by":
		return "each", true
	case "tax_included", "prices_include_tax":
		return true, true
	}
	return nil, false
}

func (f *filler) value(schema *huma.Schema, field, path string, depth int) any {
	if schema.Ref != "" {
		schema = f.api.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	if depth > 6 {
		return nil
	}
	if value, ok := f.known(field); ok && schema.Type != "object" && schema.Type != "array" {
		if schema.Type == "string" || schema.Type == "boolean" {
			return value
		}
	}
	switch {
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Type == "object":
		return f.object(schema, path, depth)
	case schema.Type == "array":
		return []any{f.value(schema.Items, strings.TrimSuffix(field, "s"), path, depth+1)}
	case schema.Type == "integer" || schema.Type == "number":
		return f.number(schema, field)
	case schema.Type == "boolean":
		return true
	case schema.Type == "string":
		return f.text(schema, field, path)
	default:
		return map[string]any{}
	}
}

func (f *filler) object(schema *huma.Schema, path string, depth int) any {
	out := map[string]any{}
	names := make([]string, 0, len(schema.Properties))
	for name := range schema.Properties {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if name == "id" {
			out[name] = f.newID(path, depth)
			continue
		}
		out[name] = f.value(schema.Properties[name], name, path, depth+1)
	}
	return out
}

func (f *filler) number(schema *huma.Schema, field string) any {
	value := 1.0
	if strings.HasSuffix(field, "_minor") {
		value = 1000
	}
	if schema.Minimum != nil && value < *schema.Minimum {
		value = *schema.Minimum
	}
	if schema.Maximum != nil && value > *schema.Maximum {
		value = *schema.Maximum
	}
	return int64(value)
}

func (f *filler) text(schema *huma.Schema, field, path string) any {
	if schema.Format == "uuid" || isID(field) {
		return f.id(field, path)
	}
	switch schema.Format {
	case "date":
		return "2026-03-01"
	case "date-time":
		return "2026-03-01T10:00:00Z"
	}
	if schema.ContentEncoding != "" {
		return ""
	}
	if strings.Contains(schema.Pattern, "[0-9]") {
		return "2468"
	}
	return f.word(field)
}

// request is one call, ready to be sent by anybody.
type request struct {
	method, target string
	body           []byte
	said           []string
	from           string      // the caller's address; "" is one that nobody called from before
	headers        http.Header // beside or instead of the usual ones
}

// fill makes a request for a route.
func (f *filler) fill(route web.Route) request {
	f.said, f.taken, f.inBody, f.area = nil, 0, false, strings.Split(route.Path, "/")[1]
	op := operationOf(f.api, route)
	target := "/api" + route.Path
	query := url.Values{}
	for _, param := range op.Parameters {
		switch param.In {
		case "path":
			value := fmt.Sprint(f.value(param.Schema, param.Name, route.Path, 0))
			target = strings.ReplaceAll(target, "{"+param.Name+"}", url.PathEscape(value))
		case "query":
			if isText := param.Schema.Type == "string" && len(param.Schema.Enum) == 0; param.Required || isText && param.Name != "after" && param.Name != "sort" {
				query.Set(param.Name, fmt.Sprint(f.value(param.Schema, param.Name, route.Path, 0)))
			}
		}
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	out := request{method: route.Method, target: target}
	if op.RequestBody != nil {
		f.inBody = true
		media := op.RequestBody.Content["application/json"]
		out.body = must(json.Marshal(f.value(media.Schema, "", route.Path, 0)))
	}
	out.said = append([]string{}, f.said...)
	return out
}

func operationOf(api *huma.OpenAPI, route web.Route) *huma.Operation {
	item := api.Paths["/api"+route.Path]
	return map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete, "PATCH": item.Patch}[route.Method]
}

// answer is what came back.
type answer struct {
	status int
	body   string
	header http.Header
	said   []string
}

// call sends a request to a shop's address under a token, with an operation id.
func (r *ring) call(to *shop, token, operation string, in request) answer {
	req := httptest.NewRequest(in.method, "http://"+to.slug+"."+domain+in.target, bytes.NewReader(in.body))
	if in.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if operation == "" {
		operation = uuid.NewString()
	}
	req.Header.Set("Idempotency-Key", operation)
	// Each call from elsewhere: what is tried here is not how often one may try.
	r.calls++
	req.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:40000", r.calls>>16&255, r.calls>>8&255, r.calls&255)
	if in.from != "" {
		req.RemoteAddr = in.from
	}
	rec := httptest.NewRecorder()
	for name, values := range in.headers {
		req.Header[name] = values
	}
	r.program.Web.ServeHTTP(rec, req)
	got := answer{status: rec.Code, body: rec.Body.String(), header: rec.Header(), said: in.said}
	if r.watching != nil && to != r.a {
		r.watching.see(in.method+" "+in.target, got.body+fmt.Sprint(got.header), in.said)
	}
	return got
}

// callFrom is a call by nobody from one address.
func (r *ring) callFrom(address string, to *shop, in request) answer {
	in.from = address
	return r.call(to, "", "", in)
}

// code is the problem's code.
func (a answer) code() string {
	var problem struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal([]byte(a.body), &problem)
	return problem.Code
}

var reference = regexp.MustCompile(`"ref":"[^"]*"|\(ref [^)]*\)`)

// bare is an answer without what differs between any two: its reference, and
// whatever the caller said, which is put down by its place in the request.
func (a answer) bare() string {
	text := reference.ReplaceAllString(a.body, "")
	for i, said := range a.said {
		text = strings.ReplaceAll(text, said, fmt.Sprintf("‹%d›", i))
	}
	if a.status < 300 {
		text = "" // what was done; the canaries look at it
	}
	names := make([]string, 0, len(a.header))
	for name := range a.header {
		names = append(names, name)
	}
	sort.Strings(names)
	return fmt.Sprint(a.status, " ", names, "\n", text)
}
