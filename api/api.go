package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"go.uber.org/zap"

	"tiermap/api/exec"
	"tiermap/api/gql/sdl"
	"tiermap/graph"
	"tiermap/web"
)

// Config is what the handler is made of.
type Config struct {
	Executor *exec.Executor
	Log      *zap.Logger
	// Ready says whether questions can be answered: nil, or why not.
	Ready func(context.Context) error
	Build Build
	// Examples are the first tabs of the GraphiQL page.
	Examples []Example
	// Origins are the web origins, such as https://example.org, whose pages may
	// ask from a browser; "*" allows any. None by default.
	Origins []string
	// BodyBytes bounds the body of a request, and the query string of a GET;
	// 0 stands for DefaultBodyBytes.
	BodyBytes int64
}

// DefaultBodyBytes leaves room for the longest document and its variables.
const DefaultBodyBytes = 256 << 10

// Build says what is running.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Methods string `json:"methods"` // version of the methods (docs/methods.md)
	Go      string `json:"go"`
}

// Example is a question to start from.
type Example struct {
	Title string `json:"title"`
	Query string `json:"query"` // the name of its operation becomes that of the tab
}

// readyTimeout bounds how long /readyz waits for the store.
const readyTimeout = 5 * time.Second

// New returns the handler of the whole API.
func New(c Config) (http.Handler, error) {
	if c.Executor == nil || c.Ready == nil {
		return nil, errors.New("api: a handler needs an executor and a readiness check")
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	if c.BodyBytes == 0 {
		c.BodyBytes = DefaultBodyBytes
	}
	page, err := graphiqlPage(c.Examples)
	if err != nil {
		return nil, err
	}
	schema := []byte(sdl.Print(c.Executor.Schema()))
	s := server{c}
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectTrailingSlash = false
	r.Use(identify, s.logAccess, s.survive, secure)
	forBrowser(r) // with rules of its own on who may ask
	r.Use(s.allowOrigins)
	r.NoRoute(func(g *gin.Context) {
		s.fail(g, graph.Errorf(graph.NotFound, "there is nothing here; GraphQL is at /graphql"))
	})
	r.NoMethod(func(g *gin.Context) {
		s.fail(g, httpError{http.StatusMethodNotAllowed, graph.Errorf(graph.BadInput, "%s is not answered here", g.Request.Method)})
	})

	r.POST("/graphql", s.post)
	r.GET("/graphql", s.get)
	r.GET("/schema.graphql", func(g *gin.Context) { g.Data(http.StatusOK, "text/plain; charset=utf-8", schema) })
	r.GET("/healthz", func(g *gin.Context) { g.JSON(http.StatusOK, gin.H{"status": "alive"}) })
	r.GET("/readyz", s.ready)
	r.GET("/version", func(g *gin.Context) { g.JSON(http.StatusOK, c.Build) })
	r.GET("/", showPage(web.Page("index.html")))
	r.GET("/graphiql", showPage(page))
	r.GET("/assets/*file", gin.WrapH(web.Assets()))
	return r, nil
}

// server is what the handlers share.
type server struct{ Config }

// ready asks whether questions can be answered.
func (s server) ready(g *gin.Context) {
	ctx, cancel := context.WithTimeout(g.Request.Context(), readyTimeout)
	defer cancel()
	err := s.Ready(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = graph.Errorf(graph.StoreDown, "the store did not answer within %v", readyTimeout)
	}
	if err != nil {
		s.fail(g, httpError{http.StatusServiceUnavailable, err})
		return
	}
	g.JSON(http.StatusOK, gin.H{"status": "ready"})
}
