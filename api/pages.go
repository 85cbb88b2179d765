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

// examplesMark is where the page takes its examples from.
var examplesMark = []byte("/*examples*/[]")

func graphiqlPage(examples []Example) ([]byte, error) {
	text, err := json.Marshal(examples) // escapes what could end the script that it stands in
	if err != nil {
		return nil, err
	}
	return bytes.Replace(web.Page("graphiql.html"), examplesMark, text, 1), nil
}

func showPage(text []byte) gin.HandlerFunc {
	return func(g *gin.Context) {
		g.Header("Content-Security-Policy", pagePolicy)
		g.Header("Cache-Control", "no-cache")
		g.Data(http.StatusOK, "text/html; charset=utf-8", text)
	}
}
