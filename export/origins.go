package export

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"tiermap/graph/ask"
	"tiermap/graph/supply"
)

// originColumns are the columns of the table of all origins (docs/methods.md §2f).
const originColumns = "year,code,country,origin,direct,origin_share,unexplained"

// otherOrigins stands in the column origin of the row that sums what was left out.
const otherOrigins = "*"

// AboutOrigins describes the table of all origins.
func AboutOrigins(scope ask.OriginsScope, year int, balance supply.Balance, minShare float64, methods, day string) About {
	assumptions := []string{
		"A row says which share of a country's supply of a code comes from a country directly, and which share starts there; shares are of supply in gross tonnes, 0..1.",
		"Production of a code, unless it is loaded for it, is inferred as what a country exports beyond what it imports, and is estimated.",
		"The column unexplained is the share of the country's supply of the code for which no source is known; it is the same in all its rows.",
	}
	if minShare > 0 {
		assumptions = append(assumptions, fmt.Sprintf(
			"Rows of which neither share is at least %g are left out; the row with the origin %s has their sums.", minShare, otherOrigins))
	}
	return About{Title: fmt.Sprintf("Origins of every trade code in every country, %d", year), Exported: day,
		Method: "tiermap methods " + methods, Balance: string(balance), Year: year, Datasets: datasets(scope.Datasets), Assumptions: assumptions}
}

// AppendOrigins appends the CSV rows of a code: by country, then origin; those
// of which neither share is at least minShare are summed in a row of their own,
// which is also there where a country has no other.
func AppendOrigins(dst []byte, year int, code string, lines []supply.TargetOrigins, minShare float64) []byte {
	row := func(l supply.TargetOrigins, origin string, direct, share float64) {
		dst = strconv.AppendInt(dst, int64(year), 10)
		for _, text := range [...]string{code, l.Place, origin} { // ids need no quotes
			dst = append(append(dst, ','), text...)
		}
		for _, v := range [...]float64{direct, share, l.Unexplained} {
			dst = strconv.AppendFloat(append(dst, ','), v, 'g', -1, 64)
		}
		dst = append(dst, '\n')
	}
	for _, l := range lines {
		var direct, share float64
		listed, left := 0, 0
		for s := range l.Shares() {
			listed++
			if max(s.Direct, s.Origin) >= minShare {
				row(l, s.Place, s.Direct, s.Origin)
				continue
			}
			left++
			direct, share = direct+s.Direct, share+s.Origin
		}
		if left > 0 || listed == 0 {
			row(l, otherOrigins, direct, share)
		}
	}
	return dst
}

// OriginTable is the file of the table of all origins in the making. It grows
// beside its place, as FILE.part, with a note of how far it is whole, and is
// moved there when it is complete, so that work that was interrupted goes on
// where it stopped.
type OriginTable struct {
	path   string
	file   *os.File
	out    *bufio.Writer
	done   progress
	unsure int // codes since the note was written
}

// progress is the note of how far FILE.part is whole.
type progress struct {
	Question string // what the rows answer
	After    string // the last code that is in it
	Bytes    int64  // up to there
}

// codesPerNote is how many codes may be lost to a killed process.
const codesPerNote = 50

// OpenOriginTable begins the table, or goes on with the part that is there of
// the same question; After then tells the last code of it.
func OpenOriginTable(path, question string) (*OriginTable, error) {
	t := &OriginTable{path: path, done: progress{Question: question}}
	if old, ok := readProgress(t.note()); ok && old.Question == question {
		t.done = old
	}
	var err error
	if t.file, err = os.OpenFile(t.part(), os.O_RDWR|os.O_CREATE, 0o666); err != nil {
		return nil, err
	}
	if info, err := t.file.Stat(); err != nil || info.Size() < t.done.Bytes {
		t.done = progress{Question: question}
	}
	err = t.file.Truncate(t.done.Bytes)
	if err == nil {
		_, err = t.file.Seek(t.done.Bytes, io.SeekStart)
	}
	if err != nil {
		t.file.Close()
		return nil, err
	}
	t.out = bufio.NewWriterSize(t.file, 1<<20)
	return t, nil
}

func (t *OriginTable) part() string { return t.path + ".part" }
func (t *OriginTable) note() string { return t.path + ".part.json" }

func readProgress(path string) (p progress, ok bool) {
	text, err := os.ReadFile(path)
	return p, err == nil && json.Unmarshal(text, &p) == nil
}

