package neo4j

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// proxy stands between a store and a server, and cuts connections.
type proxy struct {
	listener net.Listener
	target   string

	mu      sync.Mutex
	cut     string // "reply": commits reach the server, their answers nobody; "request": commits do not reach it
	said    []byte // what clients have sent
	commits int    // how many were seen
	cuts    int    // and how many of them cut
}

// The message COMMIT of Bolt as one chunk: its length, a structure without
// fields, its signature, the end of the message.
var commitMessage = []byte{0x00, 0x02, 0xB0, 0x12, 0x00, 0x00}

// newProxy listens before a server at bolt://HOST:PORT.
func newProxy(t *testing.T, url string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	p := &proxy{listener: l, target: strings.TrimPrefix(url, "bolt://")}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p
}

func (p *proxy) url() string { return "bolt://" + p.listener.Addr().String() }

// cutEverySecond cuts every second commit from now on; "" none.
func (p *proxy) cutEverySecond(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut, p.commits, p.cuts = what, 0, 0
}

// hears reports whether a client has sent a text.
func (p *proxy) hears(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Contains(p.said, []byte(text))
}

func (p *proxy) listen(said []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = append(p.said, said...)
}

// seen returns how many commits were cut since then.
func (p *proxy) seen() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

// next says what becomes of a commit.
func (p *proxy) next() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.commits++
	if p.cut == "" || p.commits%2 == 0 {
		return ""
	}
	p.cuts++
	return p.cut
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close() //nolint:errcheck // it is cut
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close() //nolint:errcheck // it is cut
	var quiet sync.Mutex // held when answers are kept back
	silenced := false
	answers := make(chan bool, 1000)
	go func() {
		defer client.Close() //nolint:errcheck // it is cut
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			quiet.Lock()
			silent := silenced
			quiet.Unlock()
			if silent {
				answers <- true
				return
			}
			if n > 0 {
				if _, err := client.Write(buffer[:n]); err != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		p.listen(buffer[:n])
		if bytes.HasSuffix(buffer[:n], commitMessage) {
			switch p.next() {
			case "request":
				return
			case "reply":
				quiet.Lock()
				silenced = true
				quiet.Unlock()
				if _, err := server.Write(buffer[:n]); err == nil {
					<-answers // the server has committed
				}
				return
			}
		}
		if _, err := io.Copy(server, bytes.NewReader(buffer[:n])); err != nil {
			return
		}
	}
}
