package api

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"tiermap/queries"
)

// forBrowser are the pages that Neo4j Browser fetches: its own page comes from
// another origin, with headers that make a browser ask first. They say nothing of
// the store, so that any page may have them.
func forBrowser(r gin.IRoutes) {
	for path, show := range map[string]gin.HandlerFunc{"/guide": showGuide, "/style.grass": showStyle, "/queries.zip": showSaved} {
		r.GET(path, anyOrigin, show)
		r.OPTIONS(path, anyOrigin)
	}
}

func anyOrigin(g *gin.Context) {
	g.Header("Access-Control-Allow-Origin", "*")
	if g.Request.Method == http.MethodOptions {
		g.Header("Access-Control-Allow-Methods", "GET")
		g.Header("Access-Control-Allow-Headers", "Cache-Control, Pragma, Content-Type, Accept")
		g.Header("Access-Control-Max-Age", "600")
		g.AbortWithStatus(http.StatusNoContent)
	}
}

// showGuide serves the guide for :play, with links to where it came from.
func showGuide(g *gin.Context) {
	var text bytes.Buffer
	if err := queries.WriteGuide(&text, reached(g.Request)); err != nil {
		panic(err) // the guide is part of the program
	}
	g.Header("Cache-Control", "no-store") // others may reach it elsewhere
	g.Data(http.StatusOK, "text/html; charset=utf-8", text.Bytes())
}

// reached is the address at which the client reaches this server: what it asked
// for, which in a container is not what the server listens on, or what a proxy
// says that it was asked for.
func reached(r *http.Request) string {
	scheme, host := "http", r.Host
	if r.TLS != nil || forwarded(r, "X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	if h := forwarded(r, "X-Forwarded-Host"); h != "" {
		host = h
	}
	return scheme + "://" + host
}

// forwarded is what the first of several proxies says, the one next to the client.
func forwarded(r *http.Request, header string) string {
	first, _, _ := strings.Cut(r.Header.Get(header), ",")
	return strings.TrimSpace(first)
}

func showStyle(g *gin.Context) {
	g.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(queries.Style))
}

func showSaved(g *gin.Context) {
	var archive bytes.Buffer
	if err := queries.WriteSaved(&archive); err != nil {
		panic(err) // they are part of the program
	}
	g.Data(http.StatusOK, "application/zip", archive.Bytes())
}