// After is the last code of the part that was there; "" where none was.
func (t *OriginTable) After() string { return t.done.After }

// Begin writes the description and the header, unless the part has them.
func (t *OriginTable) Begin(about About) error {
	if t.done.Bytes > 0 {
		return nil
	}
	for _, line := range about.lines() {
		if err := t.write([]byte("# " + strings.ReplaceAll(line, "\n", " ") + "\n")); err != nil {
			return err
		}
	}
	return t.write([]byte(originColumns + "\n"))
}

func (t *OriginTable) write(text []byte) error {
	n, err := t.out.Write(text)
	t.done.Bytes += int64(n)
	return err
}

// Write appends the rows of a code.
func (t *OriginTable) Write(code string, rows []byte) error {
	if err := t.write(rows); err != nil {
		return err
	}
	t.done.After = code
	if t.unsure++; t.unsure < codesPerNote {
		return nil
	}
	return t.save()
}

// save writes what is buffered, and then the note that it is there.
func (t *OriginTable) save() error {
	if err := t.out.Flush(); err != nil {
		return err
	}
	text, err := json.Marshal(t.done)
	if err != nil {
		return err
	}
	t.unsure = 0
	if err := os.WriteFile(t.note()+".new", text, 0o666); err != nil {
		return err
	}
	return os.Rename(t.note()+".new", t.note())
}

// Pause keeps the part for another time.
func (t *OriginTable) Pause() error { return errors.Join(t.save(), t.file.Close()) }

// Finish moves the table to its place, as Parquet where its name says so.
func (t *OriginTable) Finish() error {
	if err := t.save(); err != nil {
		return err
	}
	if err := t.file.Close(); err != nil {
		return err
	}
	if strings.HasSuffix(t.path, ".parquet") {
		if err := t.toParquet(); err != nil {
			return err
		}
	} else if err := os.Rename(t.part(), t.path); err != nil {
		return err
	}
	if err := os.Remove(t.note()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// originRow is a row of the Parquet file.
type originRow struct {
	Year        int32   `parquet:"year"`
	Code        string  `parquet:"code,dict"`
	Country     string  `parquet:"country,dict"`
	Origin      string  `parquet:"origin,dict"`
	Direct      float64 `parquet:"direct"`
	Share       float64 `parquet:"origin_share"`
	Unexplained float64 `parquet:"unexplained"`
}

// rowsPerGroup bounds the memory that writing Parquet takes.
const rowsPerGroup = 500_000

// toParquet rewrites the part as Parquet.
func (t *OriginTable) toParquet() (err error) {
	in, err := os.Open(t.part())
	if err != nil {
		return err
	}
	defer in.Close()
	file, err := os.Create(t.path + ".new")
	if err != nil {
		return err
	}
	w := parquet.NewGenericWriter[originRow](file, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowsPerGroup))
	if err := errors.Join(copyRows(w, in), w.Close(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(t.path+".new"))
	}
	return errors.Join(os.Rename(t.path+".new", t.path), os.Remove(t.part()))
}

func copyRows(w *parquet.GenericWriter[originRow], in io.Reader) error {
	var about []string
	rows := make([]originRow, 0, 4096)
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		line := lines.Text()
		if text, ok := strings.CutPrefix(line, "# "); ok {
			about = append(about, text)
			continue
		}
		if line == originColumns {
			w.SetKeyValueMetadata("about", strings.Join(about, "\n"))
			continue
		}
		row, err := parseOrigin(line)
		if err != nil {
			return err
		}
		if rows = append(rows, row); len(rows) == cap(rows) {
			if _, err := w.Write(rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	_, err := w.Write(rows)
	return err
}

// parseOrigin reads a line that AppendOrigins wrote.
func parseOrigin(line string) (r originRow, err error) {
	f := strings.Split(line, ",")
	if len(f) != 7 {
		return r, fmt.Errorf("the part is damaged at %q: delete it and begin again", line)
	}
	year, err := strconv.Atoi(f[0])
	r.Year, r.Code, r.Country, r.Origin = int32(year), f[1], f[2], f[3]
	for i, v := range []*float64{&r.Direct, &r.Share, &r.Unexplained} {
		if err == nil {
			*v, err = strconv.ParseFloat(f[4+i], 64)
		}
	}
	return r, err
}
