package selftest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"souk/server/platform/web"
)

// filler makes up a request for a route from its own description, with ids from
// somebody's rows or, without rows, ids that nobody has.
type filler struct {
	api   *huma.OpenAPI
	rows  map[string][]map[string]any
	turn  int    // which of the rows
	text  string // what every text parameter says; "" for a word that nobody has
	said  []string
	taken int // how many ids are from rows
}

// tablesOf says whose id a field holds, where its name does not.
var tablesOf = map[string]string{
	"method": "payment_methods", "original": "sales", "parent": "categories", "person": "people", "opened_by": "people", "closed_by": "people",
	"category": "categories", "tax_code": "tax_codes", "price_list": "price_lists", "account": "accounts", "entity": "items", "exception": "upload_exceptions",
	"entry": "journal_entries", "journal": "journal_entries", "shift": "shifts", "store": "stores", "role": "roles",
	"transfers": "stock_transfers", "from_location": "locations", "to_location": "locations",
}

// isID tells fields that hold an id by their name.
func isID(field string) bool {
	return field == "id" || strings.HasSuffix(field, "_id") || strings.HasSuffix(field, "_by") ||
		slices.Contains([]string{"category", "location", "register", "store", "person", "customer", "item", "shift", "account"}, field)
}

func (f *filler) tableOf(field, path string) string {
	name := strings.TrimSuffix(field, "_id")
	if before, _, of := strings.Cut(path, "/{id}"); field == "id" && of {
		if parent := strings.ReplaceAll(before[strings.LastIndex(before, "/")+1:], "-", "_"); f.rows[parent] != nil {
			return parent
		}
	}
	if field == "id" {
		name = strings.ReplaceAll(strings.Split(strings.Trim(path, "/"), "/")[0], "-", "_")
	}
	for _, candidate := range []string{tablesOf[name], name, name + "s", strings.TrimSuffix(name, "s")} {
		if f.rows[candidate] != nil {
			return candidate
		}
	}
	return "items"
}

// id gives an id for a field: a row's, or a new one that nobody has.
func (f *filler) id(field, path string) string {
	if rows := f.rows[f.tableOf(field, path)]; len(rows) > 0 {
		if id, ok := rows[f.turn%len(rows)]["id"].(string); ok {
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

func (f *filler) word() string {
	if f.text != "" {
		return f.say(f.text)
	}
	return f.say("w" + strings.ReplaceAll(uuid.NewString(), "-", "")[:14])
}

// known are values that have to be right for a request to come far.
var known = map[string]any{
	"currency": "EUR", "country": "DE", "locale": "en", "language": "en", "time_zone": "Europe/Berlin", "role": "pos_user", "base": "pos_user", "key": "pos_user",
	"grant": "catalog.read", "denial": "catalog.edit", "email": "nobody@throwaway.invalid", "to": "2026-03-01", "pin": "2468", "plu": "",
	"from": "2026-03-01", "day": "2026-03-01", "date": "2026-03-01", "on": "2026-03-01", "hour": "12", "quantity": "1", "counted": "1", "rate": "1",
	"min_stock": "1", "on_hand": "1", "unit_cost": "1", "sold_by": "each", "unit": "each", "tax_code": "standard", "tax_included": true, "prices_include_tax": true,
}

func (f *filler) value(schema *huma.Schema, field, path string, depth int) any {
	if schema.Ref != "" {
		schema = f.api.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	if depth > 6 {
		return nil
	}
	if value, ok := known[field]; ok && (schema.Type == "string" || schema.Type == "boolean") {
		return value
	}
	switch {
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Type == "object":
		return f.object(schema, path, depth)
	case schema.Type == "array":
		return []any{f.value(schema.Items, strings.TrimSuffix(field, "s"), path, depth+1)}
	case schema.Type == "integer" || schema.Type == "number":
		return number(schema, field)
	case schema.Type == "boolean":
		return true
	case schema.Type == "string":
		return f.string(schema, field, path)
	default:
		return map[string]any{}
	}
}

func (f *filler) object(schema *huma.Schema, path string, depth int) any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		if name == "id" {
			out[name] = f.say(uuid.NewString()) // what is to be made is the caller's own
			continue
		}
		out[name] = f.value(schema.Properties[name], name, path, depth+1)
	}
	return out
}

func number(schema *huma.Schema, field string) any {
	value := int64(1)
	if strings.HasSuffix(field, "_minor") {
		value = 1000
	}
	if schema.Minimum != nil {
		value = max(value, int64(*schema.Minimum))
	}
	if schema.Maximum != nil {
		value = min(value, int64(*schema.Maximum))
	}
	return value
}

func (f *filler) string(schema *huma.Schema, field, path string) any {
	switch {
	case schema.Format == "uuid" || isID(field):
		return f.id(field, path)
	case schema.Format == "date":
		return "2026-03-01"
	case schema.Format == "date-time":
		return "2026-03-01T10:00:00Z"
	case schema.ContentEncoding != "":
		return ""
	case strings.Contains(schema.Pattern, "[0-9]"):
		return "2468"
	}
	return f.word()
}

// fill makes a request for a route.
func (f *filler) fill(route web.Route) (request, error) {
	f.said, f.taken = nil, 0
	op := operationOf(f.api, route)
	target, query := "/api"+route.Path, url.Values{}
	for _, param := range op.Parameters {
		switch param.In {
		case "path":
			target = strings.ReplaceAll(target, "{"+param.Name+"}", url.PathEscape(fmt.Sprint(f.value(param.Schema, param.Name, route.Path, 0))))
		case "query":
			if f.asks(param) {
				query.Set(param.Name, fmt.Sprint(f.value(param.Schema, param.Name, route.Path, 0)))
			}
		}
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	out := request{method: route.Method, target: target}
	if op.RequestBody != nil {
		body, err := json.Marshal(f.value(op.RequestBody.Content["application/json"].Schema, "", route.Path, 0))
		if err != nil {
			return out, err
		}
		out.body = body
	}
	out.said = slices.Clone(f.said)
	return out, nil
}

// asks tells which parts of a query are sent: what must be there, ids and, when there
// is something to be said, texts.
func (f *filler) asks(param *huma.Param) bool {
	plain := param.Schema.Type == "string" && len(param.Schema.Enum) == 0
	return param.Required || plain && (isID(param.Name) || f.text != "")
}

func operationOf(api *huma.OpenAPI, route web.Route) *huma.Operation {
	item := api.Paths["/api"+route.Path]
	return map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete, http.MethodPatch: item.Patch,
	}[route.Method]
}
