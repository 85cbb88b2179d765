package loader

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Reason says why a row was rejected. The text is stable: scripts count by it.
type Reason string

// The reasons, all of them.
const (
	ColumnCount Reason = "column_count" // fewer or more columns than the header
	NulByte     Reason = "nul_byte"
	NotUTF8     Reason = "not_utf8"
	Quoting     Reason = "quoting" // a quote that is not closed or stands where none may
	TooLong     Reason = "too_long"
	Missing     Reason = "missing" // a value that a row cannot do without
	NotInteger  Reason = "not_integer"
	NotNumber   Reason = "not_number"
	NotBoolean  Reason = "not_boolean"
	NotDate     Reason = "not_date"
	Negative    Reason = "negative"
	OutOfRange  Reason = "out_of_range"
	NotAllowed  Reason = "not_allowed" // not one of the values that the column may have
	BadID       Reason = "bad_id"
	BadCode     Reason = "bad_code" // not a trade code
	NoCountry   Reason = "unknown_country"
	NoReference Reason = "unknown_reference" // an id that no dataset declares
	Repeated    Reason = "repeated_key"
	WrongYear   Reason = "wrong_year"
	Conflict    Reason = "conflict"  // values that exclude each other
	Malformed   Reason = "malformed" // a record of XML or JSON that is none
)

// sentences has one line for each reason.
var sentences = map[Reason]string{
	ColumnCount: "the row does not have as many columns as the header",
	NulByte:     "the row holds a NUL byte, which no text has",
	NotUTF8:     "the row is not UTF-8 text",
	Quoting:     "a quote is not closed, or stands where none may",
	TooLong:     "the row is longer than 1 MiB",
	Missing:     "the value is missing",
	NotInteger:  "not a whole number",
	NotNumber:   "not a number",
	NotBoolean:  "neither true nor false",
	NotDate:     "not a date such as 2024-12-31",
	Negative:    "the number is below zero",
	OutOfRange:  "the number is out of range",
	NotAllowed:  "not one of the values that this column may have",
	BadID:       "not an id: letters, digits, dot, underscore, colon and hyphen, with a letter or digit first",
	BadCode:     "not a trade code",
	NoCountry:   "no country is known by this name or code",
	NoReference: "no dataset declares this id",
	Repeated:    "a row of the same key stands before",
	WrongYear:   "not the year that the file is about",
	Conflict:    "values of this row exclude each other",
	Malformed:   "the record is not well formed",
}

// Reasons returns every reason with its sentence.
func Reasons() map[Reason]string {
	all := make(map[Reason]string, len(sentences))
	for r, s := range sentences {
		all[r] = s
	}
	return all
}

// Sentence says what the reason means.
func (r Reason) Sentence() string { return sentences[r] }

// Reject is a row that was left out, and why.
type Reject struct {
	File   string // path as the user gave it, which tells the folders of one load apart; see Input.String
	Line   int    // the line that the row begins on, counted from 1
	Column string // name of the column at fault; blank: the row as a whole
	Value  string
	Reason Reason
	Detail string // adds to the reason's sentence, such as the nearest known names; may be blank
	Raw    string // the row as it stands in the file
}

// rejectHeader are the columns of a file of rejects.
var rejectHeader = []string{"file", "line", "column", "value", "reason", "raw"}

// maxShown is how many bytes of a value or a raw row a reject shows.
const maxShown = 4 << 10

// RejectWriter writes rejects as CSV: file, line, column, value, reason, raw.
// The reason is its stable code, a colon and a sentence. Bytes that are not
// UTF-8 are written as \xNN, a NUL as \x00.
type RejectWriter struct{ csv *csv.Writer }

// NewRejectWriter writes the header.
func NewRejectWriter(w io.Writer) (*RejectWriter, error) {
	out := &RejectWriter{csv.NewWriter(w)}
	if err := out.csv.Write(rejectHeader); err != nil {
		return nil, err
	}
	return out, out.Flush()
}

// Write writes one reject.
func (w *RejectWriter) Write(r Reject) error {
	reason := string(r.Reason) + ": " + r.Reason.Sentence()
	if r.Detail != "" {
		reason += "; " + r.Detail
	}
	return w.csv.Write([]string{printable(r.File), strconv.Itoa(r.Line), printable(r.Column),
		printable(r.Value), printable(reason), printable(r.Raw)})
}

// Flush writes what is buffered.
func (w *RejectWriter) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// printable cuts s to what is shown and escapes what is no text.
func printable(s string) string {
	cut := len(s) > maxShown
	if cut {
		s = s[:maxShown]
	}
	if utf8.ValidString(s) && !strings.ContainsRune(s, 0) && !cut {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if (r == utf8.RuneError && n == 1) || r == 0 {
			const hex = "0123456789abcdef"
			b.WriteString(`\x`)
			b.WriteByte(hex[s[0]>>4])
			b.WriteByte(hex[s[0]&15])
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	if cut {
		b.WriteString("…")
	}
	return b.String()
}
