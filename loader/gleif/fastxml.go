package gleif

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// target is a record that XML is read into.
type target interface {
	// field returns where the text of the element that is opened goes; nil where
	// it counts for nothing. The path has the local names of the elements from
	// below the record on, each with a > behind it.
	field(path []byte) *string
}

// readXML reads a record. Nearly all records have one plain shape, which
// fastXML knows how to read; encoding/xml reads the others, and says what is
// wrong with those that are none. Both agree on every record that fastXML
// accepts. x must be zero.
func readXML[T any, P interface {
	*T
	target
}](data []byte, x P) error {
	if fastXML(data, x) {
		return nil
	}
	*x = *new(T)
	return xml.Unmarshal(data, x)
}

// element is one that is open.
type element struct {
	name  []byte  // with its prefix
	below int     // length of the path above it
	into  *string // where its text goes
}

// fastXML reads a record of elements, attributes in double quotes, and text;
// false where it holds anything else, such as comments, CDATA, numeric
// references, empty elements, or text that encoding/xml would refuse.
func fastXML(data []byte, x target) bool {
	var stack [16]element
	var pathRoom [256]byte
	depth, path := 0, pathRoom[:0]
	for len(data) > 0 {
		if data[0] != '<' || len(data) < 3 {
			return false
		}
		var name []byte
		var ok, closing bool
		if name, data, closing, ok = tag(data); !ok {
			return false
		}
		text, rest, found := bytes.Cut(data, []byte{'<'})
		if !plain(text) {
			return false
		}
		switch {
		case closing:
			if depth == 0 || !bytes.Equal(stack[depth-1].name, name) {
				return false
			}
			depth--
			path = path[:stack[depth].below]
			if depth == 0 {
				return !found && len(text) == 0
			}
		case depth == len(stack) || depth > 0 && stack[depth-1].into != nil:
			return false // deeper than records are, or an element within a text
		default:
			e := element{name: name, below: len(path)}
			if depth > 0 {
				path = append(append(path, local(name)...), '>')
				e.into = x.field(path)
			}
			stack[depth] = e
			depth++
			if e.into != nil {
				*e.into = unescaped(text)
			}
		}
		if !found {
			return false
		}
		data = data[len(data)-len(rest)-1:]
	}
	return false
}

// local returns a name without its prefix.
func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// tag reads the tag that data begins with.
func tag(data []byte) (name, rest []byte, closing, ok bool) {
	rest = data[1:]
	if closing = rest[0] == '/'; closing {
		rest = rest[1:]
	}
	if name, rest, ok = qualified(rest); !ok {
		return nil, nil, false, false
	}
	for len(rest) > 0 && rest[0] != '>' {
		blanks := len(rest) - len(bytes.TrimLeft(rest, " \n\t"))
		if blanks == 0 || closing {
			return nil, nil, false, false
		}
		if rest = rest[blanks:]; len(rest) > 0 && rest[0] == '>' {
			break
		}
		if _, rest, ok = qualified(rest); !ok || len(rest) < 2 || rest[0] != '=' || rest[1] != '"' {
			return nil, nil, false, false
		}
		end := bytes.IndexByte(rest[2:], '"')
		if end < 0 || bytes.ContainsAny(rest[2:2+end], "<&\r") || !plain(rest[2:2+end]) {
			return nil, nil, false, false
		}
		rest = rest[2+end+1:]
	}
	if len(rest) == 0 {
		return nil, nil, false, false
	}
	return name, rest[1:], closing, true
}

// qualified reads a name: letters, digits, _ and - after a letter or _, with at
// most one prefix of the same kind.
func qualified(data []byte) (name, rest []byte, ok bool) {
	start, colons := true, 0
	for i, c := range data {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
			start = false
		case !start && (c >= '0' && c <= '9' || c == '-'):
		case !start && c == ':' && colons == 0:
			start, colons = true, 1
		default:
			return data[:i], data[i:], !start
		}
	}
	return nil, nil, false
}

// plain reports whether text is what it seems to be: no control characters, no
// end of CDATA, no references but the five that XML names, and none of the code
// points that are no characters.
func plain(text []byte) bool {
	for i, c := range text {
		switch {
		case c < ' ' && c != '\n' && c != '\t':
			return false
		case c == '>' && i >= 2 && text[i-1] == ']' && text[i-2] == ']':
			return false
		case c == 0xEF && bytes.HasPrefix(text[i:], []byte("\xef\xbf")):
			return false
		case c == '&' && reference(text[i:]) == 0:
			return false
		}
	}
	return true
}

// references are the five that need no declaration.
var references = []struct{ name, text string }{{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", `"`}, {"&apos;", "'"}}

// reference returns the length of the reference that text begins with; 0 where
// it is none of the five.
func reference(text []byte) int {
	for _, r := range references {
		if bytes.HasPrefix(text, []byte(r.name)) {
			return len(r.name)
		}
	}
	return 0
}

// unescaped returns plain text with what its references stand for.
func unescaped(text []byte) string {
	if bytes.IndexByte(text, '&') < 0 {
		return string(text)
	}
	s := string(text)
	for _, r := range references[1:] {
		s = strings.ReplaceAll(s, r.name, r.text)
	}
	return strings.ReplaceAll(s, references[0].name, references[0].text)
}
