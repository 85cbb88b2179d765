package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/graphql-go/graphql"
	"go.uber.org/zap"

	"tiermap/api"
	"tiermap/api/exec"
	"tiermap/graph"
)

// patience is how long a test waits for what has to happen, before it fails.
const patience = 20 * time.Second

func dial(t *testing.T, url, send string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // some tests have closed it
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, send); err != nil {
		t.Fatal(err)
	}
	return c
}

// A client that sends no more is cut off at the read time-out: its connection
// ends, which io.ReadAll notices, while ours would last longer.
func TestSlowClientsAreCutOff(t *testing.T) {
	timeouts := api.DefaultTimeouts()
	timeouts.ReadHeader, timeouts.Read, timeouts.Idle = 50*time.Millisecond, 100*time.Millisecond, 50*time.Millisecond
	url, _ := start(t, config(t), timeouts)
	tests := []struct{ name, send, want string }{
		{"nothing", "", ""},
		{"half a header", "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-", ""},
		{"half a body", "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"query\":", `{"errors":[{"message":"the request took too long to arrive","extensions":{"code":"TIMEOUT"}}]}`},
		{"half a chunk", "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"que", "408 Request Timeout"},
		{"nothing further", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", `{"status":"alive"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := io.ReadAll(dial(t, url, tt.send))
			if err != nil {
				t.Fatalf("the connection did not end: %v", err)
			}
			if !bytes.Contains(got, []byte(tt.want)) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
		})
	}
}

// A client that tells a large body is answered before it sends any of it.
func TestLargeBodiesAreRefusedUnread(t *testing.T) {
	c := dial(t, serve(t, config(t)), "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10485760\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusRequestEntityTooLarge || !response.Close {
		t.Errorf("status %d, close %v: %s", response.StatusCode, response.Close, text)
	}
}

// Most clients read the answer when they have sent everything, and have to find
// it then: the rest is taken from them, up to a bound.
func TestClientsThatSendFirstAreAnswered(t *testing.T) {
	url := serve(t, config(t))
	for _, tt := range []struct{ contentType, code string }{{"application/json", "TOO_LARGE"}, {"text/plain", "BAD_INPUT"}} {
		const length = 10 << 20
		c := dial(t, url, fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", tt.contentType, length))
		if _, err := c.Write(bytes.Repeat([]byte(" "), length)); err != nil {
			t.Fatalf("the connection ended before all was sent: %v", err)
		}
		response, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte(tt.code)) {
			t.Errorf("status %d: %s", response.StatusCode, text)
		}
	}
}

// The headers are part of what has to be read in time.
func TestTheReadTimeoutBoundsTheHeaders(t *testing.T) {
	timeouts := api.DefaultTimeouts()
	timeouts.ReadHeader, timeouts.Read = time.Hour, 50*time.Millisecond
	url, _ := start(t, config(t), timeouts)
	if _, err := io.ReadAll(dial(t, url, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-")); err != nil {
		t.Fatalf("the connection did not end: %v", err)
	}
}

func TestLongHeadersAreRefused(t *testing.T) {
	got, err := io.ReadAll(dial(t, serve(t, config(t)), "GET /graphql?query="+strings.Repeat("x", 1<<20)+" HTTP/1.1\r\n"))
	if err == nil && !bytes.HasPrefix(got, []byte("HTTP/1.1 431")) {
		t.Errorf("got %q", got)
	}
}

// waiting is a schema whose one field says when it has started, and then waits
// until it is released or told to stop.
type waiting struct {
	started chan struct{}
	release chan struct{}
	stopped chan error
}

func newWaiting(t *testing.T) (waiting, api.Config) {
	w := waiting{make(chan struct{}, 1), make(chan struct{}), make(chan error, 1)}
	c := config(t)
	c.Executor = exec.New(schema(t, graphql.Fields{"wait": {Type: graphql.String, Resolve: func(p graphql.ResolveParams) (any, error) {
		w.started <- struct{}{}
		select {
		case <-w.release:
			return "done", nil
		case <-p.Context.Done():
			w.stopped <- p.Context.Err()
			return nil, p.Context.Err()
		}
	}}}), exec.DefaultOptions())
	return w, c
}

func (w waiting) ask(url string) <-chan string {
	answer := make(chan string, 1)
	go func() {
		r, err := http.Get(url + get("{ wait }"))
		if err != nil {
			answer <- err.Error()
			return
		}
		text, err := io.ReadAll(r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			answer <- err.Error()
			return
		}
		answer <- strings.TrimSpace(string(text))
	}()
	return answer
}

func receive[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("%s did not happen", what)
		panic("unreachable")
	}
}

func TestAClientThatGoesAwayStopsTheWork(t *testing.T) {
	w, c := newWaiting(t)
	body, err := json.Marshal(map[string]string{"query": "{ wait }"})
	if err != nil {
		t.Fatal(err)
	}
	client := dial(t, serve(t, c), fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	receive(t, w.started, "the start")
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if err := receive(t, w.stopped, "the stop"); !errors.Is(err, context.Canceled) {
		t.Errorf("the resolver was told %v", err)
	}
}

func TestStoppingLetsRequestsEnd(t *testing.T) {
	w, c := newWaiting(t)
	url, stop := start(t, c, api.DefaultTimeouts())
	answer := w.ask(url)
	receive(t, w.started, "the start")
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	// When no new connection is taken any more, the stop is under way.
	for {
		client, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			break
		}
		if err := client.Close(); err != nil {
			t.Fatal(err)
		}
	}
	close(w.release)
	if got := receive(t, answer, "the answer"); got != `{"data":{"wait":"done"}}` {
		t.Errorf("got %s", got)
	}
	if err := receive(t, stopped, "the end"); err != nil {
		t.Error(err)
	}
}

func TestStoppingCutsOffWhatDoesNotEnd(t *testing.T) {
	w, c := newWaiting(t)
	timeouts := api.DefaultTimeouts()
	timeouts.Shutdown = 10 * time.Millisecond
	url, stop := start(t, c, timeouts)
	w.ask(url)
	receive(t, w.started, "the start")
	if err := stop(); err != nil {
		t.Error(err)
	}
	if err := receive(t, w.stopped, "the stop of the resolver"); !errors.Is(err, context.Canceled) {
		t.Errorf("the resolver was told %v", err)
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := api.Serve(context.Background(), l, handler(t, config(t)), api.DefaultTimeouts(), zap.NewNop()); err == nil {
		t.Error("served on a closed listener")
	}
}

func TestNewLog(t *testing.T) {
	var text bytes.Buffer
	log, err := api.NewLog("json", zap.InfoLevel, &text)
	if err != nil {
		t.Fatal(err)
	}
	log.Debug("not shown")
	log.Info("shown", zap.Duration("duration", 1500*time.Microsecond))
	var entry map[string]any
	if err := json.Unmarshal(text.Bytes(), &entry); err != nil || entry["msg"] != "shown" || entry["duration"] != 0.0015 {
		t.Errorf("%v: %s", err, text.String())
	}

	text.Reset()
	if log, err = api.NewLog("console", zap.InfoLevel, &text); err != nil {
		t.Fatal(err)
	}
	log.Info("shown", zap.String("path", "/"))
	if got := text.String(); !strings.HasSuffix(got, "\tinfo\tshown\t{\"path\": \"/\"}\n") {
		t.Errorf("got %q", got)
	}
	if _, err := api.NewLog("xml", zap.InfoLevel, &text); graph.CodeOf(err) != graph.BadInput {
		t.Errorf("got %v", err)
	}
}
