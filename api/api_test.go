package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"tiermap/api"
	"tiermap/api/exec"
	"tiermap/api/guard/guardtest"
	"tiermap/graph"
)

// schema answers a few questions; more adds further ones.
func schema(t testing.TB, more graphql.Fields) graphql.Schema {
	t.Helper()
	fields := graphql.Fields{
		"name": {Type: graphql.String, Args: graphql.FieldConfigArgument{"of": {Type: graphql.String}},
			Resolve: func(p graphql.ResolveParams) (any, error) { return p.Args["of"], nil }},
		"missing": {Type: graphql.String, Resolve: func(graphql.ResolveParams) (any, error) {
			return nil, &graph.Error{Code: graph.NotFound, Message: "there is no NLX", Suggestions: []string{"NLD"}}
		}},
		"broken": {Type: graphql.String, Resolve: func(graphql.ResolveParams) (any, error) { return nil, errors.New("secret") }},
	}
	for name, f := range more {
		fields[name] = f
	}
	s, err := graphql.NewSchema(graphql.SchemaConfig{
		Query:    graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: fields}),
		Mutation: graphql.NewObject(graphql.ObjectConfig{Name: "Mutation", Fields: graphql.Fields{"change": {Type: graphql.String}}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func config(t testing.TB) api.Config {
	t.Helper()
	return api.Config{
		Executor: exec.New(schema(t, nil), exec.DefaultOptions()),
		Ready:    func(context.Context) error { return nil },
		Build:    api.Build{Version: "v1.2.3", Commit: "abc", Methods: "4", Go: "go1.25"},
	}
}

func handler(t testing.TB, c api.Config) http.Handler {
	t.Helper()
	h, err := api.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// serve starts a server on the loopback and returns its address.
func serve(t testing.TB, c api.Config) (url string) {
	t.Helper()
	url, _ = start(t, c, api.DefaultTimeouts())
	return url
}

// start also returns the function that stops the server and waits for it.
func start(t testing.TB, c api.Config, timeouts api.Timeouts) (url string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- api.Serve(ctx, l, handler(t, c), timeouts, zap.NewNop()) }()
	stopped := false
	stop = func() error {
		cancel()
		if stopped {
			return nil
		}
		stopped = true
		return <-ended
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String(), stop
}

// scenario is one request and what has to come back.
type scenario struct {
	name    string
	method  string // POST where there is a body, else GET
	path    string // /graphql where it is empty
	body    string
	headers map[string]string
	status  int
	want    string            // the whole answer, where it is not empty
	part    string            // of the answer
	answers map[string]string // headers of the answer; "" = may not be there
}

func (s scenario) run(t *testing.T, h http.Handler) {
	t.Helper()
	if s.path == "" {
		s.path = "/graphql"
	}
	if s.method == "" {
		s.method = http.MethodGet
		if s.body != "" {
			s.method = http.MethodPost
		}
	}
	r := httptest.NewRequest(s.method, s.path, strings.NewReader(s.body))
	if s.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for k, v := range s.headers {
		r.Header.Set(k, v)
		if v == "" {
			r.Header.Del(k)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != s.status {
		t.Errorf("status %d, want %d: %s", w.Code, s.status, w.Body)
	}
	if got := strings.TrimSuffix(w.Body.String(), "\n"); s.want != "" && got != s.want {
		t.Errorf("got  %s\nwant %s", got, s.want)
	}
	if !strings.Contains(w.Body.String(), s.part) {
		t.Errorf("no %q in %s", s.part, w.Body)
	}
	for k, want := range s.answers {
		if got := w.Header().Get(k); got != want {
			t.Errorf("%s: %q, want %q", k, got, want)
		}
	}
}

const (
	newer = "application/graphql-response+json"
	older = "application/json"
)

func get(query string) string { return "/graphql?query=" + url.QueryEscape(query) }

func TestGraphQL(t *testing.T) {
	ask := func(query string) string {
		b, _ := json.Marshal(map[string]string{"query": query})
		return string(b)
	}
	accept := func(types string) map[string]string { return map[string]string{"Accept": types} }
	refusal := func(message, code string) string {
		b, _ := json.Marshal(message)
		return `{"errors":[{"message":` + string(b) + `,"extensions":{"code":"` + code + `"}}]}`
	}
	const wanted = ` it has to be a JSON object with the document in "query"`
	tests := []scenario{
		{name: "POST", body: ask(`{ name(of: "x") }`), status: 200, want: `{"data":{"name":"x"}}`, answers: map[string]string{"Content-Type": older + "; charset=utf-8", "Cache-Control": "no-store"}},
		{name: "GET", path: get(`{ name(of: "x") }`), status: 200, want: `{"data":{"name":"x"}}`},
		{name: "GET with variables", path: get(`query Q($n: String) { name(of: $n) } query R { name }`) + `&operationName=Q&variables={"n":"x"}`, status: 200, want: `{"data":{"name":"x"}}`},
		{name: "the newer type", body: ask(`{ name }`), headers: accept(newer), status: 200, answers: map[string]string{"Content-Type": newer + "; charset=utf-8"}},
		{name: "the better type", body: ask(`{ name }`), headers: accept(older + ";q=0.5, " + newer + ";q=0.9"), status: 200, answers: map[string]string{"Content-Type": newer + "; charset=utf-8"}},
		{name: "as a browser asks", path: get(`{ name }`), headers: accept("text/html,application/xhtml+xml,*/*;q=0.8"), status: 200, answers: map[string]string{"Content-Type": older + "; charset=utf-8"}},
		{name: "no type of ours", body: ask(`{ name }`), headers: accept("text/html"), status: 406, want: refusal("answers are application/graphql-response+json or application/json", "BAD_INPUT")},
		{name: "a type refused", body: ask(`{ name }`), headers: accept(older + ";q=0"), status: 406},

		{name: "an error with data", body: ask(`{ name missing }`), headers: accept(newer), status: 200,
			want: `{"data":{"name":null,"missing":null},"errors":[{"message":"there is no NLX","locations":[{"line":1,"column":8}],"path":["missing"],"extensions":{"code":"NOT_FOUND","suggestions":["NLD"]}}]}`},
		{name: "a fault of ours", body: ask(`{ broken }`), headers: map[string]string{"X-Request-ID": "r1"}, status: 200,
			want: `{"data":{"broken":null},"errors":[{"message":"something went wrong here; the log has the details under request id r1","locations":[{"line":1,"column":3}],"path":["broken"],"extensions":{"code":"INTERNAL"}}]}`},
		{name: "an unknown field, newer", body: ask(`{ no }`), headers: accept(newer), status: 400, part: `"code":"BAD_INPUT"`},
		{name: "an unknown field, older", body: ask(`{ no }`), headers: accept(older), status: 200, part: `"code":"BAD_INPUT"`},
		{name: "too costly, newer", body: ask("{ name " + strings.Repeat("@skip(if: true) ", 1000) + "}"), headers: accept(newer), status: 400, part: `"code":"TOO_COSTLY"`},
		{name: "too long a document", body: ask("{ name } #" + strings.Repeat("x", 100_000)), status: 413, part: `"code":"TOO_LARGE"`},

		{name: "a batch", body: " [" + ask(`{ name }`) + "]", status: 400, want: refusal("batches are not answered: send one request at a time, or several fields in one", "BAD_INPUT")},
		{name: "no JSON", body: `{"query`, status: 400, want: refusal("the request breaks off;"+wanted, "BAD_INPUT")},
		{name: "a string", body: `"{ name }"`, status: 400, want: refusal("the request is a JSON string;"+wanted, "BAD_INPUT")},
		{name: "nothing", body: " ", status: 400, want: refusal("the request is empty;"+wanted, "BAD_INPUT")},
		{name: "not JSON at all", body: "{ name }", status: 400, part: `is not a JSON object with the document in \"query\": invalid character 'n'`},
		{name: "null", body: `null`, status: 400, part: `a request is a JSON object`},
		{name: "more after the end", body: ask(`{ name }`) + "x", status: 400, part: `something follows its end`},
		{name: "no document", body: `{}`, status: 400, want: refusal(`a request is a JSON object with the document in "query"`, "BAD_INPUT")},
		{name: "a document that is no text", body: `{"query":7}`, status: 400, want: refusal(`"query" may not be a JSON number`, "BAD_INPUT")},
		{name: "variables that are a list", body: `{"query":"{ name }","variables":[1]}`, status: 400, want: refusal(`"variables" may not be a JSON array`, "BAD_INPUT")},
		{name: "variables without end", body: `{"query":"{ name }","variables":{"a":` + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000) + `}}`, status: 400, part: `exceeded max depth`},
		{name: "many variables", body: `{"query":"{ name }","variables":{"a":[` + strings.Repeat("1,", 100_000) + `1]}}`, headers: accept(newer), status: 400, part: `"code":"TOO_COSTLY"`},
		{name: "too long a body", body: ask(strings.Repeat(" ", 300_000)), status: 413, want: refusal("a request may have 262144 bytes at most", "TOO_LARGE"), answers: map[string]string{"Connection": "close"}},
		{name: "a form", body: "query=%7Bname%7D", headers: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, status: 415, want: refusal("a POST needs the content type application/json", "BAD_INPUT")},
		{name: "plain text", body: ask(`{ name }`), headers: map[string]string{"Content-Type": "text/plain"}, status: 415},
		{name: "no content type", body: ask(`{ name }`), headers: map[string]string{"Content-Type": ""}, status: 415},
		{name: "another encoding", body: ask(`{ name }`), headers: map[string]string{"Content-Type": "application/json; charset=latin1"}, status: 415, part: `says \"latin1\"`},

		{name: "compressed", body: "\x1f\x8b\x08", headers: map[string]string{"Content-Encoding": "gzip"}, status: 415, want: refusal(`compressed requests are not accepted; this one is "gzip": send the JSON object as it is`, "BAD_INPUT")},
		{name: "compressed in silence", body: "\x1f\x8b\x08", status: 415, want: refusal(`compressed requests are not accepted; this one is "gzip": send the JSON object as it is`, "BAD_INPUT")},
		{name: "not compressed", body: ask(`{ name }`), headers: map[string]string{"Content-Encoding": "identity"}, status: 200},
		{name: "a null in the document", body: ask(`{ name(of: null) }`), status: 200, want: `{"data":{"name":null}}`},
		{name: "a variable of another type", body: `{"query":"query($n: String) { name(of: $n) }","variables":{"n":7}}`, headers: accept(newer), status: 400, part: `the variable $n is 7, and has to be a String`},

		{name: "a mutation by GET", path: get(`mutation { change }`), headers: accept(newer), status: 405, part: "only queries"},
		{name: "a mutation by GET, older", path: get(`mutation { change }`), headers: accept(older), status: 405},
		{name: "a mutation by POST", body: ask(`mutation { change }`), status: 200, want: `{"data":{"change":null}}`},
		{name: "GET without a document", path: "/graphql", status: 400, part: "/graphiql is the page for people"},
		{name: "GET with variables that are no object", path: get(`{ name }`) + "&variables=[]", status: 400, want: refusal(`"variables" is a JSON array; it has to be a JSON object`, "BAD_INPUT")},
		{name: "GET with extensions that are no object", path: get(`{ name }`) + "&extensions=7", status: 400, want: refusal(`"extensions" is a JSON number; it has to be a JSON object`, "BAD_INPUT")},
		{name: "GET with a bad address", path: "/graphql?query=%zz", status: 400, part: "cannot be read"},
		{name: "GET with bytes that are no text", path: "/graphql?query=%7Bname%7D%23%ff", status: 200, part: "not UTF-8"},
		{name: "a long GET", path: get("{ name } #" + strings.Repeat("x", 300_000)), status: 413},
		{name: "another method", method: http.MethodPut, status: 405, want: refusal("PUT is not answered here", "BAD_INPUT")},
	}
	h := handler(t, config(t))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, h) })
	}
}

func TestPages(t *testing.T) {
	c := config(t)
	c.Examples = []api.Example{{Title: "All </script><b>", Query: "{ name }"}}
	tests := []scenario{
		{name: "alive", path: "/healthz", status: 200, want: `{"status":"alive"}`},
		{name: "ready", path: "/readyz", status: 200, want: `{"status":"ready"}`},
		{name: "version", path: "/version", status: 200, want: `{"version":"v1.2.3","commit":"abc","methods":"4","go":"go1.25"}`},
		{name: "schema", path: "/schema.graphql", status: 200, part: "type Query {\n  broken: String\n", answers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}},
		{name: "landing", path: "/", status: 200, part: `href="/graphiql"`, answers: map[string]string{"Content-Type": "text/html; charset=utf-8", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}},
		{name: "GraphiQL", path: "/graphiql", status: 200, part: `[{"title":"All \u003c/script\u003e\u003cb\u003e","query":"{ name }"}]</script>`},
		{name: "an asset", path: "/assets/graphiql.js", status: 200, part: "GraphiQL"},
		{name: "licences", path: "/assets/licences.txt", status: 200, part: "graphiql 3.9.0 (MIT)", answers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}},
		{name: "no such asset", path: "/assets/no.js", status: 404},
		{name: "no list of assets", path: "/assets/", status: 404},
		{name: "nothing outside", path: "/assets/../../embed.go", status: 404},
		{name: "nowhere", path: "/nowhere", status: 404, part: `"code":"NOT_FOUND"`},
	}
	h := handler(t, c)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, h) })
	}
}

