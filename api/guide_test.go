package api_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tiermap/queries"
)

// Neo4j Browser asks first, for it sends Cache-Control and Pragma, and then
// fetches; also where tiermap answers questions to chosen origins only.
func TestBrowserFetchesItsPages(t *testing.T) {
	c := config(t)
	c.Origins = []string{"http://127.0.0.1:7474"}
	h := handler(t, c)
	for path, contentType := range map[string]string{"/guide": "text/html; charset=utf-8", "/style.grass": "text/plain; charset=utf-8",
		"/queries.zip": "application/zip"} {
		for method, status := range map[string]int{http.MethodOptions: http.StatusNoContent, http.MethodGet: http.StatusOK} {
			r := httptest.NewRequest(method, path, nil)
			r.Header.Set("Origin", "http://127.0.0.1:7474")
			if method == http.MethodOptions {
				r.Header.Set("Access-Control-Request-Method", http.MethodGet)
				r.Header.Set("Access-Control-Request-Headers", "cache-control,pragma")
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != status || w.Header().Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s %s: status %d, headers %v", method, path, w.Code, w.Header())
			}
			allowed := strings.ToLower(w.Header().Get("Access-Control-Allow-Headers"))
			if method == http.MethodOptions && (!strings.Contains(allowed, "cache-control") || !strings.Contains(allowed, "pragma")) {
				t.Errorf("%s allows the headers %q", path, allowed)
			}
			if method == http.MethodGet && (w.Header().Get("Content-Type") != contentType || w.Body.Len() == 0) {
				t.Errorf("%s: %d bytes of %q", path, w.Body.Len(), w.Header().Get("Content-Type"))
			}
		}
	}
}

// The guide names the server as the reader does, and holds the catalogue's own
// queries.
func TestGuide(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "http://localhost:8123/guide", nil)
	w := httptest.NewRecorder()
	handler(t, config(t)).ServeHTTP(w, r)
	text := html.UnescapeString(w.Body.String())
	if n := strings.Count(text, "<slide "); n != 5 {
		t.Errorf("the guide has %d slides", n)
	}
	q, _ := queries.Find("chain-paths")
	_, query, _ := strings.Cut(q.Saved(), "\nMATCH")
	for _, want := range []string{":style http://localhost:8123/style.grass", "http://localhost:8123/queries.zip", "// " + q.Title + "\nMATCH" + query} {
		if !strings.Contains(text, want) {
			t.Errorf("the guide lacks %q", want)
		}
	}
}

// Behind a proxy the guide names the address that the reader asked the proxy for.
func TestGuideBehindAProxy(t *testing.T) {
	h := handler(t, config(t))
	for _, c := range []struct{ host, proto, forwarded, want string }{
		{"tiermap.example.org", "", "", "http://tiermap.example.org/style.grass"},
		{"tiermap.example.org", "https", "", "https://tiermap.example.org/style.grass"},
		{"127.0.0.1:8080", "https", "tiermap.example.org", "https://tiermap.example.org/style.grass"},
		{"127.0.0.1:8080", "https, http", "tiermap.example.org, inner:81", "https://tiermap.example.org/style.grass"},
		{"127.0.0.1:8080", "gopher", "", "http://127.0.0.1:8080/style.grass"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/guide", nil)
		r.Host = c.host
		r.Header.Set("X-Forwarded-Proto", c.proto)
		r.Header.Set("X-Forwarded-Host", c.forwarded)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if text := html.UnescapeString(w.Body.String()); !strings.Contains(text, ":style "+c.want) {
			t.Errorf("%+v: the guide does not name %s", c, c.want)
		}
	}
	const script = `x"><script>alert(1)</script>`
	for _, header := range []string{"Host", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		r := httptest.NewRequest(http.MethodGet, "/guide", nil)
		if r.Header.Set(header, script); header == "Host" {
			r.Host = script
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%s becomes part of the page", header)
		}
	}
}
