package neo4j

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	bolt "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"tiermap/graph"
)

// errUnexpected is an answer of the server that this package does not expect.
var errUnexpected = errors.New("unexpected answer")

// passing reports whether what is in the way may pass by itself. That a commit's
// answer got lost is among it: all work here may be done twice.
func passing(err error) bool {
	if lost(err) {
		return insecure(err) == "" // TLS that fails once fails again
	}
	var server *bolt.Neo4jError
	if errors.As(err, &server) {
		switch server.Code {
		case "Neo.ClientError.Statement.EntityNotFound", // a node that was found has gone meanwhile
			"Neo.ClientError.Schema.ConstraintValidationFailed", // one that was to be deleted has a relationship again
			"Neo.ClientError.Cluster.NotALeader":
			return true
		}
	}
	return bolt.IsRetryable(err)
}

// lost reports whether there is no connection, or no longer. Not all that happens
// to one comes as the driver's own error.
func lost(err error) bool {
	var driver *bolt.ConnectivityError
	var network net.Error
	return errors.As(err, &driver) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// insecure says what is wrong with TLS, "" where it is not TLS. The driver hides
// the errors of crypto/tls and crypto/x509 but for their texts.
func insecure(err error) string {
	text := err.Error()
	_, certificate, _ := strings.Cut(text, "x509: ")
	switch {
	case strings.Contains(text, "signed by unknown authority"):
		return "nobody that this machine trusts has signed its certificate; have it signed, or write neo4j+ssc:// (bolt+ssc://) to trust it as it is"
	case certificate != "":
		return "its certificate does not hold: " + certificate
	case strings.Contains(text, "does not look like a TLS handshake"), strings.Contains(text, "check that TLS is enabled"):
		return "it does not speak TLS; write neo4j:// or bolt:// without +s or +ssc"
	case strings.Contains(text, "tls: "):
		return "TLS failed: " + text[strings.Index(text, "tls: ")+len("tls: "):]
	}
	return ""
}

// unreached says why no connection came about, "" where one did.
func unreached(err error) string {
	for _, reason := range []string{"connection refused", "no such host", "i/o timeout", "network is unreachable", "no route to host"} {
		if text := err.Error(); strings.Contains(text, "dial tcp") && strings.Contains(text, reason) {
			return reason
		}
	}
	return ""
}

// explain says what an error of the driver or the server means for the user, who
// has waited for a while. Errors that have a code stay as they are.
func (s *Store) explain(err error, waited time.Duration) error {
	var coded *graph.Error
	if err == nil || errors.As(err, &coded) {
		return err
	}
	after := ""
	if waited > blip {
		after = fmt.Sprintf("; waited %d seconds", int(waited.Seconds()))
	}
	var server *bolt.Neo4jError
	if errors.As(err, &server) {
		code, message := s.meaning(server)
		return graph.Wrap(code, err, "%s%s", message, after)
	}
	var usage *bolt.UsageError
	tls, unreached := insecure(err), unreached(err)
	switch {
	case tls != "":
		return graph.Wrap(s.setup(), err, "the Neo4j server at %s cannot be reached securely: %s", s.name, tls)
	case unreached != "":
		return graph.Wrap(graph.StoreDown, err, "the Neo4j server at %s cannot be reached (%s); start it, or correct the address%s", s.name, unreached, after)
	case errors.As(err, &usage):
		return graph.Wrap(s.setup(), err, "the Neo4j server at %s cannot be asked: %v", s.name, usage)
	case lost(err):
		return graph.Wrap(graph.StoreDown, err, "the Neo4j server at %s does not answer: it is down or starting, or wants TLS (neo4j+s://)%s", s.name, after)
	default:
		return graph.Wrap(graph.Internal, err, "the Neo4j server at %s was asked something wrong; the log has the details", s.name)
	}
}

// setup is the code of what is wrong with the address or who asks: a mistake of
// whoever opens the store; later on, the store's.
func (s *Store) setup() graph.Code {
	if s.opened.Load() {
		return graph.StoreDown
	}
	return graph.BadInput
}

// meaning tells what an error of the server means, with what to do about it.
func (s *Store) meaning(e *bolt.Neo4jError) (graph.Code, string) {
	title := e.Code[strings.LastIndexByte(e.Code, '.')+1:]
	switch title {
	case "Unauthorized", "CredentialsExpired", "TokenExpired", "AuthorizationExpired":
		return s.setup(), "the Neo4j server at " + s.name + " does not accept the " + s.options.credentials() + " (" + title + "); correct them"
	case "AuthenticationRateLimit":
		return s.setup(), "the Neo4j server at " + s.name + " was given a wrong password too often; wait a few seconds, and correct it"
	case "Forbidden":
		return s.setup(), "the Neo4j server at " + s.name + " does not allow this to " + s.options.who()
	case "DatabaseNotFound":
		return s.setup(), "the Neo4j server at " + s.name + " has no database of that name"
	case "DatabaseUnavailable":
		return graph.StoreDown, "the database at " + s.name + " is not available: it is starting, stopping or being restored"
	case "WriteOnReadOnlyAccessDatabase", "ForbiddenOnReadOnlyDatabase", "ReadOnly", "NotALeader", "ForbiddenReadOnlyDatabase":
		return graph.StoreDown, "the database at " + s.name + " is read-only; allow it to be written, or name the server that leads it"
	case "OutOfMemoryError", "StackOverFlowError":
		return graph.StoreDown, "the Neo4j server at " + s.name + " is out of memory; give it more (server.memory.heap.max_size)"
	case "MemoryPoolOutOfMemoryError", "TransactionOutOfMemoryError":
		return graph.TooLarge, "this needs more memory than the Neo4j server at " + s.name +
			" gives to a transaction; allow more (dbms.memory.transaction.total.max, db.memory.transaction.max)"
	case "TransactionTimedOut", "TransactionTimedOutClientConfiguration", "LockAcquisitionTimeout":
		return graph.Timeout, "the Neo4j server at " + s.name + " needed more time than it had"
	case "Terminated", "LockClientStopped", "TransactionTerminated":
		return graph.StoreDown, "the Neo4j server at " + s.name + " ended what it was doing: it is stopping, or an operator ended it"
	case "DeadlockDetected", "Outdated", "BookmarkTimeout":
		return graph.StoreBusy, "others change the same part of the graph at " + s.name + "; try again"
	case "ConstraintCreationFailed", "IndexCreationFailed":
		return graph.BadInput, "the database at " + s.name + " holds other data that the graph cannot stand beside (" + e.Msg + "); use one of its own"
	case "DatabaseUnavailableError", "TransactionLogError", "StorageDamageDetected":
		return graph.StoreDown, "the database at " + s.name + " is damaged or its disk is full; the server's log has the details"
	}
	if strings.Contains(e.Msg, "No space left") {
		return graph.StoreDown, "the disk of the Neo4j server at " + s.name + " is full"
	}
	if strings.Contains(e.Code, "TransientError") {
		return graph.StoreDown, "the Neo4j server at " + s.name + " cannot do this now (" + title + ")"
	}
	return graph.Internal, "the Neo4j server at " + s.name + " failed; the log has the details"
}

func (o Options) credentials() string {
	switch {
	case o.Token != "":
		return "token"
	case o.User != "":
		return "user " + o.User + " with this password"
	default:
		return "visit of somebody without a name: give it a user and a password"
	}
}

func (o Options) who() string {
	if o.Token == "" && o.User != "" {
		return "the user " + o.User
	}
	return "whom it was asked for"
}

// replaced tells a reader that the facts it reads were cleared away.
func replaced() error {
	return graph.Errorf(graph.StoreBusy, "the data were replaced while they were being read; ask again")
}