// What a page loads is served by us, and the browser is told to load nothing else.
func TestPagesLoadNothingFromOutside(t *testing.T) {
	h := handler(t, config(t))
	reference := regexp.MustCompile(`<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"`)
	for _, path := range []string{"/", "/graphiql"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'self';") || strings.Contains(policy, "http") {
			t.Errorf("%s has the policy %q", path, policy)
		}
		for _, m := range reference.FindAllStringSubmatch(w.Body.String(), -1) {
			if m[1] == "data:," { // no icon
				continue
			}
			scenario{path: m[1], status: 200}.run(t, h)
		}
	}
}

func TestAssetsAreKeptByBrowsers(t *testing.T) {
	h := handler(t, config(t))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/assets/graphiql.css", nil))
	tag := w.Header().Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	scenario{path: "/assets/graphiql.css", headers: map[string]string{"If-None-Match": tag}, status: 304}.run(t, h)
}

func TestNotReady(t *testing.T) {
	c := config(t)
	c.Ready = func(context.Context) error {
		return graph.Wrap(graph.StoreDown, errors.New("secret"), "the store does not answer")
	}
	scenario{path: "/readyz", status: 503, want: `{"errors":[{"message":"the store does not answer","extensions":{"code":"STORE_DOWN"}}]}`}.run(t, handler(t, c))
	c.Ready = func(context.Context) error { return errors.New("secret") }
	scenario{path: "/readyz", status: 503, want: `{"errors":[{"message":"something went wrong here; the log has the details under request id r1","extensions":{"code":"INTERNAL"}}]}`,
		headers: map[string]string{"X-Request-ID": "r1"}}.run(t, handler(t, c))
}

