package till

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"souk/shared/wire"
)

// picturesAtOnce is how many pictures a request asks for: some 4 kB each.
const picturesAtOnce = 40

// pictureLoad is the share of an exchange that pictures get: so many requests, then
// the till looks again whether something was sold or has changed.
const pictureLoad = 5

// lookAtItems fetches pictures after an exchange that went well. Trouble with them is
// none of the till's: they are asked for again with the next exchange.
func (e *Engine) lookAtItems(s server) {
	more, err := e.fetchPictures(s)
	if err == nil && more {
		e.poke()
	}
}

// fetchPictures brings what items look like, once everything that selling needs is
// here. A picture's id is made of its content: it is fetched once and never again.
// It answers true if there are more.
func (e *Engine) fetchPictures(s server) (more bool, err error) {
	for range pictureLoad {
		lacking, err := e.lackingPictures()
		if err != nil || len(lacking) == 0 {
			return false, err
		}
		texts := make([]string, len(lacking))
		for i, id := range lacking {
			texts[i] = id.String()
		}
		var page wire.Page[wire.TillPicture]
		err = s.get(e.ctx, "/api/sync/pictures?"+url.Values{"ids": {strings.Join(texts, ",")}}.Encode(), &page)
		if refusedWith(err) == http.StatusNotFound {
			return false, nil // a server from before items had pictures
		}
		if err != nil {
			return false, err
		}
		if err := e.keepPictures(lacking, page.Rows); err != nil {
			return false, err
		}
	}
	return true, nil
}

// lackingPictures names pictures of items that are not here, some of them. The ones
// that no item has any more are let go when nothing is lacking.
func (e *Engine) lackingPictures() ([]uuid.UUID, error) {
	e.mu.Lock()
	named := e.items.pictures()
	e.mu.Unlock()
	have, err := column(e.ctx, e.catalogue.db, "select id from pictures")
	if err != nil {
		return nil, err
	}
	loose := []string{}
	for _, text := range have {
		id, err := uuid.Parse(text)
		if err == nil && named[id] {
			delete(named, id)
			continue
		}
		loose = append(loose, text)
	}
	lacking := make([]uuid.UUID, 0, picturesAtOnce)
	for id := range named {
		if lacking = append(lacking, id); len(lacking) == picturesAtOnce {
			return lacking, nil
		}
	}
	if len(lacking) > 0 || len(loose) == 0 {
		return lacking, nil
	}
	return nil, e.catalogue.write(e.ctx, func(tx *sql.Tx) error {
		for _, id := range loose {
			if _, err := tx.ExecContext(e.ctx, "delete from pictures where id = ?", id); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepPictures keeps what came. One that was asked for and is gone is kept empty,
// so that it is not asked for for ever.
func (e *Engine) keepPictures(asked []uuid.UUID, came []wire.TillPicture) error {
	return e.catalogue.write(e.ctx, func(tx *sql.Tx) error {
		for _, p := range came {
			if err := keepPicture(e.ctx, tx, p); err != nil {
				return err
			}
		}
		for _, id := range asked {
			if err := keepPicture(e.ctx, tx, wire.TillPicture{ID: id, Bytes: []byte{}}); err != nil {
				return err
			}
		}
		return nil
	})
}

func keepPicture(ctx context.Context, tx *sql.Tx, p wire.TillPicture) error {
	_, err := tx.ExecContext(ctx, "insert into pictures (id, content_type, body) values (?, ?, ?) on conflict (id) do nothing",
		p.ID.String(), p.ContentType, p.Bytes)
	return err
}

// Pictures answers GET /api/pictures/{id}/small from this till's own copy, with or
// without a network. What is not here yet is 404 and may be asked for again.
func (e *Engine) Pictures() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/pictures/{id}/small", func(w http.ResponseWriter, r *http.Request) {
		var kind string
		var body []byte
		row := e.catalogue.db.QueryRowContext(r.Context(), "select content_type, body from pictures where id = ?", r.PathValue("id"))
		if err := row.Scan(&kind, &body); err != nil && !errors.Is(err, sql.ErrNoRows) {
			http.Error(w, "the till's copy could not be read", http.StatusInternalServerError)
			return
		}
		if len(body) == 0 || kind != "image/jpeg" && kind != "image/png" {
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "this picture is not here", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
		_, _ = w.Write(body)
	})
	return mux
}
