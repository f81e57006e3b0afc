package web

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// packed serves files of the front end compressed, each made once. They are the
// same for everybody; answers with somebody's data are never compressed.
type packed struct {
	dist fs.FS
	made sync.Map // name → []byte
}

// text are the kinds of files that compression makes smaller.
var text = []string{".js", ".css", ".svg", ".json", ".txt", ".webmanifest"}

// serve reports false if the file, or who asks for it, is better served plain.
func (p *packed) serve(w http.ResponseWriter, r *http.Request, name string) bool {
	if !slices.Contains(text, path.Ext(name)) || r.Header.Get("Range") != "" || !takesGzip(r) {
		return false
	}
	body, err := p.get(name)
	if err != nil {
		return false
	}
	head := w.Header()
	head.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	head.Set("Content-Encoding", "gzip")
	head.Add("Vary", "Accept-Encoding")
	head.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
	return true
}

func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}

func (p *packed) get(name string) ([]byte, error) {
	if body, ok := p.made.Load(name); ok {
		return body.([]byte), nil
	}
	plain, err := fs.ReadFile(p.dist, name)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	writer, err := gzip.NewWriterLevel(&body, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := writer.Write(plain); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	p.made.Store(name, body.Bytes())
	return body.Bytes(), nil
}
