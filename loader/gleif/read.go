package gleif

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	"tiermap/graph"
	"tiermap/graph/country"
	"tiermap/loader"
)

// reader takes the files of one dataset to the sink.
type reader struct {
	ctx       context.Context
	sink      *loader.Sink
	countries *country.List
	year      int               // of the golden copy, in which codes of countries are read
	places    map[string]string // ids of countries by the codes that were met
	kinds     *graph.Schema
	known     map[lei]state
	links     map[link]bool
	level1    bool // companies are declared by these files, not by the store

	file       file
	badDigits  int   // identifiers whose check digits do not fit
	successors []lei // that companies name
	several    int   // companies with more than one successor
}

// read reads the exceptions first, for companies tell theirs, then the
// companies, then what refers to companies.
func read(ctx context.Context, sink *loader.Sink, files []file, d graph.Dataset, o Options) error {
	copied, err := time.Parse(time.DateOnly, d.Version)
	if err != nil {
		return graph.Errorf(graph.BadInput, "%s is no date of a golden copy", d.Version)
	}
	r := &reader{ctx: ctx, sink: sink, countries: o.Countries, year: copied.Year(), places: map[string]string{},
		kinds: graph.NewSchema(), known: map[lei]state{}, links: map[link]bool{}}
	for _, f := range files {
		r.level1 = r.level1 || f.level == entities || f.level == mixed
		if f.date != "" && f.date != d.Version {
			sink.Note("%s is of %s, and goes into the dataset of %s with the others", f.Name, f.date, d.Version)
		}
	}
	if err := r.each(files, exceptions, r.note); err != nil {
		return err
	}
	if err := r.each(files, entities, r.company); err != nil {
		return err
	}
	if !r.level1 && o.Store != nil {
		if err := r.readStore(o.Store, d.ID); err != nil {
			return err
		}
	}
	if err := r.each(files, exceptions, r.exception); err != nil {
		return err
	}
	if err := r.each(files, relationships, r.relationship); err != nil {
		return err
	}
	r.remark()
	return nil
}

// each takes the records of a level.
func (r *reader) each(files []file, l level, take func(rec *record) error) error {
	for _, f := range files {
		if f.level != l && f.level != mixed {
			continue
		}
		r.file = f
		only := func(rec *record) error {
			if f.level == mixed && rec.level() != l {
				return nil // another pass takes it
			}
			rec.trim()
			return take(rec)
		}
		if err := r.records(f, only, l); err != nil {
			return err
		}
	}
	return nil
}

// level is what a record is about. What is nothing of GLEIF's, or cannot be
// read, goes with the entities.
func (rec *record) level() level {
	switch {
	case rec.relationship != nil:
		return relationships
	case rec.exception != nil:
		return exceptions
	}
	return entities
}

// records takes all records of a file.
func (r *reader) records(f file, take func(rec *record) error, l level) error {
	if f.format == asCSV {
		return readCSV(r.sink, f, take)
	}
	stream, err := r.sink.Open(f.Input)
	if err != nil {
		return err
	}
	defer stream.Close()
	switch f.format {
	case asXML:
		s := newXMLSplitter(f, stream)
		if err := run(r.ctx, s, parseXML(f.level), take); err != nil {
			return err
		}
		if l != exceptions && s.promised >= 0 && s.promised != s.count {
			r.sink.Note("%s has %d records; its header says %d", f.Name, s.count, s.promised)
		}
		return nil
	case asJSON:
		return run(r.ctx, newJSONSplitter(f, withoutMark(stream)), parseJSON, take)
	}
	return run(r.ctx, &apiSplitter{name: f.String(), src: withoutMark(stream)}, parseAPI, take)
}

// withoutMark takes a byte order mark off the start of a text.
func withoutMark(src io.Reader) io.Reader {
	b := bufio.NewReader(src)
	if start, _ := b.Peek(len(byteOrderMark)); string(start) == byteOrderMark { // Read tells the error
		_, _ = b.Discard(len(byteOrderMark))
	}
	return b
}

