package loader

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// MaxRow is how long a row may be, in bytes.
const MaxRow = 1 << 20

// SplitRow takes one row of a CSV file (RFC 4180, comma, without its line end)
// apart and appends its fields to fields, which may be nil. The Reason is blank
// where the row is well formed; else the fields say nothing.
func SplitRow(raw string, fields []string) ([]string, Reason) { return splitRow(raw, ",", fields) }

// splitRow is SplitRow for another separator than the comma.
func splitRow(raw, comma string, fields []string) ([]string, Reason) {
	switch {
	case len(raw) > MaxRow:
		return fields, TooLong
	case strings.IndexByte(raw, 0) >= 0:
		return fields, NulByte
	case !utf8.ValidString(raw):
		return fields, NotUTF8
	}
	return split(raw, comma, fields)
}

// split is splitRow for what is known to be text.
func split(raw, comma string, fields []string) ([]string, Reason) {
	for rest, more := raw, true; more; {
		var field string
		if strings.HasPrefix(rest, `"`) {
			var ok bool
			if field, rest, more, ok = quoted(rest, comma[0]); !ok {
				return fields, Quoting
			}
		} else {
			field, rest, more = strings.Cut(rest, comma)
			if strings.IndexByte(field, '"') >= 0 {
				return fields, Quoting
			}
		}
		fields = append(fields, field)
	}
	return fields, ""
}

// quoted reads a field in quotes from the start of s. more is false where it is
// the last of its row, ok where its quotes are closed and a separator or nothing
// follows.
func quoted(s string, comma byte) (field, rest string, more, ok bool) {
	end := 1
	doubled := false
	for {
		i := strings.IndexByte(s[end:], '"')
		if i < 0 {
			return "", "", false, false
		}
		end += i + 1
		if end == len(s) || s[end] != '"' {
			break
		}
		end++
		doubled = true
	}
	field = s[1 : end-1]
	if doubled {
		field = strings.ReplaceAll(field, `""`, `"`)
	}
	if strings.IndexByte(field, '\r') >= 0 {
		field = strings.ReplaceAll(field, "\r\n", "\n")
	}
	switch {
	case end == len(s):
		return field, "", false, true
	case s[end] == comma:
		return field, s[end+1:], true, true
	}
	return "", "", false, false
}

// openQuote follows the quotes of a row over a part of it: given whether the
// part before ended within quotes, it reports whether this one does. It is
// right for rows that are well formed; SplitRow finds the others.
func openQuote(part []byte, open bool) bool {
	return open != (bytes.Count(part, []byte{'"'})%2 == 1)
}

// TrimLineEnd takes LF or CRLF off a line.
func TrimLineEnd(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'})
}
