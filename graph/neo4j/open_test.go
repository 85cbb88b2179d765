package neo4j

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tiermap/graph"
	"tiermap/graph/neo4j/neo4jtest"
)

// wantNoStore opens a store that cannot be opened, at once.
func wantNoStore(t *testing.T, what string, o Options, code graph.Code, says ...string) {
	t.Helper()
	start := time.Now()
	s, err := Open(t.Context(), o)
	if s != nil {
		_ = s.Close()
	}
	wantError(t, what, err, code, says...)
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("%s: it took %v to say %q", what, took, err)
	}
	if o.Password != "" && strings.Contains(err.Error(), o.Password) {
		t.Errorf("%s: %q shows the password", what, err)
	}
}

// TestAddresses opens what is no address of a server, and where there is none.
func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		o    Options
		code graph.Code
		says string
	}{
		{Options{}, graph.BadInput, "is no address"},
		{Options{URL: "localhost"}, graph.BadInput, "is no address"},
		{Options{URL: "http://127.0.0.1:7474"}, graph.BadInput, "http"},
		{Options{URL: "neo4j://neo4j:secret@127.0.0.1"}, graph.BadInput, "apart"},
		{Options{URL: "neo4j://127.0.0.1", User: "neo4j", Token: "x"}, graph.BadInput, "one of the two"},
		{Options{URL: "bolt://127.0.0.1:1", Wait: -1}, graph.StoreDown, "connection refused"},
		{Options{URL: "neo4j://127.0.0.1:1", Wait: -1}, graph.StoreDown, "cannot be reached"},
		{Options{URL: "bolt://127.0.0.1:1", Wait: 2 * time.Second}, graph.StoreDown, "waited 1 seconds"},
		{Options{URL: "bolt://no-such-host.invalid:7687", Wait: -1}, graph.StoreDown, "no such host"},
	} {
		wantNoStore(t, c.o.URL, c.o, c.code, c.says)
	}
}

// TestWhoMayComeIn opens with wrong credentials, a wrong database, and TLS where
// there is none.
func TestWhoMayComeIn(t *testing.T) {
	a := neo4jtest.Shared(t)
	change := func(f func(*Options)) Options {
		o := options(a)
		f(&o)
		return o
	}
	host := strings.TrimPrefix(a.URL, "bolt://")
	wantNoStore(t, "wrong password", change(func(o *Options) { o.User, o.Password = "nobody", "a wrong password" }), graph.BadInput, "does not accept", "user nobody")
	wantNoStore(t, "nobody", change(func(o *Options) { o.User, o.Password = "", "" }), graph.BadInput, "does not accept", "give it a user")
	p := newProxy(t, a.URL) // this server knows no tokens: what matters is that it is given one
	wantNoStore(t, "token", change(func(o *Options) { o.URL, o.User, o.Password, o.Token = p.url(), "", "", "a.bearer.token" }),
		graph.BadInput, "does not accept the token")
	if !p.hears("bearer") || !p.hears("a.bearer.token") || p.hears("basic") {
		t.Error("the token was not passed on as a bearer token")
	}
	wantNoStore(t, "no such database", change(func(o *Options) { o.Database = "elsewhere" }), graph.BadInput, "no database of that name", "/elsewhere")
	for _, scheme := range []string{"bolt+s", "bolt+ssc", "neo4j+s", "neo4j+ssc"} {
		wantNoStore(t, scheme, change(func(o *Options) { o.URL = scheme + "://" + host }), graph.BadInput, "does not speak TLS")
	}
	// Routing, and the database by its name.
	neo4jtest.EmptyAt(t, a)
	s := openStore(t, change(func(o *Options) { o.URL, o.Database = "neo4j://"+host, "neo4j" }))
	loadAll(t, s, graph.Dataset{ID: "a"}, trades(0, 10))
	wantLines(t, s, 10)
}

