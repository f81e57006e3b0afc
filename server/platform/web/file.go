package web

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"souk/server/platform/db"
	"souk/shared/wire"
)

// File is an answer that a browser saves. Its bytes go out as they are.
type File struct {
	Name        string
	ContentType string
	Body        []byte
}

// GetFile reads a file. It is a Get whose answer is not JSON: always an
// attachment, so that no browser takes what somebody uploaded for a page of ours.
func GetFile[I any](path string, needs wire.Permission, use Use[I, File]) Route {
	r := describe[I, File](http.MethodGet, path, needs)
	r.register = func(s *Server, r Route) {
		op := s.operation(r)
		op.Responses["200"].Content = map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}
		huma.Register(s.api, op, func(ctx context.Context, in *I) (*attachment, error) {
			out, err := sendFile(ctx, s, use, *in)
			if err != nil {
				return nil, problemOf(ctx, err)
			}
			return out, nil
		})
	}
	return r
}

type attachment struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	NoStore     string `header:"Cache-Control"`
	Body        []byte
}

func sendFile[I any](ctx context.Context, s *Server, use Use[I, File], in I) (*attachment, error) {
	var file File
	who := identityOf(ctx)
	err := s.database.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		file, err = use(ctx, tx, in)
		return err
	})
	return &attachment{ContentType: file.ContentType, Disposition: disposition(file.Name), NoStore: "no-store", Body: file.Body}, err
}

// disposition names the file for old and new programs (RFC 6266).
func disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	header := mime.FormatMediaType("attachment", map[string]string{"filename": plain})
	if plain != name {
		header += fmt.Sprintf("; filename*=UTF-8''%s", url.PathEscape(name))
	}
	return header
}
