package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"souk/shared/fault"
	"souk/shared/wire"
)

// fixedRoutes are those that belong to no module and no shop.
func (s *Server) fixedRoutes() {
	s.echo.GET("/healthz", func(ec echo.Context) error {
		ec.Response().Header().Set(wire.ServerHeader, "1")
		return ec.String(http.StatusOK, "ok\n")
	})
	s.echo.GET("/readyz", func(ec echo.Context) error {
		ctx, cancel := context.WithTimeout(ec.Request().Context(), 2*time.Second)
		defer cancel()
		if err := s.ready(ctx); err != nil {
			return ec.String(http.StatusServiceUnavailable, "the database does not answer\n")
		}
		return ec.String(http.StatusOK, "ready\n")
	})
	if s.cfg.Metrics != nil {
		s.echo.GET("/metrics", echo.WrapHandler(s.cfg.Metrics))
	}
	described := sync.OnceValues(func() ([]byte, error) { return json.Marshal(s.api.OpenAPI()) })
	s.echo.GET("/api/openapi.json", func(ec echo.Context) error {
		body, err := described()
		if err != nil {
			return err
		}
		return ec.Blob(http.StatusOK, "application/json", body)
	})
	s.echo.GET("/api/docs", func(ec echo.Context) error {
		var page bytes.Buffer
		if err := docsPage.Execute(&page, docsOf(s.api.OpenAPI())); err != nil {
			return err
		}
		return ec.HTMLBlob(http.StatusOK, page.Bytes())
	})
}

func (s *Server) unknownShop(ec echo.Context) error {
	return ec.HTML(http.StatusNotFound, `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>No shop here</title><body style="font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem">
<h1>There is no shop at this address</h1><p>Check the name before the first dot. It is the one your shop chose when it signed up.</p></body></html>`)
}

// shut is what stands at the address of a shop that is suspended or closed.
var shut = map[string]struct{ direction, title, text string }{
	"en": {"ltr", "This shop is closed for now", "It is suspended or closed, and nothing of it is lost. Its owner asks whoever keeps the server to open it again. Tills go on selling and send what they sold afterwards."},
	"es": {"ltr", "Esta tienda está cerrada por ahora", "Está suspendida o cerrada, y no se ha perdido nada. Su propietario puede pedir a quien lleva el servidor que la abra de nuevo. Las cajas siguen vendiendo y envían después lo vendido."},
	"ar": {"rtl", "هذا المتجر مغلق الآن", "المتجر موقوف أو مغلق ولم يضع منه شيء. يطلب مالكه ممن يدير الخادم أن يفتحه مرة أخرى. تستمر الصناديق في البيع وترسل ما باعته بعد ذلك."},
}

// shutShop tells people that the shop is there and shut, and programs to come back.
func (s *Server) shutShop(ec echo.Context) error {
	r := ec.Request()
	if strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/live" {
		s.write(ec, problemOf(r.Context(), fault.Unavailable("auth.shop_shut").Say("This shop is suspended or closed. What is sold waits at the till.")))
		return nil
	}
	language := "en"
	for _, asked := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		asked, _, _ = strings.Cut(strings.TrimSpace(asked), ";")
		asked, _, _ = strings.Cut(strings.ToLower(asked), "-")
		if _, spoken := shut[asked]; spoken {
			language = asked
			break
		}
	}
	says := shut[language]
	ec.Response().Header().Set("Cache-Control", "no-store")
	ec.Response().Header().Set("Vary", "Accept-Language")
	return ec.HTML(http.StatusServiceUnavailable, fmt.Sprintf(`<!doctype html><html lang="%s" dir="%s"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>%[3]s</title><body style="font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem">
<h1>%[3]s</h1><p>%[4]s</p></body></html>`, language, says.direction, says.title, says.text))
}

func newRequestID() string { return strings.ToLower(rand.Text()[:13]) }

func listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(ctx, "tcp", address)
}

// docs is the API's description as its page shows it.
type docs struct {
	Title, Version, Description string
	Groups                      []docsGroup
}

type docsGroup struct {
	Name   string
	Routes []docsRoute
}

type docsRoute struct {
	ID, Method, Path, Permission string
	Params                       []*huma.Param
	Request, Response            string
}

