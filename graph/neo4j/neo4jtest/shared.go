package neo4jtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The variables that name a server.
const (
	urlVariable      = "TIERMAP_TEST_NEO4J_URL"
	httpVariable     = "TIERMAP_TEST_NEO4J_HTTP"
	userVariable     = "TIERMAP_TEST_NEO4J_USER"
	passwordVariable = "TIERMAP_TEST_NEO4J_PASSWORD"
)

// Environment returns the variables by which a process finds servers that one user
// may come into: their addresses stand side by side.
func Environment(servers ...Address) []string {
	var urls, pages []string
	for _, a := range servers {
		urls, pages = append(urls, a.URL), append(pages, a.HTTP)
	}
	return []string{urlVariable + "=" + strings.Join(urls, " "), httpVariable + "=" + strings.Join(pages, " "),
		userVariable + "=" + servers[0].User, passwordVariable + "=" + servers[0].Password}
}

// Named returns the servers that the environment names, if it names any.
func Named(ctx context.Context) (servers []Address, err error) {
	pages := strings.Fields(os.Getenv(httpVariable))
	for i, url := range strings.Fields(os.Getenv(urlVariable)) {
		a := Address{URL: url, User: os.Getenv(userVariable), Password: os.Getenv(passwordVariable)}
		if i < len(pages) {
			a.HTTP = pages[i]
		}
		if err := answers(ctx, a); err != nil {
			return nil, fmt.Errorf("the server at %s, which %s names, does not answer: %w", url, urlVariable, err)
		}
		servers = append(servers, a)
	}
	return servers, nil
}

// Empty lends the database of one of the run's servers to a test, without nodes; it
// is nobody else's until the test ends. Constraints and indexes may be there.
func Empty(t testing.TB) Address {
	t.Helper()
	a := borrow(t, servers(t))
	EmptyAgain(t, a)
	return a
}

// EmptyAt does so with a server that the test has found itself.
func EmptyAt(t testing.TB, a Address) {
	t.Helper()
	borrow(t, []Address{a})
	EmptyAgain(t, a)
}

