package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed dist
var dist embed.FS

// Page returns a built page. A page that does not exist is a mistake of the
// program, and panics.
func Page(name string) []byte {
	text, err := dist.ReadFile("dist/" + name)
	if err != nil {
		panic(err)
	}
	return text
}

// Assets returns the handler of the files that the pages use, by path under
// /assets. A browser keeps them, and asks whether they have changed.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := fs.ReadFile(dist, path.Join("dist", path.Clean("/"+r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		sum := sha256.Sum256(text)
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, path.Base(r.URL.Path), time.Time{}, bytes.NewReader(text))
	})
}
