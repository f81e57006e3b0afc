package desktop

import (
	"bytes"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"souk/desktop/till"
	"souk/frontend"
)

// policy lets the page load nothing and talk to nobody but this program.
const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"font-src 'self' data:; connect-src 'self'; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'"

// bridge are the scripts that join page and program. Wails puts them into the
// page at "/" by itself, and into no other.
const bridge = `<script src="/wails/ipc.js"></script><script src="/wails/runtime.js"></script>`

// pages serves what the window shows: the built pages, with index.html for every
// screen's address, and the server's API by way of the engine.
type pages struct {
	files fs.FS
	api   http.Handler
	// pictures are those of items, from the till's own copy.
	pictures http.Handler
}

func newPages(engine *till.Engine) *pages {
	files, err := fs.Sub(frontend.FS, "dist")
	if err != nil {
		panic(err) // the folder's name is a constant
	}
	return &pages{files: files, api: engine.Proxy(), pictures: engine.Pictures()}
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/api/pictures/") {
		p.pictures.ServeHTTP(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		p.api.ServeHTTP(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "the till's pages can only be read", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	content, err := fs.ReadFile(p.files, name)
	if name == "" || name == "index.html" || err != nil {
		p.index(w, r, path.Ext(name) != "" && name != "index.html")
		return
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = http.DetectContentType(content)
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(content)
}

// index answers a screen's address. A file that is not there is an error and not
// a screen.
func (p *pages) index(w http.ResponseWriter, r *http.Request, missing bool) {
	content, err := fs.ReadFile(p.files, "index.html")
	if missing || err != nil {
		http.Error(w, "not found: "+r.URL.Path, http.StatusNotFound)
		return
	}
	if !strings.HasSuffix(r.URL.Path, "/") && !strings.HasSuffix(r.URL.Path, "/index.html") {
		content = bytes.Replace(content, []byte("<head>"), []byte("<head>"+bridge), 1)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	_, _ = w.Write(content)
}
