package api

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"runtime/debug"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"go.uber.org/zap"

	"tiermap/api/exec"
)

// What handlers leave for the access log.
const (
	operationKey = "operation"
	codeKey      = "code"
)

var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identify gives the request the id that the client or a proxy sent, where it is
// fit for a log, or one of its own.
func identify(g *gin.Context) {
	id := g.GetHeader("X-Request-ID")
	if !saneID.MatchString(id) {
		var random [8]byte
		rand.Read(random[:]) // never fails
		id = hex.EncodeToString(random[:])
	}
	g.Header("X-Request-ID", id)
	g.Request = g.Request.WithContext(exec.WithRequestID(g.Request.Context(), id))
}

// logAccess writes one line a request. It names the operation and never the
// question itself, which may say what somebody is worried about.
func (s server) logAccess(g *gin.Context) {
	start := time.Now()
	g.Next()
	level := zap.InfoLevel
	if slices.Contains([]string{"/healthz", "/readyz"}, g.FullPath()) {
		level = zap.DebugLevel
	}
	s.Log.Log(level, "request",
		zap.String("request", exec.RequestID(g.Request.Context())),
		zap.String("method", g.Request.Method),
		zap.String("path", g.Request.URL.Path),
		zap.Int("status", g.Writer.Status()),
		zap.Duration("duration", time.Since(start)),
		zap.Int("bytes", max(g.Writer.Size(), 0)),
		zap.String("operation", g.GetString(operationKey)),
		zap.String("code", g.GetString(codeKey)),
	)
}

// survive answers a panic of a handler with an error and logs where it came from.
func (s server) survive(g *gin.Context) {
	defer func() {
		if r := recover(); r != nil {
			g.Abort()
			err := fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			if g.Writer.Written() {
				s.Log.Error("an answer broke off", zap.Error(err), zap.String("request", exec.RequestID(g.Request.Context())))
				return
			}
			s.fail(g, err)
		}
	}()
	g.Next()
}

// secure sets the headers that keep a browser from doing more than it should.
// What is not one of our pages is never to be rendered at all.
func secure(g *gin.Context) {
	g.Header("X-Content-Type-Options", "nosniff")
	g.Header("X-Frame-Options", "DENY")
	g.Header("Referrer-Policy", "no-referrer")
	g.Header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

// allowOrigins lets the pages of some other origins ask.
func (s server) allowOrigins(g *gin.Context) {
	origin := g.GetHeader("Origin")
	if len(s.Origins) == 0 || origin == "" {
		return
	}
	g.Header("Vary", "Origin")
	if !slices.Contains(s.Origins, origin) && !slices.Contains(s.Origins, "*") {
		return
	}
	g.Header("Access-Control-Allow-Origin", origin)
	g.Header("Access-Control-Expose-Headers", "X-Request-ID")
	if g.Request.Method != http.MethodOptions || g.GetHeader("Access-Control-Request-Method") == "" {
		return
	}
	g.Header("Access-Control-Allow-Methods", "GET, POST")
	g.Header("Access-Control-Allow-Headers", "Content-Type, X-Request-ID")
	g.Header("Access-Control-Max-Age", "600")
	g.AbortWithStatus(http.StatusNoContent)
}
