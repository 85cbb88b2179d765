package api

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"tiermap/web"
)

// pagePolicy lets a page use what the server itself serves and nothing else.
// GraphiQL sets styles from its code.
const pagePolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
	"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

type pages struct {
	landingText, graphiqlText []byte
}

// examplesMark is where the pages take their examples from.
var examplesMark = []byte("/*examples*/[]")

func newPages(c Config) (*pages, error) {
	examples, err := json.Marshal(c.Examples) // escapes what could end a script
	if err != nil {
		return nil, err
	}
	return &pages{
		landingText:  web.Page("index.html"),
		graphiqlText: bytes.Replace(web.Page("graphiql.html"), examplesMark, examples, 1),
	}, nil
}

func (p *pages) landing(g *gin.Context)  { page(g, p.landingText) }
func (p *pages) graphiql(g *gin.Context) { page(g, p.graphiqlText) }

func page(g *gin.Context, text []byte) {
	g.Header("Content-Security-Policy", pagePolicy)
	g.Header("Cache-Control", "no-cache")
	g.Data(http.StatusOK, "text/html; charset=utf-8", text)
}
