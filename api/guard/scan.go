package guard

import (
	"bytes"
	"unicode/utf8"

	"tiermap/graph"
)

// Scan bounds the text of a document and returns the text to parse. It reads
// every byte once and never recurses, so it is safe for any input. What it
// passes may be malformed; that is for the parser to say.
//
// The text that it returns is the document with comments made ASCII, byte for
// byte: the lexer counts characters where it should count bytes, and loses its
// place after a comment that holds others. Arguments that are null are blanks,
// as the parser does not know that literal.
func Scan(document string, l Limits) ([]byte, error) {
	if len(document) > l.Bytes {
		return nil, graph.Errorf(graph.TooLarge, "the document has %d bytes; at most %d are read", len(document), l.Bytes)
	}
	if !utf8.ValidString(document) {
		return nil, graph.Errorf(graph.BadInput, "the document is not UTF-8 text")
	}
	s := scanner{text: []byte(document), limits: l}
	s.blankMark()
	for s.pos < len(s.text) {
		if err := s.token(); err != nil {
			return nil, err
		}
	}
	return s.text, nil
}

type scanner struct {
	text     []byte
	limits   Limits
	pos      int
	tokens   int
	nesting  int
	before   [3]token  // the tokens before the present one, the last one last
	brackets []bracket // that are open, outermost first
}

// blankMark overwrites a byte order mark, which the lexer miscounts too.
func (s *scanner) blankMark() {
	if bytes.HasPrefix(s.text, []byte("\ufeff")) {
		copy(s.text, "   ")
	}
}

func (s *scanner) token() error {
	start := s.pos
	switch c := s.text[s.pos]; {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',':
		s.pos++
		return nil
	case c == '#':
		s.comment()
		return nil
	case c == '"':
		if err := s.quoted(); err != nil {
			return err
		}
	case isNameByte(c):
		if err := s.name(); err != nil {
			return err
		}
	default:
		if err := s.punctuation(c); err != nil {
			return err
		}
	}
	s.tokens++
	if s.tokens > s.limits.Tokens {
		return graph.Errorf(graph.TooCostly, "the document has more than %d tokens; ask for less at once", s.limits.Tokens)
	}
	return s.note(start)
}

func (s *scanner) comment() {
	for s.pos < len(s.text) && s.text[s.pos] != '\n' && s.text[s.pos] != '\r' {
		if s.text[s.pos] >= utf8.RuneSelf {
			s.text[s.pos] = '.'
		}
		s.pos++
	}
}

// name passes names and the digits of numbers.
func (s *scanner) name() error {
	start := s.pos
	for s.pos < len(s.text) && isNameByte(s.text[s.pos]) {
		s.pos++
	}
	if s.pos-start > s.limits.NameBytes {
		return graph.Errorf(graph.TooCostly, "a name or number in the document has more than %d characters", s.limits.NameBytes)
	}
	return nil
}

func (s *scanner) punctuation(c byte) error {
	s.pos++
	switch c {
	case '{', '[', '(':
		s.nesting++
		if s.nesting > s.limits.Nesting {
			return graph.Errorf(graph.TooCostly, "the document is nested more than %d deep", s.limits.Nesting)
		}
	case '}', ']', ')':
		s.nesting--
	}
	return nil
}

var tripleQuote = []byte(`"""`)

func (s *scanner) quoted() error {
	if bytes.HasPrefix(s.text[s.pos:], tripleQuote) {
		return s.block()
	}
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case '\\':
			s.pos++
		case '"':
			s.pos++
			return nil
		case '\n', '\r': // unterminated: the parser says so
			return nil
		}
	}
	s.pos = len(s.text)
	return nil
}

// block passes a block string. An escaped triple quote is refused, because the
// lexer overwrites the text behind it and would then read another document
// than the one that was scanned.
func (s *scanner) block() error {
	body := s.text[s.pos+len(tripleQuote):]
	end := bytes.Index(body, tripleQuote)
	if end < 0 { // unterminated: the parser says so
		s.pos = len(s.text)
		return nil
	}
	if end > 0 && body[end-1] == '\\' {
		return graph.Errorf(graph.BadInput, `an escaped """ in a block string is not supported; use a variable`)
	}
	s.pos += 2*len(tripleQuote) + end
	return nil
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
