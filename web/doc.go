// Package web holds the pages that the server shows, as they are embedded in
// the binary. Their sources stand beside the built files in dist; "make web"
// builds them anew.
package web