func TestOrigins(t *testing.T) {
	from := func(origin string) map[string]string {
		return map[string]string{"Origin": origin, "Access-Control-Request-Method": "POST"}
	}
	const friend, stranger = "https://friend.example", "https://stranger.example"
	none := map[string]string{"Access-Control-Allow-Origin": ""}
	tests := []struct {
		origins []string
		scenario
	}{
		{nil, scenario{name: "none by default", method: "OPTIONS", headers: from(friend), status: 405, answers: none}},
		{nil, scenario{name: "not even to read", path: get("{ name }"), headers: from(friend), status: 200, answers: none}},
		{[]string{friend}, scenario{name: "a friend asks first", method: "OPTIONS", headers: from(friend), status: 204,
			answers: map[string]string{"Access-Control-Allow-Origin": friend, "Access-Control-Allow-Headers": "Content-Type, X-Request-ID", "Vary": "Origin", "Access-Control-Allow-Credentials": ""}}},
		{[]string{friend}, scenario{name: "a friend", path: get("{ name }"), headers: from(friend), status: 200, answers: map[string]string{"Access-Control-Allow-Origin": friend}}},
		{[]string{friend}, scenario{name: "a stranger", method: "OPTIONS", headers: from(stranger), status: 405, answers: map[string]string{"Access-Control-Allow-Origin": "", "Vary": "Origin"}}},
		{[]string{"*"}, scenario{name: "anybody", path: get("{ name }"), headers: from(stranger), status: 200, answers: map[string]string{"Access-Control-Allow-Origin": stranger}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := config(t)
			c.Origins = tt.origins
			tt.run(t, handler(t, c))
		})
	}
}

