package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"go.uber.org/zap"
)

// Timeouts bounds how long a connection may take.
type Timeouts struct {
	ReadHeader time.Duration // until the headers of a request are there; Read, where that is shorter
	Read       time.Duration // until the whole request is there
	Write      time.Duration // from the end of the headers to the end of the answer; longer than a request may run
	Idle       time.Duration // between two requests
	Shutdown   time.Duration // for running requests to end when the server stops
}

// DefaultTimeouts returns the defaults.
func DefaultTimeouts() Timeouts {
	return Timeouts{
		ReadHeader: 5 * time.Second,
		Read:       15 * time.Second,
		Write:      90 * time.Second,
		Idle:       2 * time.Minute,
		Shutdown:   10 * time.Second,
	}
}

// readHeader keeps the headers, which are part of the request, within its time.
// 0 is no limit.
func (t Timeouts) readHeader() time.Duration {
	if t.ReadHeader == 0 || t.Read > 0 && t.Read < t.ReadHeader {
		return t.Read
	}
	return t.ReadHeader
}

// headerBytes bounds the headers, and with them the address of a GET.
const headerBytes = 128 << 10

// Serve answers on the listener until ctx ends, then lets the running requests
// end and returns nil. Those that take longer than t.Shutdown are cut off.
func Serve(ctx context.Context, l net.Listener, h http.Handler, t Timeouts, log *zap.Logger) error {
	requests, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: t.readHeader(),
		ReadTimeout:       t.Read,
		WriteTimeout:      t.Write,
		IdleTimeout:       t.Idle,
		MaxHeaderBytes:    headerBytes,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ErrorLog:          zap.NewStdLog(log),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping", zap.Duration("at most", t.Shutdown))
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.Shutdown)
	defer cancel()
	err := server.Shutdown(patience)
	if errors.Is(err, context.DeadlineExceeded) {
		cutOff()
		return server.Close()
	}
	return err
}
