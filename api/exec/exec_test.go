package exec_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/graphql-go/graphql"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"pgregory.net/rapid"

	"tiermap/api/exec"
	"tiermap/api/guard/guardtest"
	"tiermap/graph"
)

// largest is a schema whose answers are as large as they can be.
func largest(t testing.TB) graphql.Schema {
	t.Helper()
	s, err := guardtest.Schema()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// one returns a schema with one field, that answers with resolve.
func one(t testing.TB, typ graphql.Output, resolve graphql.FieldResolveFn) graphql.Schema {
	t.Helper()
	return schema(t, graphql.Fields{"answer": {Type: typ, Resolve: resolve}})
}

func schema(t testing.TB, query graphql.Fields) graphql.Schema {
	t.Helper()
	s, err := graphql.NewSchema(graphql.SchemaConfig{
		Query: graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: query}),
		Mutation: graphql.NewObject(graphql.ObjectConfig{Name: "Mutation", Fields: graphql.Fields{
			"change": {Type: graphql.String},
		}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func text(t testing.TB, r *exec.Response) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAnswers(t *testing.T) {
	s := schema(t, graphql.Fields{
		"name": {Type: graphql.String, Args: graphql.FieldConfigArgument{"of": {Type: graphql.String}},
			Resolve: func(p graphql.ResolveParams) (any, error) { return p.Args["of"], nil }},
		"count": {Type: graphql.Int, Args: graphql.FieldConfigArgument{"of": {Type: graphql.Int}},
			Resolve: func(p graphql.ResolveParams) (any, error) { return p.Args["of"], nil }},
		"share":   {Type: graphql.Float, Resolve: func(graphql.ResolveParams) (any, error) { return 0.1, nil }},
		"unknown": {Type: graphql.Float, Resolve: func(graphql.ResolveParams) (any, error) { return math.NaN(), nil }},
		"raw": {Type: graphql.NewScalar(graphql.ScalarConfig{Name: "Raw", Serialize: func(v any) any { return v }}),
			Resolve: func(graphql.ResolveParams) (any, error) { return map[string]any{"b": 1, "a": []any{2}}, nil }},
		"change": {Type: graphql.String},
	})
	tests := []struct {
		name string
		exec.Request
		want string
	}{
		{"in the order asked", exec.Request{Query: `{ share name __typename unknown }`}, `{"data":{"share":0.1,"name":null,"__typename":"Query","unknown":null}}`},
		{"aliases and repeats", exec.Request{Query: `{ z: share a: share z: share }`}, `{"data":{"z":0.1,"a":0.1}}`},
		{"fragments where they are spread", exec.Request{Query: `{ ...F share ... { unknown } } fragment F on Query { name }`}, `{"data":{"name":null,"share":0.1,"unknown":null}}`},
		{"a scalar that is an object", exec.Request{Query: `{ raw }`}, `{"data":{"raw":{"a":[2],"b":1}}}`},
		{"text as it is", exec.Request{Query: `{ name(of: "é <b> \" \\ \n") }`}, `{"data":{"name":"é \u003cb\u003e \" \\ \n"}}`},
		{"a comment that is not ASCII", exec.Request{Query: "# één twee drié\n{ share }"}, `{"data":{"share":0.1}}`},
		{"by variable", exec.Request{Query: `query($n: String) { name(of: $n) }`, Variables: map[string]any{"n": "x"}}, `{"data":{"name":"x"}}`},
		{"the named operation", exec.Request{Query: `query A { share } query B { name }`, OperationName: "B"}, `{"data":{"name":null}}`},
		{"a mutation", exec.Request{Query: `mutation { change }`}, `{"data":{"change":null}}`},

		{"syntax", exec.Request{Query: "{\n  share(\n}"}, `{"errors":[{"message":"syntax error (3:1) Expected Name, found }","locations":[{"line":3,"column":1}],"extensions":{"code":"BAD_INPUT"}}]}`},
		{"nothing", exec.Request{Query: ""}, `{"errors":[{"message":"the document has no operation","extensions":{"code":"BAD_INPUT"}}]}`},
		{"an unknown field", exec.Request{Query: "{\n  share\n  shar\n}"}, `{"errors":[{"message":"Cannot query field \"shar\" on type \"Query\". Did you mean \"share\"?","locations":[{"line":3,"column":3}],"extensions":{"code":"BAD_INPUT"}}]}`},
		{"which operation", exec.Request{Query: `query A { share } query B { name }`}, `{"errors":[{"message":"the document has several operations; say which one to run with operationName","extensions":{"code":"BAD_INPUT"}}]}`},
		{"no such operation", exec.Request{Query: `query A { share }`, OperationName: "C"}, `{"errors":[{"message":"the document has no operation named \"C\"","extensions":{"code":"BAD_INPUT"}}]}`},
		{"no subscriptions", exec.Request{Query: `subscription { share }`}, `{"errors":[{"message":"there are no operations of the kind \"subscription\"","extensions":{"code":"BAD_INPUT"}}]}`},
		{"a variable that does not fit", exec.Request{Query: `query($n: Int) { count(of: $n) }`, Variables: map[string]any{"n": "x"}},
			`{"errors":[{"message":"the variable $n is \"x\", and has to be an Int: a whole number from -2147483648 to 2147483647","locations":[{"line":1,"column":7}],"extensions":{"code":"BAD_INPUT"}}]}`},
		{"only queries", exec.Request{Query: `mutation { change }`, ReadOnly: true}, `{"errors":[{"message":"only queries are answered here; send other operations with POST","extensions":{"code":"BAD_INPUT"}}]}`},
	}
	e := exec.New(s, exec.DefaultOptions())
	for range 2 { // the second time from the documents that are kept
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				want := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(tt.want)
				got := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(text(t, e.Do(context.Background(), tt.Request)))
				if got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			})
		}
	}
}

// What a resolver returns, what the user reads of it, and what the log says.
func TestErrorsAreTranslated(t *testing.T) {
	notFound := graph.Errorf(graph.NotFound, "there is no country NLX")
	notFound.Suggestions = []string{"NLD"}
	secret := errors.New("open /var/lib/secret: permission denied")
	internal := "something went wrong here; the log has the details under request id r1"
	tests := []struct {
		name       string
		err        error
		want       exec.Error
		logged     string
		loggedWith string // a field of the log entry that has to be there
	}{
		{name: "ours", err: notFound,
			want: exec.Error{Message: "there is no country NLX", Extensions: exec.Extensions{Code: "NOT_FOUND", Suggestions: []string{"NLD"}}}},
		{name: "ours, wrapped", err: fmt.Errorf("resolving: %w", notFound),
			want: exec.Error{Message: "there is no country NLX", Extensions: exec.Extensions{Code: "NOT_FOUND", Suggestions: []string{"NLD"}}}},
		{name: "ours, with details", err: graph.Wrap(graph.StoreDown, secret, "the store does not answer"),
			want: exec.Error{Message: "the store does not answer", Extensions: exec.Extensions{Code: "STORE_DOWN"}}, logged: secret.Error()},
		{name: "busy", err: graph.Errorf(graph.StoreBusy, "the store is busy"),
			want: exec.Error{Message: "the store is busy", Extensions: exec.Extensions{Code: "STORE_BUSY"}}},
		{name: "unknown", err: secret, want: exec.Error{Message: internal, Extensions: exec.Extensions{Code: "INTERNAL"}}, logged: secret.Error()},
		{name: "a deadline of its own", err: context.DeadlineExceeded,
			want: exec.Error{Message: "the answer took longer than 30s; ask for less at once, or allow more with --timeout of tiermap serve (tiermap ask waits for an hour)", Extensions: exec.Extensions{Code: "TIMEOUT"}}},
		{name: "a long message", err: graph.Errorf(graph.BadInput, "%s", strings.Repeat("é", 600)),
			want: exec.Error{Message: strings.Repeat("é", 250) + " …", Extensions: exec.Extensions{Code: "BAD_INPUT"}}},
	}
	for _, typ := range []graphql.Output{graphql.String, graphql.NewNonNull(graphql.String)} {
		for _, tt := range tests {
			t.Run(fmt.Sprintf("%s, %v", tt.name, typ), func(t *testing.T) {
				got, logs := failing(t, typ, func(graphql.ResolveParams) (any, error) { return nil, tt.err })
				tt.want.Locations, tt.want.Path = []exec.Location{{Line: 1, Column: 3}}, []any{"answer"}
				if g, w := fmt.Sprint(got), fmt.Sprint(tt.want); g != w {
					t.Errorf("got  %s\nwant %s", g, w)
				}
				checkLog(t, logs, tt.logged)
			})
		}
	}
}

func TestPanicsAreSurvived(t *testing.T) {
	tests := []struct {
		name    string
		resolve graphql.FieldResolveFn
		logged  string
	}{
		{"with text", func(graphql.ResolveParams) (any, error) { panic("secret") }, "panic: secret"},
		{"with an error", func(graphql.ResolveParams) (any, error) { panic(errors.New("secret")) }, "panic: secret"},
		{"with one of ours", func(graphql.ResolveParams) (any, error) { panic(graph.Errorf(graph.NotFound, "x")) }, "panic: x"},
		{"with a number", func(graphql.ResolveParams) (any, error) { panic(7) }, "panic: 7"},
		{"of the runtime", func(p graphql.ResolveParams) (any, error) { return p.Args["no"].(string), nil }, "panic: interface conversion: interface {} is nil, not string"},
		{"of a later function", func(graphql.ResolveParams) (any, error) {
			return func() (any, error) { panic(errors.New("secret")) }, nil
		}, "secret"},
	}
	for _, typ := range []graphql.Output{graphql.String, graphql.NewNonNull(graphql.String)} {
		for _, tt := range tests {
			t.Run(fmt.Sprintf("%s, %v", tt.name, typ), func(t *testing.T) {
				got, logs := failing(t, typ, tt.resolve)
				if got.Extensions.Code != "INTERNAL" || !strings.Contains(got.Message, "request id r1") || strings.Contains(got.Message, "secret") {
					t.Errorf("the user reads %v", got)
				}
				checkLog(t, logs, tt.logged)
				if stack, _ := logs.All()[0].ContextMap()["stack"].(string); strings.HasPrefix(tt.logged, "panic") && !strings.Contains(stack, "exec_test.go") {
					t.Errorf("the log does not say where: %q", stack)
				}
			})
		}
	}
}

func TestNullWhereAValueIsPromised(t *testing.T) {
	got, logs := failing(t, graphql.NewNonNull(graphql.String), func(graphql.ResolveParams) (any, error) { return nil, nil })
	if got.Extensions.Code != "INTERNAL" {
		t.Errorf("got %v", got)
	}
	checkLog(t, logs, "Cannot return null for non-nullable field Query.answer.")
}

func TestWhatJSONCannotSay(t *testing.T) {
	got, logs := failing(t, graphql.Float, func(graphql.ResolveParams) (any, error) { return math.Inf(1), nil })
	if got.Extensions.Code != "INTERNAL" {
		t.Errorf("got %v", got)
	}
	checkLog(t, logs, "json: unsupported value: +Inf")
}

// failing asks for the one field and returns the one error, with the log.
func failing(t *testing.T, typ graphql.Output, resolve graphql.FieldResolveFn) (exec.Error, *observer.ObservedLogs) {
	t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	o := exec.DefaultOptions()
	o.Log = zap.New(core)
	r := exec.New(one(t, typ, resolve), o).Do(exec.WithRequestID(context.Background(), "r1"), exec.Request{Query: "{ answer }"})
	if len(r.Errors) != 1 {
		t.Fatalf("got %s", text(t, r))
	}
	return r.Errors[0], logs
}

func checkLog(t *testing.T, logs *observer.ObservedLogs, want string) {
	t.Helper()
	if want == "" {
		if logs.Len() > 0 {
			t.Errorf("logged %v", logs.All())
		}
		return
	}
	if logs.Len() != 1 {
		t.Fatalf("logged %v", logs.All())
	}
	entry := logs.All()[0].ContextMap()
	if entry["error"] != want || entry["request"] != "r1" {
		t.Errorf("logged %v, want the error %q", entry, want)
	}
}

func TestErrorsHaveAnOrderAndAnEnd(t *testing.T) {
	fail := func(p graphql.ResolveParams) (any, error) {
		return nil, graph.Errorf(graph.NotFound, "no %v", p.Info.Path.AsArray())
	}
	row := graphql.NewObject(graphql.ObjectConfig{Name: "Row", Fields: graphql.Fields{
		"a": {Type: graphql.String, Resolve: fail}, "b": {Type: graphql.String, Resolve: fail},
	}})
	s := one(t, graphql.NewList(row), func(graphql.ResolveParams) (any, error) { return make([]int, 12), nil })
	e := exec.New(s, exec.DefaultOptions())
	for range 10 {
		r := e.Do(context.Background(), exec.Request{Query: "{ answer { b a } }"})
		if len(r.Errors) != 21 {
			t.Fatalf("%d errors", len(r.Errors))
		}
		for i, err := range r.Errors[:20] {
			want := fmt.Sprintf("no [answer %d b]", i)
			if i >= 12 {
				want = fmt.Sprintf("no [answer %d a]", i-12)
			}
			if err.Message != want {
				t.Fatalf("error %d is %q, want %q", i, err.Message, want)
			}
		}
		if last := r.Errors[20]; last.Message != "there are more errors than these 20" || last.Extensions.Code != "NOT_FOUND" {
			t.Errorf("the last is %v", last)
		}
	}
}

func TestRefusesAttacks(t *testing.T) {
	e := exec.New(largest(t), exec.DefaultOptions())
	for _, a := range guardtest.Attacks() {
		t.Run(a.Name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := e.Do(context.Background(), exec.Request{Query: a.Text})
			runtime.ReadMemStats(&after)
			if r.Data != nil || r.Refused != exec.Invalid || r.Errors[0].Extensions.Code != string(a.Code) {
				t.Errorf("got %s, want %s", text(t, r), a.Code)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 50e6 {
				t.Errorf("allocated %d MB to refuse it", grown/1e6)
			}
		})
	}
}

func TestTheLargestAreValidated(t *testing.T) {
	e := exec.New(largest(t), exec.DefaultOptions())
	for _, d := range guardtest.Largest() {
		t.Run(d.Name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := e.Do(context.Background(), exec.Request{Query: d.Text, OperationName: d.Operation})
			runtime.ReadMemStats(&after)
			if len(r.Errors) > 0 && r.Errors[0].Extensions.Code != "BAD_INPUT" {
				t.Errorf("got %s", text(t, r))
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 50e6 {
				t.Errorf("allocated %d MB", grown/1e6)
			}
		})
	}
}

// The query that GraphiQL asks, to a schema of the size that ours may grow to.
func TestIntrospectionIsAnswered(t *testing.T) {
	query, err := os.ReadFile("testdata/introspection.graphql")
	if err != nil {
		t.Fatal(err)
	}
	roots := graphql.Fields{}
	for i := range 100 {
		fields := graphql.Fields{}
		for j := range 8 {
			fields[fmt.Sprintf("field%d", j)] = &graphql.Field{Type: graphql.String}
		}
		fields["rows"] = &graphql.Field{Type: graphql.NewList(graphql.Int), Args: graphql.FieldConfigArgument{"first": {Type: graphql.Int}, "after": {Type: graphql.ID}}}
		roots[fmt.Sprintf("root%d", i)] = &graphql.Field{Type: graphql.NewObject(graphql.ObjectConfig{Name: fmt.Sprintf("Type%d", i), Fields: fields})}
	}
	r := exec.New(schema(t, roots), exec.DefaultOptions()).Do(context.Background(), exec.Request{Query: string(query)})
	if len(r.Errors) > 0 {
		t.Fatal(r.Errors)
	}
	var answer struct {
		Schema struct{ Types []struct{ Name string } } `json:"__schema"`
	}
	if err := json.Unmarshal(r.Data, &answer); err != nil || len(answer.Schema.Types) < 100 {
		t.Errorf("%v, %d types", err, len(answer.Schema.Types))
	}
}

// An answer never holds more values than its cost, by which it was let in.
func TestCostBoundsTheAnswer(t *testing.T) {
	s := largest(t)
	rapid.Check(t, func(t *rapid.T) {
		o := exec.DefaultOptions()
		o.Limits.Cost = rapid.IntRange(1, 200).Draw(t, "limit")
		query := "{ " + drawSelections(t, 3) + " } fragment F on Node { name children { f1 } }"
		r := exec.New(s, o).Do(context.Background(), exec.Request{Query: query})
		if r.Refused == exec.Invalid && r.Errors[0].Extensions.Code == "TOO_COSTLY" {
			return
		}
		if len(r.Errors) > 0 {
			t.Fatal(query, r.Errors)
		}
		var data any
		if err := json.Unmarshal(r.Data, &data); err != nil {
			t.Fatal(err)
		}
		if n := count(data) - 1; n > o.Limits.Cost {
			t.Fatalf("%d values for a cost of at most %d: %s", n, o.Limits.Cost, query)
		}
	})
}

func drawSelections(t *rapid.T, depth int) string {
	parts := []string{"f0", "child { ...F }"}
	for i := range rapid.IntRange(1, 3).Draw(t, "selections") {
		inner := "name"
		if depth > 0 {
			inner = drawSelections(t, depth-1)
		}
		first := rapid.IntRange(0, 5).Draw(t, "first")
		parts = append(parts, rapid.SampledFrom([]string{
			"f1",
			fmt.Sprintf("a%d: child { %s }", i, inner),
			fmt.Sprintf("a%d: children(first: %d) { %s }", i, first, inner),
			fmt.Sprintf("a%d: children { %s }", i, inner),
			fmt.Sprintf("a%d: pairs(left: [1 2], right: [%s]) { %s }", i, strings.Repeat("1 ", first), inner),
		}).Draw(t, "part"))
	}
	return strings.Join(parts, " ")
}

// count returns how many objects and plain values there are.
func count(v any) int {
	switch v := v.(type) {
	case map[string]any:
		n := 1
		for _, item := range v {
			n += count(item)
		}
		return n
	case []any:
		n := 0
		for _, item := range v {
			n += count(item)
		}
		return n
	}
	return 1
}

func TestTheDeadlineHoldsWhateverAResolverDoes(t *testing.T) {
	started, release := make(chan struct{}), make(chan struct{})
	s := schema(t, graphql.Fields{
		"deaf": {Type: graphql.String, Resolve: func(graphql.ResolveParams) (any, error) {
			close(started)
			<-release
			return "late", nil
		}},
		"quick": {Type: graphql.String},
	})
	o := exec.DefaultOptions()
	o.Timeout, o.Running, o.Waiting = 200*time.Millisecond, 1, 1
	e := exec.New(s, o)

	r := e.Do(context.Background(), exec.Request{Query: "{ deaf }"})
	<-started
	want := `{"data":null,"errors":[{"message":"the answer took longer than 200ms; ask for less at once, or allow more with --timeout of tiermap serve (tiermap ask waits for an hour)","extensions":{"code":"TIMEOUT"}}]}`
	if got := text(t, r); got != want || r.Refused != exec.Failed {
		t.Errorf("got %s", got)
	}
	// It still runs, so nothing else does; the next one waits out its time.
	if r := e.Do(context.Background(), exec.Request{Query: "{ quick }"}); r.Errors == nil || r.Errors[0].Extensions.Code != "TIMEOUT" {
		t.Errorf("got %s while the only place was taken", text(t, r))
	}
	close(release)
	for { // until the place is free again
		if r := e.Do(context.Background(), exec.Request{Query: "{ quick }"}); r.Errors == nil {
			return
		}
	}
}

func TestNothingStartsWhenTheCallerHasGone(t *testing.T) {
	ctx, leave := context.WithCancel(context.Background())
	var mu sync.Mutex
	calls := 0
	told := make(chan error, 1)
	row := graphql.NewObject(graphql.ObjectConfig{Name: "Row", Fields: graphql.Fields{
		"a": {Type: graphql.String, Resolve: func(p graphql.ResolveParams) (any, error) {
			mu.Lock()
			calls++
			first := calls == 1
			mu.Unlock()
			if first {
				leave()
				<-p.Context.Done()
				told <- p.Context.Err()
			}
			return "a", nil
		}},
	}})
	s := one(t, graphql.NewList(row), func(graphql.ResolveParams) (any, error) { return make([]int, 1000), nil })
	o := exec.DefaultOptions()
	o.Running = 1
	e := exec.New(s, o)
	if r := e.Do(ctx, exec.Request{Query: "{ answer { a } }"}); r.Refused != exec.Failed || r.Errors[0].Extensions.Code != "TIMEOUT" {
		t.Errorf("got %s", text(t, r))
	}
	if err := <-told; !errors.Is(err, context.Canceled) {
		t.Errorf("the resolver was told %v", err)
	}
	// There is one place, so this one runs when the first has ended.
	if r := e.Do(context.Background(), exec.Request{Query: "{ __typename }"}); r.Errors != nil {
		t.Fatal(r.Errors)
	}
	if calls != 1 {
		t.Errorf("%d resolvers ran", calls)
	}
}

func TestTooManyAtOnceAreRefused(t *testing.T) {
	started, release := make(chan struct{}), make(chan struct{})
	s := one(t, graphql.String, func(graphql.ResolveParams) (any, error) {
		started <- struct{}{}
		<-release
		return "x", nil
	})
	o := exec.DefaultOptions()
	o.Running, o.Waiting = 1, 0
	e := exec.New(s, o)
	done := make(chan *exec.Response)
	go func() { done <- e.Do(context.Background(), exec.Request{Query: "{ answer }"}) }()
	<-started
	r := e.Do(context.Background(), exec.Request{Query: "{ answer }"})
	if r.Refused != exec.Busy || r.Errors[0].Extensions.Code != "TOO_COSTLY" {
		t.Errorf("got %s", text(t, r))
	}
	close(release)
	if r := <-done; r.Errors != nil {
		t.Error(r.Errors)
	}
}

// A place is given back however a request ends.
func TestPlacesAreGivenBack(t *testing.T) {
	s := schema(t, graphql.Fields{
		"fine": {Type: graphql.String},
		"list": {Type: graphql.NewList(graphql.String), Args: graphql.FieldConfigArgument{"first": {Type: graphql.Int}}},
		"oops": {Type: graphql.NewNonNull(graphql.String), Resolve: func(graphql.ResolveParams) (any, error) { panic("oops") }},
	})
	o := exec.DefaultOptions()
	o.Running, o.Waiting = 1, 0
	e := exec.New(s, o)
	for _, query := range []string{"{ fine }", "{", "{ no }", "{ oops }", "{ list(first: 1000000) }", "query($v: Int!) { list(first: $v) }", "{ fine }"} {
		if r := e.Do(context.Background(), exec.Request{Query: query}); r.Refused == exec.Busy {
			t.Fatalf("no place is left at %s", query)
		}
	}
}

// The library fills its tables on first use, without a lock; run with -race.
func TestManyAtOnceFromTheStart(t *testing.T) {
	unit := graphql.NewEnum(graphql.EnumConfig{Name: "Unit", Values: graphql.EnumValueConfigMap{"TONNES": {Value: 1}}})
	node := graphql.NewInterface(graphql.InterfaceConfig{Name: "Node", Fields: graphql.Fields{"id": {Type: graphql.String}}})
	country := graphql.NewObject(graphql.ObjectConfig{
		Name: "Country", Interfaces: []*graphql.Interface{node},
		Fields: graphql.Fields{
			"id":   {Type: graphql.String, Resolve: func(graphql.ResolveParams) (any, error) { return "NLD", nil }},
			"unit": {Type: unit, Args: graphql.FieldConfigArgument{"as": {Type: unit}}, Resolve: func(p graphql.ResolveParams) (any, error) { return p.Args["as"], nil }},
		},
		IsTypeOf: func(graphql.IsTypeOfParams) bool { return true },
	})
	either := graphql.NewUnion(graphql.UnionConfig{Name: "Either", Types: []*graphql.Object{country}})
	some := func(graphql.ResolveParams) (any, error) { return 1, nil }
	s := schema(t, graphql.Fields{
		"node":    {Type: node, Resolve: some},
		"either":  {Type: either, Resolve: some},
		"country": {Type: country, Resolve: some},
	})
	e := exec.New(s, exec.DefaultOptions())
	want := `{"data":{"node":{"id":"NLD"},"either":{"unit":"TONNES"}}}`
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 20 {
				r := e.Do(context.Background(), exec.Request{Query: "{ node { id } either { ... on Country { unit(as: TONNES) } } }"})
				if got, _ := json.Marshal(r); string(got) != want {
					t.Errorf("got %s", got)
				}
			}
		})
	}
	wait.Wait()
}

