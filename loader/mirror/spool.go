package mirror

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"

	"tiermap/graph"
)

const (
	inMemory = 2 << 20 // reports that are kept in memory: 100 MB
	parts    = 64      // on disk, each read back as a whole
	size     = 48      // bytes of a report on disk
)

// spool keeps reports until they are reconciled: in memory as long as there are
// few, else in files, so that those of one flow are in one of them.
type spool struct {
	reports []Report
	limit   int // of reports in memory; 0: inMemory
	dir     string
	files   []*os.File
	writers []*bufio.Writer
	buffer  [size]byte
}

func (s *spool) add(r Report) error {
	s.reports = append(s.reports, r)
	limit := s.limit
	if limit == 0 {
		limit = inMemory
	}
	if len(s.reports) < limit {
		return nil
	}
	return s.toDisk()
}

// toDisk moves the reports in memory to the files.
func (s *spool) toDisk() error {
	if s.dir == "" {
		if err := s.create(); err != nil {
			return unwritten(err)
		}
	}
	for _, r := range s.reports {
		encode(&s.buffer, r)
		if _, err := s.writers[partOf(r)].Write(s.buffer[:]); err != nil {
			return unwritten(err)
		}
	}
	s.reports = s.reports[:0]
	return nil
}

func (s *spool) create() (err error) {
	if s.dir, err = os.MkdirTemp("", "tiermap-trade-"); err != nil {
		return err
	}
	for range parts {
		file, err := os.CreateTemp(s.dir, "part-")
		if err != nil {
			return err
		}
		s.files = append(s.files, file)
		s.writers = append(s.writers, bufio.NewWriterSize(file, 32<<10))
	}
	return nil
}

func unwritten(err error) error {
	return graph.Wrap(graph.BadInput, err, "the reports of trade do not fit where temporary files are kept (%s): %v; set TMPDIR to where there is room",
		os.TempDir(), err)
}

// each hands out the reports, those of one flow together.
func (s *spool) each(use func([]Report) error) error {
	if s.dir == "" {
		return use(s.reports)
	}
	if err := s.toDisk(); err != nil {
		return err
	}
	s.reports = nil
	var reports []Report
	for i, file := range s.files {
		if err := s.writers[i].Flush(); err != nil {
			return unwritten(err)
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return unwritten(err)
		}
		var err error
		if reports, err = readReports(bufio.NewReaderSize(file, 256<<10), reports[:0]); err != nil {
			return unwritten(err)
		}
		if err := use(reports); err != nil {
			return err
		}
	}
	return nil
}

func readReports(r io.Reader, reports []Report) ([]Report, error) {
	var buffer [size]byte
	for {
		switch _, err := io.ReadFull(r, buffer[:]); {
		case errors.Is(err, io.EOF):
			return reports, nil
		case err != nil:
			return nil, err
		}
		reports = append(reports, decode(&buffer))
	}
}

// remove deletes the files.
func (s *spool) remove() {
	for _, file := range s.files {
		file.Close()
	}
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
	s.dir, s.files, s.writers, s.reports = "", nil, nil, nil
}

// partOf is the file of a flow.
func partOf(r Report) uint32 {
	h := r.Exporter*0x9e3779b1 ^ r.Importer*0x85ebca6b ^ r.Code*0xc2b2ae35
	return (h ^ h>>15) * 0x2c1b3c6d >> 26 // the six highest bits
}

const (
	flagImporter = 1 << iota
	flagTotal
	flagEstimated
)

func encode(to *[size]byte, r Report) {
	flags := uint32(0)
	for _, f := range [...]struct {
		flag uint32
		set  bool
	}{{flagImporter, r.ByImporter}, {flagTotal, r.Total}, {flagEstimated, r.Estimated}} {
		if f.set {
			flags |= f.flag
		}
	}
	put := binary.LittleEndian
	put.PutUint32(to[0:], r.Exporter)
	put.PutUint32(to[4:], r.Importer)
	put.PutUint32(to[8:], r.Code)
	put.PutUint32(to[12:], r.File)
	put.PutUint32(to[16:], uint32(r.Line)) //nolint:gosec // a line is not negative
	put.PutUint32(to[20:], flags)
	put.PutUint64(to[24:], math.Float64bits(r.ValueUSD))
	put.PutUint64(to[32:], math.Float64bits(r.Tonnes))
	put.PutUint32(to[40:], r.Part)
	put.PutUint32(to[44:], r.Contained)
}

func decode(from *[size]byte) Report {
	get := binary.LittleEndian
	flags := get.Uint32(from[20:])
	return Report{
		Exporter: get.Uint32(from[0:]), Importer: get.Uint32(from[4:]), Code: get.Uint32(from[8:]), File: get.Uint32(from[12:]),
		Part: get.Uint32(from[40:]), Contained: get.Uint32(from[44:]),
		Line:       int32(get.Uint32(from[16:])), //nolint:gosec // as encode wrote it
		ByImporter: flags&flagImporter != 0, Total: flags&flagTotal != 0, Estimated: flags&flagEstimated != 0,
		ValueUSD: math.Float64frombits(get.Uint64(from[24:])), Tonnes: math.Float64frombits(get.Uint64(from[32:])),
	}
}
