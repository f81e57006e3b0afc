package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"souk/server/platform/db"
	"souk/shared/wire"
)

// Picture is an answer that a page shows. Its address must name its content: what
// was got once is never asked for again. Only give what this program has drawn.
type Picture struct {
	Tag         string // of this content and no other
	ContentType string
	Body        []byte
}

// GetPicture reads a picture. It is a Get whose answer is not JSON.
func GetPicture[I any](path string, needs wire.Permission, use Use[I, Picture]) Route {
	r := describe[I, Picture](http.MethodGet, path, needs)
	r.register = func(s *Server, r Route) {
		op := s.operation(r)
		op.Responses["200"].Content = map[string]*huma.MediaType{
			"image/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}
		huma.Register(s.api, op, func(ctx context.Context, in *I) (*shown, error) {
			var picture Picture
			err := s.database.Read(ctx, identityOf(ctx), func(ctx context.Context, tx *db.Tx) (err error) {
				picture, err = use(ctx, tx, *in)
				return err
			})
			if err != nil {
				return nil, problemOf(ctx, err)
			}
			return show(picture, callOf(ctx).known), nil
		})
	}
	return r
}

type shown struct {
	Status      int
	ContentType string `header:"Content-Type"`
	Tag         string `header:"ETag"`
	Keep        string `header:"Cache-Control"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

// show answers with the picture, or with nothing if the caller has it already.
// Opened by itself it may run nothing.
func show(p Picture, known string) *shown {
	out := &shown{
		Status: http.StatusOK, ContentType: p.ContentType, Tag: `"` + p.Tag + `"`, Keep: "private, max-age=31536000, immutable",
		Policy: "default-src 'none'; sandbox", Body: p.Body,
	}
	for tag := range strings.SplitSeq(known, ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == out.Tag {
			out.Status, out.Body, out.ContentType = http.StatusNotModified, nil, ""
		}
	}
	return out
}
