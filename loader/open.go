package loader

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"tiermap/graph"
)

// Input is one file that a source reads: a file on disk, plain or compressed
// (.gz, .zst), or one member of a .zip archive.
type Input struct {
	Path     string // the file on disk
	Member   string // the member of a zip archive; blank: the file itself
	Name     string // base name of the member or file: what facts call it
	Size     int64  // bytes on disk that reading it takes
	Modified time.Time
}

// Stem is the name without the suffixes of compression: trade.csv for
// trade.csv.gz.
func (in Input) Stem() string {
	switch suffix := filepath.Ext(in.Name); strings.ToLower(suffix) {
	case ".gz", ".zst":
		return strings.TrimSuffix(in.Name, suffix)
	}
	return in.Name
}

// String names the input for people: its path, and the member of an archive.
func (in Input) String() string {
	if in.Member != "" {
		return in.Path + ": " + in.Member
	}
	return in.Path
}

// Inputs lists what path holds, by name: the file itself, the members of a zip
// archive, the files of a folder (not of the folders below it).
func Inputs(path string) ([]Input, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, graph.Wrap(graph.NotFound, err, "%s: there is no such file or folder", path)
	case err != nil:
		return nil, unreadable(path, err)
	case info.IsDir():
		return folder(path)
	case strings.HasSuffix(strings.ToLower(path), ".zip"):
		return members(path, info.ModTime())
	}
	return []Input{{Path: path, Name: filepath.Base(path), Size: info.Size(), Modified: info.ModTime()}}, nil
}

func folder(dir string) ([]Input, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	var list []Input
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(dir, e.Name())) // follows links
		if err != nil {
			return nil, unreadable(filepath.Join(dir, e.Name()), err)
		}
		if info.Mode().IsRegular() {
			list = append(list, Input{Path: filepath.Join(dir, e.Name()), Name: e.Name(),
				Size: info.Size(), Modified: info.ModTime()})
		}
	}
	return list, nil
}

// members lists the files of an archive. One that does not say when it was
// changed was changed when the archive was.
func members(archive string, changed time.Time) ([]Input, error) {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return nil, unreadable(archive, err)
	}
	defer z.Close()
	var list []Input
	for _, f := range z.File {
		if f.Mode().IsRegular() {
			in := Input{Path: archive, Member: f.Name, Name: path.Base(f.Name),
				Size: int64(f.CompressedSize64), Modified: f.Modified}
			if in.Modified.Year() < 1980 { // where the time of a zip archive begins
				in.Modified = changed
			}
			list = append(list, in)
		}
	}
	return list, nil
}

// unreadable is the error for a file that cannot be opened or read to its end.
func unreadable(name string, err error) error {
	var system *fs.PathError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return graph.Wrap(graph.BadInput, err, "%s is cut off: fetch it again", name)
	case errors.Is(err, fs.ErrPermission):
		return graph.Wrap(graph.BadInput, err, "%s cannot be read: permission is denied", name)
	case errors.As(err, &system):
		return graph.Wrap(graph.BadInput, err, "%s cannot be read: %v", name, system.Err)
	}
	return graph.Wrap(graph.BadInput, err, "%s is damaged, or not what its suffix says: fetch it again (%v)", name, err)
}

// Open opens the file and undoes its compression. A file that is cut off or
// damaged, or that expands more than 250-fold, is an error of Read.
func (in Input) Open() (io.ReadCloser, error) { return in.open(func(int) {}) }

// open is Open; read is told how many bytes were read from disk.
func (in Input) open(read func(n int)) (io.ReadCloser, error) {
	file, err := os.Open(in.Path)
	if err != nil {
		return nil, unreadable(in.Path, err)
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, unreadable(in.Path, err)
	}
	counted := &countingFile{file, info.Size(), read}
	stream, err := in.expand(counted)
	if err != nil {
		file.Close()
		return nil, err
	}
	return &opened{in: in, r: stream, file: file, left: max(info.Size()*maxExpansion, minExpanded)}, nil
}

func (in Input) expand(file *countingFile) (io.Reader, error) {
	suffix := strings.ToLower(filepath.Ext(in.Path))
	switch {
	case in.Member != "":
		return in.openMember(file)
	case suffix == ".gz":
		z, err := gzip.NewReader(file)
		if err != nil {
			return nil, unreadable(in.Path, err)
		}
		return z, nil
	case suffix == ".zst":
		z, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, unreadable(in.Path, err)
		}
		return z.IOReadCloser(), nil
	}
	return file, nil
}

func (in Input) openMember(file *countingFile) (io.Reader, error) {
	z, err := zip.NewReader(file, file.size)
	if err != nil {
		return nil, unreadable(in.Path, err)
	}
	z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
	for _, f := range z.File {
		if f.Name != in.Member {
			continue
		}
		if f.Flags&encrypted != 0 {
			return nil, graph.Errorf(graph.BadInput, "%s is encrypted: unpack it first", in.String())
		}
		r, err := f.Open()
		if err != nil {
			return nil, unreadable(in.String(), err)
		}
		return r, nil
	}
	return nil, graph.Errorf(graph.NotFound, "%s: the archive has no such member any more", in.String())
}

// countingFile tells how many bytes are read.
type countingFile struct {
	file *os.File
	size int64
	read func(n int)
}

func (f *countingFile) Read(p []byte) (int, error) {
	n, err := f.file.Read(p)
	f.read(n)
	return n, err
}

func (f *countingFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.file.ReadAt(p, off)
	f.read(n)
	return n, err
}

const (
	// maxExpansion is how many bytes a compressed byte may become. Tables of
	// numbers become 5 to 20; an archive made to fill a disk, 1000 and more.
	maxExpansion = 250
	// minExpanded is how much any file may expand to.
	minExpanded = 64 << 20
	// maxWindow is how much memory unpacking .zst may take.
	maxWindow = 128 << 20
	// encrypted is the flag of a zip member that is.
	encrypted = 1
)

// opened is the expanded stream of an input.
type opened struct {
	in   Input
	r    io.Reader
	file *os.File
	left int64 // bytes that may still come
}

func (o *opened) Read(p []byte) (int, error) {
	n, err := o.r.Read(p)
	o.left -= int64(n)
	if o.left < 0 {
		return n, graph.Errorf(graph.BadInput, "%s expands more than %d-fold: it is refused as it could fill the disk",
			o.in, maxExpansion)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(o.in.String(), err)
	}
	return n, err
}

func (o *opened) Close() error {
	if c, ok := o.r.(io.Closer); ok {
		c.Close() // what was read has been checked
	}
	return o.file.Close()
}