// borrow waits until the database of one of some servers is nobody else's.
func borrow(t testing.TB, servers []Address) Address {
	t.Helper()
	cache, err := CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	paths := make([]string, len(servers))
	for i, a := range servers {
		sum := sha256.Sum256([]byte(a.URL))
		paths[i] = filepath.Join(cache, "database-"+hex.EncodeToString(sum[:6])+".lock")
	}
	which, unlock, err := lock(t.Context(), paths...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(unlock)
	return servers[which]
}

// EmptyAgain empties a database that the test has been lent.
func EmptyAgain(t testing.TB, a Address) {
	t.Helper()
	if err := empty(t.Context(), a); err != nil {
		t.Fatalf("the database at %s cannot be emptied: %v", a.URL, err)
	}
}

// empty deletes relationships type by type, which is fast whatever the planner
// thinks of the database, and then nodes.
func empty(ctx context.Context, a Address) error {
	types, err := query(ctx, a, "CALL db.relationshipTypes()")
	if err != nil {
		return err
	}
	for _, typ := range types {
		_, err := query(ctx, a, fmt.Sprintf("MATCH ()-[r:`%s`]->() USING SCAN r:`%s` CALL (r) { DELETE r } IN TRANSACTIONS OF 5000 ROWS", typ, typ))
		if err != nil {
			return err
		}
	}
	_, err = query(ctx, a, "MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS")
	return err
}

// Shared returns the address of a server that all tests of a run share: always the
// same one, whose user may come into all of them. It fails the test where there is
// none to be had.
func Shared(t testing.TB) Address {
	t.Helper()
	return servers(t)[0]
}

func servers(t testing.TB) []Address {
	t.Helper()
	list, err := find()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// lease is the use of a server until release is called.
type lease struct {
	Address
	release func()
}

// find looks for the servers once a process, and keeps them while that lives.
var find = sync.OnceValues(func() ([]Address, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*startWithin)
	defer cancel()
	if named, err := Named(ctx); len(named) > 0 || err != nil {
		return named, err
	}
	cache, err := CacheDir()
	if err != nil {
		return nil, err
	}
	l, err := join(ctx, cache, idle)
	return []Address{l.Address}, err
})

// join finds the server that processes share by a folder, or has one started that
// ends when it has idled for so long. Its users hold the lock "use" together;
// "start" is held by who looks or starts or ends it.
func join(ctx context.Context, dir string, idle time.Duration) (lease, error) {
	_, unlock, err := lock(ctx, filepath.Join(dir, "start.lock"))
	if err != nil {
		return lease{}, err
	}
	defer unlock()
	release, err := tryLock(filepath.Join(dir, "use.lock"), false)
	if err != nil {
		return lease{}, err
	}
	state := filepath.Join(dir, "server.json")
	if a, err := readAddress(state); err == nil && answers(ctx, a) == nil {
		return lease{a, release}, nil
	}
	_ = os.Remove(state) // of one that ended without a word
	a, err := startShared(ctx, dir, state, idle)
	if err != nil {
		release()
		return lease{}, err
	}
	return lease{a, release}, nil
}

// startShared has a program start that keeps a server, and waits for its address.
func startShared(ctx context.Context, dir, state string, idle time.Duration) (Address, error) {
	log := filepath.Join(dir, "server.log")
	if err := startProgram(ctx, filepath.Join(dir, "server"), log, "-share", dir, idle.String()); err != nil {
		return Address{}, err
	}
	for {
		if a, err := readAddress(state); err == nil {
			return a, nil
		}
		text, _ := os.ReadFile(log)
		if ended, err := tryLock(filepath.Join(dir, "server.lock"), true); err == nil {
			ended()
			if len(text) > 0 {
				return Address{}, fmt.Errorf("the shared Neo4j server did not come up:\n%s", tail(text, 2000))
			}
		}
		select {
		case <-ctx.Done():
			return Address{}, fmt.Errorf("the shared Neo4j server did not come up in time:\n%s", tail(text, 2000))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func startProgram(ctx context.Context, program, log string, args ...string) error {
	if err := run(exec.CommandContext(ctx, "go", "build", "-o", program, "tiermap/graph/neo4j/neo4jtest/server")); err != nil {
		return err
	}
	out, err := os.Create(log)
	if err != nil {
		return err
	}
	defer out.Close()                     //nolint:errcheck // the program has its own
	cmd := exec.Command(program, args...) //nolint:noctx // it outlives this process
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = detached()
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Process.Release()
}

func readAddress(path string) (a Address, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(text, &a)
}

// idle is how long the shared server waits for another user.
const idle = 30 * time.Second

// Share starts a server for all processes that share it by a folder, and ends it
// when none has used it for as long as it may idle, or when ctx ends.
func Share(ctx context.Context, dir string, idle time.Duration) error {
	unlock, err := tryLock(filepath.Join(dir, "server.lock"), true)
	if err != nil {
		return fmt.Errorf("another shared server is there: %w", err)
	}
	defer unlock()
	s, err := Start(ctx, Options{})
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // it is at its end
	text, err := json.Marshal(s.Address)
	if err != nil {
		return err
	}
	state := filepath.Join(dir, "server.json")
	if err := os.WriteFile(state+".part", text, 0o600); err != nil {
		return err
	}
	if err := os.Rename(state+".part", state); err != nil {
		return err
	}
	for unused := time.Duration(0); ; unused += time.Second {
		select {
		case <-ctx.Done():
			return os.Remove(state)
		case <-time.After(time.Second):
		}
		if ended := s.host.ended(); ended != nil {
			return errors.Join(ended, os.Remove(state))
		}
		if used(dir) {
			unused = 0
		}
		if unused < idle {
			continue
		}
		if retired, err := retire(ctx, dir, state); retired || err != nil {
			return err
		}
	}
}

// used reports whether a process uses the shared server.
func used(dir string) bool {
	unlock, err := tryLock(filepath.Join(dir, "use.lock"), true)
	if err != nil {
		return true
	}
	unlock()
	return false
}

// retire takes the address away, so that nobody joins a server that ends, unless
// somebody just did.
func retire(ctx context.Context, dir, state string) (bool, error) {
	_, unlock, err := lock(ctx, filepath.Join(dir, "start.lock"))
	if err != nil {
		return false, err
	}
	defer unlock()
	if used(dir) {
		return false, nil
	}
	return true, os.Remove(state)
}