func TestKeptDocumentsAreBounded(t *testing.T) {
	e := exec.New(largest(t), exec.DefaultOptions())
	do := func(query string) { e.Do(context.Background(), exec.Request{Query: query}) }
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 600 { // ten times as much as is kept
		do(fmt.Sprintf("{ a%d: name %s }", i, strings.Repeat("child { f0 f1 } ", 50)[:50*16]+strings.Repeat("# padding\n", 360)))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 50e6 {
		t.Errorf("%d MB are kept", grown/1e6)
	}
	runtime.KeepAlive(e)
}

// FuzzDo: whatever is asked, the answer is JSON with data or errors, and every
// error has a code of the table.
func FuzzDo(f *testing.F) {
	for _, d := range append(guardtest.Attacks(), guardtest.Largest()...) {
		if len(d.Text) < 4_000 {
			f.Add(d.Text, "", "{}")
		}
	}
	f.Add("query Q($v: [String]) { a: child(as: $v) { ... on Node { name } } }", "Q", `{"v":["x",null,3]}`)
	f.Add("query Q($v: Boolean!) { name @include(if: $v) }", "Q", `{"v":{"a":[[]]}}`)
	f.Add("query Q($v: Float = 1) { children(first: null) { name(as: null) @skip(if: null) } }", "", `{"v":{"a":[[]]}}`)
	f.Add("{ __schema { types { name fields { name } } } }", "", "null")
	e := exec.New(largest(f), exec.DefaultOptions())
	f.Fuzz(func(t *testing.T, query, operation, variables string) {
		var v map[string]any
		_ = json.Unmarshal([]byte(variables), &v) // what is no object is no variables
		r := e.Do(context.Background(), exec.Request{Query: query, OperationName: operation, Variables: v})
		if r.Data == nil && len(r.Errors) == 0 {
			t.Fatal("neither data nor errors")
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
		for _, err := range r.Errors {
			if code := graph.Code(err.Extensions.Code); code != graph.BadInput && code != graph.TooCostly && code != graph.TooLarge {
				t.Fatalf("%s: %s", code, err.Message)
			}
		}
	})
}

func BenchmarkRefuse(b *testing.B) {
	for _, a := range guardtest.Attacks() {
		b.Run(a.Name, func(b *testing.B) { benchmark(b, a) })
	}
}

// BenchmarkLargest measures what may take longest of what passes the guard.
func BenchmarkLargest(b *testing.B) {
	for _, d := range guardtest.Largest() {
		b.Run(d.Name, func(b *testing.B) { benchmark(b, d) })
	}
}

func benchmark(b *testing.B, d guardtest.Document) {
	s := largest(b)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		e := exec.New(s, exec.DefaultOptions()) // that has not seen it yet
		b.StartTimer()
		e.Do(context.Background(), exec.Request{Query: d.Text, OperationName: d.Operation})
	}
}

func BenchmarkQuestion(b *testing.B) {
	query := "{ " + guardtest.Repeat(8, func(i int) string {
		return fmt.Sprintf("a%d: child { name f0 f1 children(first: 20) { name f0 f1 child { f2 f3 } } } ", i)
	}) + "}"
	e := exec.New(largest(b), exec.DefaultOptions())
	b.ReportAllocs()
	for b.Loop() {
		if r := e.Do(context.Background(), exec.Request{Query: query}); r.Errors != nil {
			b.Fatal(r.Errors)
		}
	}
}
