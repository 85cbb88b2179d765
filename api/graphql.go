package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"tiermap/api/exec"
	"tiermap/graph"
)

// Media types of an answer. The status of the older one says only that there is
// a GraphQL answer; that of the newer one says whether the request was good.
const (
	graphqlType = "application/graphql-response+json"
	jsonType    = "application/json"
)

func (s server) post(g *gin.Context) {
	request, err := s.readBody(g)
	s.answer(g, request, err)
	if err != nil {
		drain(g)
	}
}

// drainBytes is how much of a refused request is read and thrown away.
const drainBytes = 32 << 20

// drain takes what a client goes on sending after it was refused. Many clients
// read an answer only when they have sent everything; were the connection closed
// before, they would never see why. The time-out of reading bounds this too.
func drain(g *gin.Context) {
	if g.GetHeader("Expect") != "" { // such a client waits, and sends nothing
		return
	}
	g.Writer.Flush()
	_, _ = io.CopyN(io.Discard, g.Request.Body, drainBytes) // the answer is out, whatever becomes of the rest
}

func (s server) get(g *gin.Context) {
	request, err := s.readURL(g.Request.URL)
	request.ReadOnly = true
	s.answer(g, request, err)
}

func (s server) answer(g *gin.Context, request exec.Request, err error) {
	mediaType, acceptable := negotiate(g.Request.Header.Values("Accept"))
	if err == nil && !acceptable {
		err = httpError{http.StatusNotAcceptable, graph.Errorf(graph.BadInput, "answers are %s or %s", graphqlType, jsonType)}
	}
	if err != nil {
		s.fail(g, err)
		return
	}
	response := s.Executor.Do(g.Request.Context(), request)
	g.Set(operationKey, response.Operation)
	if response.Refused == exec.Busy {
		g.Header("Retry-After", "1")
	}
	g.Header("Cache-Control", "no-store")
	write(g, statusOf(response, mediaType), mediaType, response)
}

// statusOf maps an answer to the status that the specification asks for.
func statusOf(r *exec.Response, mediaType string) int {
	switch r.Refused {
	case exec.Answered:
		return http.StatusOK
	case exec.NotReadOnly:
		return http.StatusMethodNotAllowed
	case exec.Busy:
		return http.StatusServiceUnavailable
	}
	status := codeStatus(graph.Code(r.Errors[0].Extensions.Code))
	if status == http.StatusBadRequest && mediaType == jsonType {
		return http.StatusOK
	}
	return status
}

