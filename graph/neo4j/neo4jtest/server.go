package neo4jtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Address is where a server listens, and who may come in.
type Address struct {
	URL      string // bolt://127.0.0.1:PORT
	HTTP     string // http://127.0.0.1:PORT; not known of a server from the environment
	User     string
	Password string
}

// Options are the settings of a server; what is zero has a default that suits
// tests.
type Options struct {
	HeapMB      int               // 1024
	PageCacheMB int               // 512
	Settings    map[string]string // further lines of neo4j.conf
	// Certificates are files of the folder certificates/bolt.
	Certificates map[string][]byte
	// Bench: fast in the long run, not soon after its start, and never in a
	// container: a server to measure.
	Bench bool
}

// Server is a server that was started here.
type Server struct {
	Address
	bolt, http int
	options    Options
	host       host
}

// host runs a server: a process of this machine, or a container.
type host interface {
	// start starts the server anew, with what it held when it stopped.
	start(ctx context.Context, s *Server) error
	// admin is a program, made for this server, that does as neo4j-admin.
	admin(s *Server) (program string, err error)
	// stop ends it in good order, kill at once.
	stop() error
	kill() error
	// ended says why it is not running, nil while it is.
	ended() error
	// remove takes away all that it left behind.
	remove() error
}

// startWithin is how long a server may take to come up.
const startWithin = 5 * time.Minute

// Start starts a server of one's own on free ports of the loopback device. It
// must be closed.
func Start(ctx context.Context, o Options) (*Server, error) {
	s, err := Prepare(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.Restart(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Prepare makes a server that Restart starts. It must be closed.
func Prepare(ctx context.Context, o Options) (*Server, error) {
	if o.HeapMB == 0 {
		o.HeapMB = 1024
	}
	if o.PageCacheMB == 0 {
		o.PageCacheMB = 512
	}
	h, err := newHost(ctx, o)
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	s := &Server{bolt: ports[0], http: ports[1], options: o, host: h}
	s.Address = Address{URL: fmt.Sprintf("bolt://127.0.0.1:%d", s.bolt), HTTP: fmt.Sprintf("http://127.0.0.1:%d", s.http),
		User: "neo4j", Password: password()}
	return s, nil
}

// newHost chooses what runs the server.
func newHost(ctx context.Context, o Options) (host, error) {
	if !o.Bench && dockerAnswers(ctx) {
		return newContainer(), nil
	}
	p, err := newProcess(ctx)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Configure changes settings for the next Restart; an empty value takes one away.
func (s *Server) Configure(settings map[string]string) {
	merged := map[string]string{}
	for _, m := range []map[string]string{s.options.Settings, settings} {
		for name, value := range m {
			merged[name] = value
			if value == "" {
				delete(merged, name)
			}
		}
	}
	s.options.Settings = merged
}

// Restart starts the server after Stop or Kill, at the same address and with the
// same data, and waits until it answers.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.StartUp(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for {
		err := answers(ctx, s.Address)
		if err == nil {
			return nil
		}
		if ended := s.host.ended(); ended != nil {
			return ended
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the Neo4j server at %s did not answer in time: %w", s.URL, err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// StartUp starts the server as Restart does, and does not wait.
func (s *Server) StartUp(ctx context.Context) error { return s.host.start(ctx, s) }

// Import makes the database anew of the files that a script named import.sh in a
// folder imports. The server must not be running.
func (s *Server) Import(ctx context.Context, folder string) error {
	admin, err := s.host.admin(s)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "sh", filepath.Join(folder, "import.sh"), "--overwrite-destination", "--report-file="+os.DevNull)
	cmd.Env = append(os.Environ(), "NEO4J_ADMIN="+admin)
	return run(cmd)
}

// Stop ends the server in good order, as an operator would.
func (s *Server) Stop() error { return s.host.stop() }

// Kill ends the server at once, as a crash would.
func (s *Server) Kill() error { return s.host.kill() }

// Close ends the server and takes away all that it left behind.
func (s *Server) Close() error { return errors.Join(s.host.stop(), s.host.remove()) }

// answers returns nil where the server answers a query.
func answers(ctx context.Context, a Address) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := query(ctx, a, "RETURN 1")
	return err
}

// query runs a statement that commits by itself, and returns the first column of
// its result as text.
func query(ctx context.Context, a Address, statement string) ([]string, error) {
	driver, err := neo4j.NewDriverWithContext(a.URL, neo4j.BasicAuth(a.User, a.Password, ""))
	if err != nil {
		return nil, err
	}
	defer driver.Close(ctx) //nolint:errcheck // nothing is lost
	session := driver.NewSession(ctx, neo4j.SessionConfig{})
	defer session.Close(ctx) //nolint:errcheck // nothing is lost
	result, err := session.Run(ctx, statement, nil)
	if err != nil {
		return nil, err
	}
	var list []string
	for result.Next(ctx) {
		list = append(list, fmt.Sprint(result.Record().Values[0]))
	}
	return list, result.Err()
}

// freePorts finds ports of the loopback device that nobody listens on.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() //nolint:errcheck // it was only asked for its port
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

func password() string {
	p := make([]byte, 12)
	_, _ = rand.Read(p) // never fails
	return hex.EncodeToString(p)
}

// settings are the lines of neo4j.conf that every server here has. The Go
// driver takes the server's read time-out hint as a deadline of each read, which
// slows long results down eight times; keep-alive for requests is what sends it.
func (s *Server) settings() map[string]string {
	all := map[string]string{
		"server.bolt.enabled":                            "true",
		"server.bolt.connection_keep_alive_for_requests": "OFF",
		"server.bolt.advertised_address":                 fmt.Sprintf("127.0.0.1:%d", s.bolt),
		"server.http.enabled":                            "true",
		"server.http.advertised_address":                 fmt.Sprintf("127.0.0.1:%d", s.http),
		"server.https.enabled":                           "false",
		"server.memory.pagecache.size":                   fmt.Sprintf("%dm", s.options.PageCacheMB),
		"dbms.security.auth_enabled":                     "true",
		"db.tx_log.preallocate":                          "false",
		"dbms.usage_report.enabled":                      "false",
		"client.allow_telemetry":                         "false",
		"browser.remote_content_hostname_whitelist":      "localhost,127.0.0.1",
		"server.config.strict_validation.enabled":        "false",
	}
	for name, value := range s.options.Settings {
		all[name] = value
	}
	return all
}

// CacheDir is the folder, outside the checkout, that keeps what is fetched and
// what processes share.
func CacheDir() (string, error) {
	if dir := os.Getenv("TIERMAP_NEO4J_CACHE"); dir != "" {
		return dir, os.MkdirAll(dir, 0o700)
	}
	user, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder for a cache (set TIERMAP_NEO4J_CACHE): %w", err)
	}
	dir := user + "/tiermap/neo4j"
	return dir, os.MkdirAll(dir, 0o700)
}

// errNoServer says how to get a server.
func errNoServer(why string) error {
	return fmt.Errorf("no Neo4j server can be had for the tests: %s. Start a Docker engine, or install Maven and a JDK 17 or 21, "+
		"or name a server that may be emptied in TIERMAP_TEST_NEO4J_URL, TIERMAP_TEST_NEO4J_USER and TIERMAP_TEST_NEO4J_PASSWORD", why)
}

// run runs a program to its end and puts what it said into the error.
func run(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd.Args[0], err, tail(out, 2000))
	}
	return nil
}

func tail(text []byte, n int) []byte { return text[max(0, len(text)-n):] }
