package neo4j

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"time"

	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/notifications"
)

type (
	params      = map[string]any
	transaction = bolt.ManagedTransaction
)

// work is what is done in one transaction. It may be done again, from its start,
// also where it was done already and the answer got lost.
type work func(ctx context.Context, tx transaction) error

// blip is how long a question waits for a server that does not answer: no longer
// than a leader or a connection takes to be replaced.
const blip = time.Second

// How long to wait before something is tried again: at first, at most.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = time.Second
)

func (o Options) auth() bolt.AuthToken {
	switch {
	case o.Token != "":
		return bolt.BearerAuth(o.Token)
	case o.User != "":
		return bolt.BasicAuth(o.User, o.Password, "")
	default:
		return bolt.NoAuth()
	}
}

func configure(c *config.Config) {
	// Trying again is our own affair: see attempt.
	c.MaxTransactionRetryTime = time.Nanosecond
	c.ConnectionAcquisitionTimeout = 10 * time.Second
	c.SocketConnectTimeout = 5 * time.Second
	c.ConnectionLivenessCheckTimeout = 30 * time.Second
	c.NotificationsMinSeverity = notifications.DisabledLevel
	c.TelemetryDisabled = true
	c.UserAgent = "tiermap"
	c.ReadBufferSize = 1 << 16
}

// read asks the server.
func (s *Store) read(ctx context.Context, w work) error { return s.readWithin(ctx, blip, w) }

// readWithin waits as long for a server that does not answer.
func (s *Store) readWithin(ctx context.Context, wait time.Duration, w work) error {
	return s.attempt(ctx, bolt.AccessModeRead, wait, w)
}

// write changes the graph; it waits for a server as long as the options say.
func (s *Store) write(ctx context.Context, w work) error {
	return s.writeWithin(ctx, s.options.Wait, w)
}

func (s *Store) writeWithin(ctx context.Context, wait time.Duration, w work) error {
	return s.attempt(ctx, bolt.AccessModeWrite, wait, w)
}

// attempt does work in a managed transaction, again and again while what is in
// its way may pass, for as long as wait.
func (s *Store) attempt(ctx context.Context, mode bolt.AccessMode, wait time.Duration, w work) error {
	start := time.Now()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := s.once(ctx, mode, w)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !passing(err) || time.Since(start)+pause > wait {
			return s.explain(err, time.Since(start))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// once does work in one transaction, whose time-out is that of ctx.
func (s *Store) once(ctx context.Context, mode bolt.AccessMode, w work) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var limits []func(*bolt.TransactionConfig)
	if deadline, ok := ctx.Deadline(); ok {
		limits = append(limits, bolt.WithTxTimeout(max(time.Until(deadline), time.Millisecond).Round(time.Millisecond)))
	}
	ctx, cancel := patient(ctx)
	defer cancel()
	session := s.driver.NewSession(ctx, bolt.SessionConfig{
		AccessMode: mode, DatabaseName: s.options.Database, BookmarkManager: s.bookmarks, FetchSize: bolt.FetchAll,
	})
	defer session.Close(context.WithoutCancel(ctx)) //nolint:errcheck // what was done is done
	execute := session.ExecuteRead
	if mode == bolt.AccessModeWrite {
		execute = session.ExecuteWrite
	}
	_, err := execute(ctx, func(tx transaction) (any, error) { return nil, w(ctx, tx) }, limits...)
	var limit *bolt.TransactionExecutionLimit
	if errors.As(err, &limit) && len(limit.Errors) > 0 {
		return limit.Errors[len(limit.Errors)-1]
	}
	return err
}

// patient returns a context that ends with ctx, but for a deadline, which the
// server keeps: it ends a little after that, so that the answer "timed out" can
// arrive and the connection stays of use.
func patient(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	longer, cancel := context.WithDeadline(context.WithoutCancel(ctx), deadline.Add(blip))
	stop := context.AfterFunc(ctx, func() {
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			cancel()
		}
	})
	return longer, func() { stop(); cancel() }
}

// do runs a statement whose result does not matter.
func do(ctx context.Context, tx transaction, cypher string, p params) error {
	result, err := tx.Run(ctx, cypher, p)
	if err != nil {
		return err
	}
	_, err = result.Consume(ctx)
	return err
}

// all runs a statement and returns its records.
func all(ctx context.Context, tx transaction, cypher string, p params) ([][]any, error) {
	result, err := tx.Run(ctx, cypher, p)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for result.Next(ctx) {
		rows = append(rows, result.Record().Values)
	}
	return rows, result.Err()
}

// one runs a statement that has one record.
func one(ctx context.Context, tx transaction, cypher string, p params) ([]any, error) {
	rows, err := all(ctx, tx, cypher, p)
	if err == nil && len(rows) != 1 {
		err = fmt.Errorf("%w: %d records where one was due: %s", errUnexpected, len(rows), cypher)
	}
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// numbers reads a list of whole numbers.
func numbers(v any) []int64 {
	list, _ := v.([]any)
	out := make([]int64, len(list))
	for i, v := range list {
		out[i], _ = v.(int64)
	}
	return out
}

// strings reads a list of texts.
func texts(v any) []string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, v := range list {
		out[i], _ = v.(string)
	}
	return out
}

func number(v any) int64 {
	n, _ := v.(int64)
	return n
}

func text(v any) string {
	t, _ := v.(string)
	return t
}

// float reads a number, NaN where there is none.
func float(v any) float64 {
	if f, ok := v.(float64); ok {
		return f
	}
	return math.NaN()
}

// newToken names something apart from all else.
func newToken() string {
	t := make([]byte, 8)
	_, _ = rand.Read(t) // never fails
	return hex.EncodeToString(t)
}