// codeStatus is the one table from codes to statuses, for what was not executed.
func codeStatus(code graph.Code) int {
	switch code {
	case graph.BadInput, graph.TooCostly:
		return http.StatusBadRequest
	case graph.NotFound:
		return http.StatusNotFound
	case graph.TooLarge:
		return http.StatusRequestEntityTooLarge
	case graph.Timeout:
		return http.StatusGatewayTimeout
	case graph.StoreBusy, graph.StoreDown:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// readBody reads a POST.
func (s server) readBody(g *gin.Context) (exec.Request, error) {
	contentType, params, err := mime.ParseMediaType(g.GetHeader("Content-Type"))
	if err != nil || contentType != jsonType {
		return exec.Request{}, httpError{http.StatusUnsupportedMediaType, graph.Errorf(graph.BadInput, "a POST needs the content type %s", jsonType)}
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return exec.Request{}, httpError{http.StatusUnsupportedMediaType, graph.Errorf(graph.BadInput, "a request is UTF-8; this one says %q", charset)}
	}
	if encoding := g.GetHeader("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return exec.Request{}, compressed(encoding)
	}
	if g.Request.ContentLength > s.BodyBytes { // refused before it is sent, where the client waits
		return exec.Request{}, s.tooLarge()
	}
	body, err := io.ReadAll(http.MaxBytesReader(g.Writer, g.Request.Body, s.BodyBytes))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return exec.Request{}, s.tooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return exec.Request{}, httpError{http.StatusRequestTimeout, graph.Errorf(graph.Timeout, "the request took too long to arrive")}
	case err != nil:
		return exec.Request{}, graph.Errorf(graph.BadInput, "the request did not arrive whole")
	case bytes.HasPrefix(body, gzipMark):
		return exec.Request{}, compressed("gzip")
	}
	return decode(body)
}

// gzipMark is how compressed bytes begin, and JSON never does.
var gzipMark = []byte("\x1f\x8b")

func compressed(encoding string) error {
	return httpError{http.StatusUnsupportedMediaType, graph.Errorf(graph.BadInput, "compressed requests are not accepted; this one is %q: send the JSON object as it is", encoding)}
}

func (s server) tooLarge() error {
	return graph.Errorf(graph.TooLarge, "a request may have %d bytes at most", s.BodyBytes)
}

// body is a request as the specification has it.
type body struct {
	Query         *string        `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
	Extensions    map[string]any `json:"extensions"` // read, for its type; nothing is defined
}

func decode(data []byte) (exec.Request, error) {
	if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("[")) {
		return exec.Request{}, graph.Errorf(graph.BadInput, "batches are not answered: send one request at a time, or several fields in one")
	}
	var b body
	if err := unmarshal(data, &b); err != nil {
		return exec.Request{}, notJSON("the request", err, ` with the document in "query"`)
	}
	if b.Query == nil {
		return exec.Request{}, graph.Errorf(graph.BadInput, `a request is a JSON object with the document in "query"`)
	}
	return exec.Request{Query: *b.Query, OperationName: b.OperationName, Variables: b.Variables}, nil
}

// unmarshal reads one JSON value and keeps every digit of its numbers.
func unmarshal(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows its end")
	}
	return nil
}

// notJSON says what is wrong with what should be a JSON object.
func notJSON(what string, err error, with string) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return graph.Errorf(graph.BadInput, "%q may not be a JSON %s", wrong.Field, wrong.Value)
	case errors.As(err, &wrong):
		return graph.Errorf(graph.BadInput, "%s is a JSON %s; it has to be a JSON object%s", what, wrong.Value, with)
	case errors.Is(err, io.EOF):
		return graph.Errorf(graph.BadInput, "%s is empty; it has to be a JSON object%s", what, with)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return graph.Errorf(graph.BadInput, "%s breaks off; it has to be a JSON object%s", what, with)
	}
	return graph.Errorf(graph.BadInput, "%s is not a JSON object%s: %v", what, with, err)
}

// readURL reads a GET.
func (s server) readURL(u *url.URL) (exec.Request, error) {
	if int64(len(u.RawQuery)) > s.BodyBytes {
		return exec.Request{}, s.tooLarge()
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return exec.Request{}, graph.Errorf(graph.BadInput, "the parameters of the address cannot be read: %v", err)
	}
	if !values.Has("query") {
		return exec.Request{}, graph.Errorf(graph.BadInput, `a GET needs the document in the parameter "query"; /graphiql is the page for people`)
	}
	request := exec.Request{Query: values.Get("query"), OperationName: values.Get("operationName")}
	if request.Variables, err = object(values, "variables"); err != nil {
		return exec.Request{}, err
	}
	_, err = object(values, "extensions")
	return request, err
}

func object(values url.Values, name string) (map[string]any, error) {
	text := values.Get(name)
	if text == "" {
		return nil, nil
	}
	var m map[string]any
	if err := unmarshal([]byte(text), &m); err != nil {
		return nil, notJSON(strconv.Quote(name), err, "")
	}
	return m, nil
}

// httpError is an error that has a status of its own.
type httpError struct {
	status int
	error
}

func (e httpError) Unwrap() error { return e.error }

// fail answers with one error and no data, and with the status of the error.
func (s server) fail(g *gin.Context, err error) {
	shown := s.Executor.Translate(g.Request.Context(), err)
	status := codeStatus(graph.Code(shown.Extensions.Code))
	var own httpError
	if errors.As(err, &own) {
		status = own.status
	}
	if status == http.StatusRequestEntityTooLarge || status == http.StatusRequestTimeout {
		g.Header("Connection", "close") // the rest of the request is not read
	}
	mediaType, _ := negotiate(g.Request.Header.Values("Accept"))
	write(g, status, mediaType, &exec.Response{Errors: []exec.Error{shown}})
}

func write(g *gin.Context, status int, mediaType string, r *exec.Response) {
	if len(r.Errors) > 0 {
		g.Set(codeKey, r.Errors[0].Extensions.Code)
	}
	text, err := json.Marshal(r)
	if err != nil { // data is encoded already, and the rest is text
		panic(err)
	}
	g.Header("Content-Length", strconv.Itoa(len(text)+1))
	g.Data(status, mediaType+"; charset=utf-8", append(text, '\n'))
}

// negotiate picks the media type that the client likes best. Without a
// preference it is application/json, which every client reads.
func negotiate(accept []string) (mediaType string, acceptable bool) {
	header := strings.TrimSpace(strings.Join(accept, ","))
	if header == "" {
		return jsonType, true
	}
	best := 0.0
	mediaType = jsonType
	for part := range strings.SplitSeq(header, ",") {
		offered, params, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		switch offered {
		case "*/*", "application/*":
			offered = jsonType
		case graphqlType, jsonType:
		default:
			continue
		}
		quality := 1.0
		if q, err := strconv.ParseFloat(params["q"], 64); err == nil {
			quality = q
		}
		if quality > best {
			best, mediaType = quality, offered
		}
	}
	return mediaType, best > 0
}