// readStore makes the companies of the store known, which level 2 alone refers
// to.
func (r *reader) readStore(store Store, dataset string) error {
	snapshot, err := store.Snapshot(r.ctx)
	if err != nil {
		return err
	}
	defer snapshot.Close()
	company := r.kinds.Kind(graph.Company)
	id, from := company.Field("id"), company.Field("dataset")
	return snapshot.Read(r.ctx, graph.Query{Kind: graph.Company, Fields: []string{"id", "dataset"}}, func(b *graph.Batch) error {
		words := b.Words.List()
		for i := range b.Len {
			own := words[b.Columns[from].Word[i]] == dataset // which this load replaces
			if key, ok := parseLEI(b.Columns[id].Text[i]); ok && !own {
				s := r.known[key]
				s.marks |= declared
				r.known[key] = s
			}
		}
		return nil
	})
}

// remark tells what the counts do not.
func (r *reader) remark() {
	if r.badDigits > 0 {
		r.sink.Note("%d of the LEIs have check digits that do not fit (ISO 7064, MOD 97-10)", r.badDigits)
	}
	if r.several > 0 {
		r.sink.Note("%d companies name more than one successor: the first counts", r.several)
	}
	missing := 0
	for _, s := range r.successors {
		if r.known[s].marks&declared == 0 {
			missing++
		}
	}
	if missing > 0 {
		r.sink.Note("%d successors are not among the companies of these files", missing)
	}
}

// fault is why a record is rejected.
type fault struct {
	column, value string // the column as the CSV files name it
	reason        loader.Reason
	detail        string
}

func (r *reader) reject(rec *record, f fault) {
	r.sink.Reject(loader.Reject{File: r.file.String(), Line: rec.line, Column: f.column, Value: f.value,
		Reason: f.reason, Detail: f.detail, Raw: rec.raw()})
}

// repeated rejects a record whose key was there before. Responses of the API
// overlap: there it is the same record.
func (r *reader) repeated(rec *record, column, value string) {
	if r.file.format == asAPI {
		r.sink.PassOver("responses of the API that hold a record again")
		return
	}
	r.reject(rec, fault{column, value, loader.Repeated, ""})
}

// dealt rejects a record that could not be read, or is not of the level that
// the file's beginning showed, and passes over what is of no use; it reports
// whether that was all there is to do.
func (r *reader) dealt(rec *record, l level, deleted bool) bool {
	switch {
	case rec.fault != "":
		r.reject(rec, fault{reason: rec.fault, detail: rec.detail})
	case rec.other != "":
		r.sink.PassOver(rec.other)
	case rec.level() != l:
		r.reject(rec, fault{reason: loader.NotAllowed, detail: "the file begins with records of another level: split it"})
	case deleted:
		r.sink.PassOver("records that a delta file deletes")
	default:
		return false
	}
	return true
}

// identifier packs an LEI.
func identifier(column, s string) (lei, fault) {
	if s == "" {
		return lei{}, fault{column, s, loader.Missing, ""}
	}
	id, ok := parseLEI(s)
	if !ok {
		return lei{}, fault{column, s, loader.BadID, "an LEI has 18 capital letters or digits and two check digits"}
	}
	return id, fault{}
}

// day returns the day of a time such as 2012-11-29T00:00:00.000Z, as it is
// written: in whatever time zone.
func day(column, s string) (string, fault) {
	if s == "" {
		return "", fault{}
	}
	date := s[:min(len(s), len(time.DateOnly))]
	if _, err := time.Parse(time.DateOnly, date); err != nil || len(s) > len(date) && s[len(date)] != 'T' && s[len(date)] != ' ' {
		return "", fault{column, s, loader.NotDate, ""}
	}
	return date, fault{}
}

func statusRule(what, status, why string) string {
	return fmt.Sprintf("%s of status %s: %s", what, status, why)
}