func TestRequestsAreLogged(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	c := config(t)
	c.Log = zap.New(core)
	h := handler(t, c)
	question := `{"query":"query Worry($n: String) { name(of: $n) missing }","variables":{"n":"secret"}}`
	scenario{body: question, headers: map[string]string{"X-Request-ID": "from-proxy.1"}, status: 200, answers: map[string]string{"X-Request-ID": "from-proxy.1"}}.run(t, h)
	entries := logs.TakeAll()
	if len(entries) != 1 || entries[0].Level != zap.InfoLevel {
		t.Fatalf("logged %v", entries)
	}
	entry := entries[0].ContextMap()
	for k, want := range map[string]any{"request": "from-proxy.1", "method": "POST", "path": "/graphql", "status": int64(200), "operation": "Worry", "code": "NOT_FOUND"} {
		if entry[k] != want {
			t.Errorf("%s is %v, want %v", k, entry[k], want)
		}
	}
	if n, _ := entry["bytes"].(int64); n < 50 {
		t.Errorf("bytes is %v", entry["bytes"])
	}
	if all, _ := json.Marshal(entry); bytes.Contains(all, []byte("secret")) {
		t.Errorf("the log tells what was asked: %s", all)
	}

	scenario{path: "/healthz", status: 200}.run(t, h)
	if entries := logs.TakeAll(); len(entries) != 1 || entries[0].Level != zap.DebugLevel {
		t.Errorf("logged %v", entries)
	}
}