// TestVersions opens graphs of other versions of tiermap, and none.
func TestVersions(t *testing.T) {
	a := neo4jtest.Empty(t)
	readOnly := options(a)
	readOnly.ReadOnly = true
	wantNoStore(t, "an empty database to be read only", readOnly, graph.StoreDown, "load something into it first")
	s := openStore(t, options(a))
	loadAll(t, s, graph.Dataset{ID: "a"}, trades(0, 10))
	for _, c := range []struct{ set, says, todo string }{
		{"s.schema = 2", "newer tiermap (schema 2, this one has 1)", "use that one"},
		{"s.schema = 0", "older tiermap (schema 0, this one has 1)", "load the data again"},
		{"s.schema = 1, s.fingerprint = 'other'", "other tables", "load the data again"},
	} {
		run(t, s, "MATCH (s:Store) SET "+c.set, nil)
		wantNoStore(t, c.set, options(a), graph.BadInput, c.says, c.todo)
	}
	run(t, s, "MATCH (s:Store) SET s.fingerprint = $fingerprint", params{"fingerprint": s.model.fingerprint()})
	reader := openStore(t, readOnly)
	wantLines(t, reader, 10)
	_, err := reader.Begin(t.Context(), graph.Dataset{ID: "b"})
	wantError(t, "Begin", err, graph.BadInput, "read only")
	_, err = reader.Remove(t.Context(), "a")
	wantError(t, "Remove", err, graph.BadInput, "read only")
	wantError(t, "Tidy", reader.Tidy(t.Context()), graph.BadInput, "read only")

	neo4jtest.EmptyAgain(t, a)
	_, err = reader.Snapshot(t.Context())
	wantError(t, "Snapshot of a database that was emptied", err, graph.StoreDown, "emptied")
}

// TestRules drops an index and a constraint: opening makes them again. A database
// whose nodes are somebody else's cannot have them.
func TestRules(t *testing.T) {
	a := neo4jtest.Empty(t)
	s := openStore(t, options(a))
	run(t, s, "DROP INDEX trades_code_year", nil)
	run(t, s, "DROP CONSTRAINT company_id", nil)
	run(t, s, "CREATE (:Company {id: 'x'}), (:Company {id: 'x'})", nil)
	wantNoStore(t, "two companies of one id", options(a), graph.BadInput, "other data", "Company")
	run(t, s, "MATCH (c:Company) DELETE c", nil)
	openStore(t, options(a))
	ready := map[string]bool{}
	for _, row := range run(t, s, "SHOW INDEXES YIELD name, state WHERE state = 'ONLINE' RETURN name", nil) {
		ready[text(row[0])] = true
	}
	for _, r := range s.model.rules() {
		if !ready[r.name] {
			t.Errorf("%s is not there", r.name)
		}
	}
}

// TestFingerprint holds the number of the schema and the schema together: where
// this fails, count schemaVersion up and write the new fingerprint here.
func TestFingerprint(t *testing.T) {
	const version, fingerprint = 1, "fe614553762d4b74"
	if got := newModel().fingerprint(); schemaVersion != version || got != fingerprint {
		t.Errorf("schema %d has fingerprint %s, want %d and %s", schemaVersion, got, version, fingerprint)
	}
}

// TestMeaning tells errors of the server that a test cannot bring about.
func TestMeaning(t *testing.T) {
	s := &Store{name: "neo4j://example.org:7687", options: Options{User: "ann"}}
	s.opened.Store(true)
	for _, c := range []struct {
		err  error
		code graph.Code
		says string
	}{
		{serverError("Neo.ClientError.Security.Unauthorized"), graph.StoreDown, "does not accept the user ann"},
		{serverError("Neo.ClientError.Security.AuthenticationRateLimit"), graph.StoreDown, "too often"},
		{serverError("Neo.ClientError.Security.Forbidden"), graph.StoreDown, "does not allow this to the user ann"},
		{serverError("Neo.TransientError.General.DatabaseUnavailable"), graph.StoreDown, "starting"},
		{serverError("Neo.TransientError.General.OutOfMemoryError"), graph.StoreDown, "out of memory"},
		{serverError("Neo.TransientError.General.MemoryPoolOutOfMemoryError"), graph.TooLarge, "dbms.memory.transaction.total.max"},
		{serverError("Neo.ClientError.Cluster.NotALeader"), graph.StoreDown, "read-only"},
		{serverError("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase"), graph.StoreDown, "read-only"},
		{serverError("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration"), graph.Timeout, "more time"},
		{serverError("Neo.TransientError.Transaction.DeadlockDetected"), graph.StoreBusy, "try again"},
		{serverError("Neo.TransientError.Transaction.Terminated"), graph.StoreDown, "ended what it was doing"},
		{serverError("Neo.DatabaseError.General.UnknownError"), graph.Internal, "the log has the details"},
		{errors.New("something else"), graph.Internal, "the log has the details"},
		{fmt.Errorf("wrapped: %w", graph.Errorf(graph.NotFound, "as it was")), graph.NotFound, "as it was"},
	} {
		wantError(t, c.err.Error(), s.explain(c.err, 0), c.code, c.says)
	}
}

func serverError(code string) error { return &serverFailure{Code: code, Msg: "message"} }
