package guard

import (
	"bytes"

	"tiermap/graph"
)

// token is a name or number, a string, or one character of punctuation.
type token struct{ start, end int }

// bracket is an open brace, bracket or parenthesis.
type bracket struct {
	open     byte
	start    int
	given    bool // stands in parentheses, where values are; else fields do
	declares bool // stands in the declarations of variables
	tokens   int  // in it, without those that were blanked
	blanked  bool // some were
}

// The parser does not know the literal null. To the library that executes, null
// and left out are the same: the default is taken for both. So an argument or field of an object that is null is overwritten by blanks,
// with its name, and everything else keeps its place. Where nothing can be left
// out, in a list or as a default, null is refused.

// note follows what the token that ends at the position means for literal nulls.
func (s *scanner) note(start int) error {
	t := token{start, s.pos}
	switch s.text[start] {
	case '{', '[', '(':
		s.open(s.text[start], start)
	case '}', ']', ')':
		s.close(s.text[start])
	default:
		if in := s.innermost(); in != nil {
			in.tokens++
			if in.given && string(s.text[t.start:t.end]) == "null" {
				if err := s.null(in, t); err != nil {
					return err
				}
			}
		}
	}
	s.before = [3]token{s.before[1], s.before[2], t}
	return nil
}

func (s *scanner) innermost() *bracket {
	if len(s.brackets) == 0 {
		return nil
	}
	return &s.brackets[len(s.brackets)-1]
}

func (s *scanner) open(c byte, start int) {
	b := bracket{open: c, start: start, given: c == '('}
	if in := s.innermost(); in != nil {
		in.tokens++
		b.given = b.given || in.given
		b.declares = in.declares
	} else if c == '(' { // of an operation, or of a directive there
		b.declares = s.first(1) != '@'
	}
	s.brackets = append(s.brackets, b)
}

// close also blanks parentheses in which nothing is left.
func (s *scanner) close(c byte) {
	in := s.innermost()
	if in == nil {
		return
	}
	if in.open == '(' && c == ')' && in.blanked && in.tokens == 0 {
		s.blank(token{in.start, in.start + 1})
		s.blank(token{s.pos - 1, s.pos})
	}
	s.brackets = s.brackets[:len(s.brackets)-1]
}

// first is how a token before the present one begins: 2 is the last, 1 the one
// before it; 0 where there is none.
func (s *scanner) first(i int) byte {
	if s.before[i].end == 0 {
		return 0
	}
	return s.text[s.before[i].start]
}

// null decides about the name null among values.
func (s *scanner) null(in *bracket, t token) error {
	last := s.first(2)
	switch {
	case last == '$' || last == '@' || last == ':' && s.first(0) == '$': // the name of a variable, directive or type
		return nil
	case in.open == '[' || last == '=' || in.declares && last == ':':
		return graph.Errorf(graph.BadInput,
			"the document has a null in a list or a default value, where it is not supported; leave it out, or use a variable")
	case last == ':' && isNameStart(s.first(1)):
		s.blank(s.before[1])
		s.blank(s.before[2])
		s.blank(t)
		in.tokens -= 3
		in.blanked = true
	}
	return nil // the name of an argument or field, or an error of syntax
}

func (s *scanner) blank(t token) {
	copy(s.text[t.start:t.end], bytes.Repeat([]byte(" "), t.end-t.start))
}

func isNameStart(c byte) bool { return isNameByte(c) && (c < '0' || c > '9') }
