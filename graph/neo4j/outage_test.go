package neo4j

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"tiermap/graph"
	"tiermap/graph/neo4j/neo4jtest"
)

// certificate makes a certificate for the loopback device that nobody but itself
// has signed, as the files that Neo4j reads.
func certificate(t *testing.T) map[string][]byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tiermap test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	public, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"public.crt":  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: public}),
		"private.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
	}
}

// TestOutage kills a server in the middle of loads and of a question, starts it
// again, and starts it with what keeps it from answering: one server after the
// other, since each takes seconds to start.
func TestOutage(t *testing.T) {
	t.Parallel() // it mostly waits, on a server of its own
	server, err := neo4jtest.Start(t.Context(), neo4jtest.Options{HeapMB: 512, PageCacheMB: 128, Certificates: certificate(t), Settings: map[string]string{
		"dbms.ssl.policy.bolt.enabled": "true", "dbms.ssl.policy.bolt.base_directory": "certificates/bolt",
		"dbms.ssl.policy.bolt.private_key": "private.key", "dbms.ssl.policy.bolt.public_certificate": "public.crt",
		"dbms.ssl.policy.bolt.client_auth": "NONE", "server.bolt.tls_level": "OPTIONAL",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	o := options(server.Address)
	o.Wait = 2 * time.Second
	s := openStore(t, o) // which stays open through it all
	loadAll(t, s, graph.Dataset{ID: "a"}, trades(0, outageRows))
	ok := t.Run("TLS", func(t *testing.T) { testTLS(t, o) }) &&
		t.Run("Killed", func(t *testing.T) { testServerKilled(t, server, s) })
	if ok {
		t.Run("ReadOnlyAndShortOfMemory", func(t *testing.T) { testReadOnly(t, server, o) })
	}
}

const outageRows = 20_000

func testTLS(t *testing.T, o Options) {
	host := strings.TrimPrefix(o.URL, "bolt://")
	for _, scheme := range []string{"bolt+s", "neo4j+s"} {
		o.URL = scheme + "://" + host
		wantNoStore(t, scheme, o, graph.BadInput, "cannot be reached securely", "nobody that this machine trusts", "+ssc")
	}
	for _, scheme := range []string{"bolt+ssc", "neo4j+ssc"} {
		o.URL = scheme + "://" + host
		if got := len(linesOf(t, openStore(t, o))); got == 0 {
			t.Errorf("%s: no rows", scheme)
		}
	}
}

// wantDown checks that a store says that its server is down, and soon.
func wantDown(t *testing.T, s *Store) {
	t.Helper()
	start := time.Now()
	_, err := s.Snapshot(t.Context())
	wantError(t, "Snapshot of a server that was killed", err, graph.StoreDown, s.name)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v to say %v", took, err)
	}
}

// wantBack waits until a store answers again; until then it says that it is down.
func wantBack(t *testing.T, s *Store) {
	t.Helper()
	for start := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		sn, err := s.Snapshot(t.Context())
		if err == nil {
			if err := sn.Close(); err != nil {
				t.Error(err)
			}
			return
		}
		if wantError(t, "Snapshot of a server that is starting", err, graph.StoreDown); time.Since(start) > 2*time.Minute {
			t.Fatalf("the server is not back: %v", errors.Unwrap(err))
		}
	}
}

// testServerKilled kills a server in the middle of a question and of two loads,
// one of which waits until it is back.
func testServerKilled(t *testing.T, server *neo4jtest.Server, s *Store) {
	o := s.options
	o.Wait = 3 * time.Minute
	patient := openStore(t, o)
	survivor, err := patient.Begin(t.Context(), graph.Dataset{ID: "a"})
	if err != nil {
		t.Fatal(err)
	}
	victim, err := s.Begin(t.Context(), graph.Dataset{ID: "a"})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []graph.Load{survivor, victim} {
		if err := l.Write(t.Context(), trades(0, outageRows+5000)); err != nil {
			t.Fatal(err)
		}
	}

	sn := snapshotOf(t, s)
	got := 0
	count := func(b *graph.Batch) error { got += b.Len; return nil }
	err = sn.Read(t.Context(), graph.Query{Kind: graph.Trades}, func(b *graph.Batch) error {
		if got == 0 {
			if err := server.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		return count(b)
	})
	wantError(t, "Read", err, graph.StoreDown)
	if got == 0 || got >= outageRows {
		t.Errorf("%d rows of %d were read before the server was killed", got, outageRows)
	}
	for from := 0; err == nil || from == 0; from += 5000 {
		if from > 1_000_000 {
			t.Fatal("a load goes on though the server was killed")
		}
		err = victim.Write(t.Context(), trades(from, 5000))
	}
	wantError(t, "Write", err, graph.StoreDown)
	_, err = victim.Commit(t.Context())
	wantError(t, "Commit", err, graph.StoreDown)
	wantDown(t, s)

	if err := server.StartUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantBack(t, s)
	wantLines(t, s, outageRows) // as before
	got = 0
	if err := sn.Read(t.Context(), graph.Query{Kind: graph.Trades}, count); err != nil || got != outageRows {
		t.Errorf("the same snapshot reads %d rows after the restart, %v; want %d", got, err, outageRows)
	}
	if err := survivor.Write(t.Context(), trades(outageRows+5000, 15_000)); err != nil {
		t.Fatalf("Write: %v (%v)", err, errors.Unwrap(err))
	}
	replaced, err := survivor.Commit(t.Context())
	if err != nil || replaced != outageRows {
		t.Fatalf("Commit: %d rows replaced, %v (%v); want %d", replaced, err, errors.Unwrap(err), outageRows)
	}
	wantLines(t, s, 2*outageRows)
	if err := sn.Close(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(s.options.Lease) // of the load that failed
	if err := s.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantCount(t, s, 2*outageRows, "MATCH ()-[r:TRADES]->() RETURN count(r)")
	wantCount(t, s, 1, "MATCH (l:Load) RETURN count(l)")
}

// testReadOnly starts the server so that nothing can be written, transactions
// have little memory, and nobody is heard without TLS.
func testReadOnly(t *testing.T, server *neo4jtest.Server, o Options) {
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	server.Configure(map[string]string{"server.databases.default_to_read_only": "true", "dbms.memory.transaction.total.max": "48m", "server.bolt.tls_level": "REQUIRED"})
	if err := server.StartUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	plain := o
	o.URL = strings.Replace(o.URL, "bolt://", "bolt+ssc://", 1)
	o.Wait = 3 * time.Minute
	s := openStore(t, o) // waits until it has started
	wantNoStore(t, "without TLS", plain, graph.StoreDown, "wants TLS (neo4j+s://)")
	s.options.Wait = 2 * time.Second
	_, err := s.Begin(t.Context(), graph.Dataset{ID: "b"})
	wantError(t, "Begin", err, graph.StoreDown, "read-only")
	_, err = s.Remove(t.Context(), "a")
	wantError(t, "Remove", err, graph.StoreDown, "read-only")
	err = s.read(t.Context(), func(ctx context.Context, tx transaction) error {
		return do(ctx, tx, "UNWIND range(1, 10000000) AS i RETURN size(collect(i))", nil)
	})
	wantError(t, "a statement that needs more memory than there is", err, graph.TooLarge, "memory")
	wantLines(t, s, 2*outageRows) // what does not need it goes on
}