func docsOf(api *huma.OpenAPI) docs {
	byTag := map[string][]docsRoute{}
	for path, item := range api.Paths {
		for method, op := range map[string]*huma.Operation{
			"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete,
		} {
			if op == nil {
				continue
			}
			permission, _ := op.Extensions["x-permission"].(string)
			byTag[op.Tags[0]] = append(byTag[op.Tags[0]], docsRoute{
				ID: op.OperationID, Method: method, Path: path, Permission: permission, Params: op.Parameters,
				Request: bodySchema(api, op), Response: answerSchema(api, op),
			})
		}
	}
	out := docs{Title: api.Info.Title, Version: api.Info.Version, Description: api.Info.Description}
	for tag, routes := range byTag {
		sort.Slice(routes, func(i, j int) bool {
			return routes[i].Path+routes[i].Method < routes[j].Path+routes[j].Method
		})
		out.Groups = append(out.Groups, docsGroup{tag, routes})
	}
	sort.Slice(out.Groups, func(i, j int) bool { return out.Groups[i].Name < out.Groups[j].Name })
	return out
}

func bodySchema(api *huma.OpenAPI, op *huma.Operation) string {
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return ""
	}
	return example(api, op.RequestBody.Content["application/json"].Schema, 0)
}

func answerSchema(api *huma.OpenAPI, op *huma.Operation) string {
	answer := op.Responses["200"]
	if answer == nil || answer.Content["application/json"] == nil {
		return ""
	}
	return example(api, answer.Content["application/json"].Schema, 0)
}

// example writes a schema in the form of the JSON it describes.
func example(api *huma.OpenAPI, schema *huma.Schema, depth int) string {
	if schema.Ref != "" {
		if schema = api.Components.Schemas.SchemaFromRef(schema.Ref); schema == nil {
			return "…"
		}
	}
	pad := strings.Repeat("  ", depth)
	switch {
	case depth > 5:
		return "…"
	case schema.Items != nil:
		return "[ " + example(api, schema.Items, depth) + " ]"
	case len(schema.Properties) > 0:
		names := make([]string, 0, len(schema.Properties))
		for name := range schema.Properties {
			names = append(names, name)
		}
		sort.Strings(names)
		lines := make([]string, len(names))
		for i, name := range names {
			lines[i] = pad + "  " + name + ": " + example(api, schema.Properties[name], depth+1)
			if description := schema.Properties[name].Description; description != "" {
				lines[i] += "   // " + description
			}
		}
		return "{\n" + strings.Join(lines, "\n") + "\n" + pad + "}"
	case schema.Format != "":
		return schema.Type + " (" + schema.Format + ")"
	default:
		return schema.Type
	}
}

var docsPage = template.Must(template.New("docs").Parse(`<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{{.Title}} API</title><style>
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1.5rem;display:grid;grid-template-columns:14rem 1fr;gap:2rem}
nav{position:sticky;top:1rem;align-self:start;max-height:95vh;overflow:auto}nav a{display:block;padding:.15rem 0}header{grid-column:1/-1}
details{border:1px solid #8884;border-radius:8px;margin:.5rem 0;padding:.4rem .8rem}summary{cursor:pointer}summary b{display:inline-block;width:4.5rem}
pre{overflow:auto;background:#8881;padding:.8rem;border-radius:6px;font-size:13px}code.p{float:inline-end;opacity:.7}a{color:inherit}
@media(max-width:700px){body{display:block}nav{position:static}}</style><body>
<header><h1>{{.Title}} API <small>{{.Version}}</small></h1><p>{{.Description}} The machine-readable form is <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).
Every write takes an <code>Idempotency-Key</code>; errors are <code>application/problem+json</code> with a <code>code</code>.</p></header>
<nav>{{range .Groups}}<a href="#{{.Name}}">{{.Name}}</a>{{end}}</nav><main>
{{range .Groups}}<h2 id="{{.Name}}">{{.Name}}</h2>{{range .Routes}}<details id="{{.ID}}"><summary><b>{{.Method}}</b> <code>{{.Path}}</code> <code class="p">{{.Permission}}</code></summary>
{{if .Params}}<p>Parameters:</p><ul>{{range .Params}}<li><code>{{.Name}}</code> in {{.In}}{{if .Required}}, required{{end}} {{.Description}}</li>{{end}}</ul>{{end}}
{{if .Request}}<p>Body:</p><pre>{{.Request}}</pre>{{end}}{{if .Response}}<p>Answer:</p><pre>{{.Response}}</pre>{{end}}</details>{{end}}{{end}}
</main></body></html>`))