func TestRequestIDs(t *testing.T) {
	h := handler(t, config(t))
	own := regexp.MustCompile(`^[0-9a-f]{16}$`)
	seen := map[string]bool{}
	for _, sent := range []string{"", "", "a b", "x\"y", "é", strings.Repeat("x", 65)} {
		r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
		r.Header.Set("X-Request-ID", sent)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		id := w.Header().Get("X-Request-ID")
		if !own.MatchString(id) || seen[id] {
			t.Errorf("for %q the id is %q", sent, id)
		}
		seen[id] = true
	}
}

func TestAHandlerThatPanics(t *testing.T) {
	core, logs := observer.New(zap.ErrorLevel)
	c := config(t)
	o := exec.DefaultOptions()
	o.Log = zap.New(core)
	c.Executor = exec.New(schema(t, nil), o)
	c.Ready = func(context.Context) error { panic("secret") }
	scenario{path: "/readyz", headers: map[string]string{"X-Request-ID": "r1"}, status: 500,
		want: `{"errors":[{"message":"something went wrong here; the log has the details under request id r1","extensions":{"code":"INTERNAL"}}]}`}.run(t, handler(t, c))
	if logs.Len() != 1 || !strings.Contains(logs.All()[0].ContextMap()["error"].(string), "api_test.go") {
		t.Errorf("the log does not say where: %v", logs.All())
	}
}

func TestNewNeedsItsParts(t *testing.T) {
	if _, err := api.New(api.Config{}); err == nil {
		t.Error("a handler without an executor was made")
	}
}

// The attacks as they arrive: each is refused with a clear error, and to do so
// takes little memory.
func TestAttacksOverHTTP(t *testing.T) {
	s, err := guardtest.Schema()
	if err != nil {
		t.Fatal(err)
	}
	c := config(t)
	c.Executor = exec.New(s, exec.DefaultOptions())
	url := serve(t, c)
	for _, a := range guardtest.Attacks() {
		t.Run(a.Name, func(t *testing.T) {
			body, err := json.Marshal(map[string]string{"query": a.Text})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range []io.Reader{bytes.NewReader(body), io.MultiReader(bytes.NewReader(body))} { // with its length, and without
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				status, answer := post(t, url, r)
				runtime.ReadMemStats(&after)
				code := a.Code
				if len(body) > api.DefaultBodyBytes {
					code = graph.TooLarge
				}
				if a.Name == "not UTF-8" { // JSON has made it so
					continue
				}
				if status < 400 || !strings.Contains(answer, `"code":"`+string(code)+`"`) {
					t.Errorf("status %d: %.500s", status, answer)
				}
				if grown := after.TotalAlloc - before.TotalAlloc; grown > 50e6 {
					t.Errorf("%d MB were allocated", grown/1e6)
				}
			}
		})
	}
}

func post(t testing.TB, url string, body io.Reader) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, url+"/graphql", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", newer)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
