package loader

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"tiermap/graph"
)

// body is long enough to come in several reads and hard enough to compress.
var body = func() []byte {
	var b bytes.Buffer
	seed := uint32(1)
	for b.Len() < 300_000 {
		seed = seed*1664525 + 1013904223
		b.WriteByte(byte('0' + seed>>28))
	}
	return b.Bytes()
}()

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstded(t *testing.T, data []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(data, nil)
}

// zipped makes an archive of the members, in order of their names.
func zipped(t *testing.T, members map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	var names []string
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(members[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readAll reads every input of a path and returns what they held by name.
func readAll(path string) (map[string]string, error) {
	inputs, err := Inputs(path)
	if err != nil {
		return nil, err
	}
	got := map[string]string{}
	for _, in := range inputs {
		r, err := in.Open()
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
		got[in.Name] = string(data)
	}
	return got, nil
}

func TestOpen(t *testing.T) {
	twice := append(gzipped(t, body), gzipped(t, body)...) // as "cat a.gz b.gz" makes it
	tests := []struct {
		name string
		data []byte
		want map[string]string
	}{
		{"a.csv", body, map[string]string{"a.csv": string(body)}},
		{"a.csv.gz", gzipped(t, body), map[string]string{"a.csv.gz": string(body)}},
		{"a.csv.GZ", gzipped(t, body), map[string]string{"a.csv.GZ": string(body)}},
		{"b.csv.gz", twice, map[string]string{"b.csv.gz": string(body) + string(body)}},
		{"a.csv.zst", zstded(t, body), map[string]string{"a.csv.zst": string(body)}},
		{"a.zip", zipped(t, map[string][]byte{"x/a.csv": body, "x/b.csv": nil, "x/": nil}),
			map[string]string{"a.csv": string(body), "b.csv": ""}},
		{"empty.csv", nil, map[string]string{"empty.csv": ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := readAll(write(t, test.name, test.data))
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range test.want {
				if text, ok := got[name]; !ok || text != want {
					t.Errorf("%s: %d bytes, want %d", name, len(text), len(want))
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("got %d inputs, want %d", len(got), len(test.want))
			}
		})
	}
}

func TestOpenFolder(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string]string{"a.csv": "1", "b.csv": "22"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "below"), 0o700); err != nil {
		t.Fatal(err)
	}
	inputs, err := Inputs(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(inputs) != 2 || inputs[0].Name != "a.csv" || inputs[1].Size != 2 || inputs[0].Modified.IsZero() {
		t.Errorf("inputs %+v", inputs)
	}
}

func TestInputsOfAnArchive(t *testing.T) {
	changed := time.Date(2026, 1, 22, 10, 30, 0, 0, time.UTC)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, h := range []*zip.FileHeader{{Name: "x/dated.csv", Modified: changed}, {Name: "x/undated.csv"}} {
		if _, err := z.CreateHeader(h); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := write(t, "a.zip", b.Bytes())
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	inputs, err := Inputs(path)
	if err != nil || len(inputs) != 2 {
		t.Fatalf("inputs %+v, error %v", inputs, err)
	}
	if in := inputs[0]; in.Name != "dated.csv" || in.String() != path+": x/dated.csv" || !in.Modified.Equal(changed) {
		t.Errorf("input %+v", in)
	}
	if !inputs[1].Modified.Equal(info.ModTime()) {
		t.Errorf("changed %v, the archive %v", inputs[1].Modified, info.ModTime())
	}
}

func TestOpenErrors(t *testing.T) {
	gz, zst := gzipped(t, body), zstded(t, body)
	archive := zipped(t, map[string][]byte{"a.csv": body})
	damaged := func(data []byte, at int) []byte {
		data = slices.Clone(data)
		data[at] ^= 0xff
		return data
	}
	encrypted := slices.Clone(archive)
	directory := bytes.Index(encrypted, []byte("PK\x01\x02"))
	encrypted[directory+8] |= 1
	tests := []struct {
		label, name string
		data        []byte
		message     string // what the message holds
	}{
		{"gzip cut off", "a.csv.gz", gz[:len(gz)/2], "a.csv.gz is cut off: fetch it again"},
		{"gzip without its check sum", "a.csv.gz", gz[:len(gz)-8], "a.csv.gz is cut off: fetch it again"},
		{"gzip damaged", "a.csv.gz", damaged(gz, len(gz)-5), "a.csv.gz is damaged"},
		{"no gzip", "a.csv.gz", body, "a.csv.gz is damaged, or not what its suffix says"},
		{"an empty gzip file", "a.csv.gz", nil, "a.csv.gz is cut off: fetch it again"},
		{"zstd cut off", "a.csv.zst", zst[:len(zst)/2], "a.csv.zst is cut off: fetch it again"},
		{"no zstd", "a.csv.zst", body, "a.csv.zst is damaged, or not what its suffix says"},
		{"zip cut off", "a.zip", archive[:len(archive)/2], "a.zip is damaged, or not what its suffix says"},
		{"zip damaged", "a.zip", damaged(archive, 2000), "a.zip: a.csv is damaged"},
		{"zip encrypted", "a.zip", encrypted, "a.zip: a.csv is encrypted: unpack it first"},
		{"a bomb", "a.csv.gz", gzipped(t, make([]byte, minExpanded+1)), "a.csv.gz expands more than 250-fold"},
		{"a zip bomb", "a.zip", zipped(t, map[string][]byte{"a.csv": make([]byte, minExpanded+1)}), "a.zip: a.csv expands more than 250-fold"},
	}
	for _, test := range tests {
		t.Run(test.label, func(t *testing.T) {
			_, err := readAll(write(t, test.name, test.data))
			var e *graph.Error
			if !errors.As(err, &e) || e.Code != graph.BadInput || !strings.Contains(e.Message, test.message) {
				t.Errorf("error %v, want one that says %s", err, test.message)
			}
		})
	}
	t.Run("no such file", func(t *testing.T) {
		_, err := readAll(filepath.Join(t.TempDir(), "gone.csv"))
		if graph.CodeOf(err) != graph.NotFound || !strings.Contains(err.Error(), "gone.csv: there is no such file or folder") {
			t.Errorf("error %v", err)
		}
	})
}

func TestOpenCountsWhatIsRead(t *testing.T) {
	for name, data := range map[string][]byte{"a.csv": body, "a.csv.gz": gzipped(t, body), "a.csv.zst": zstded(t, body)} {
		sink := newSink(t.Context(), nil, nil, &Report{})
		r, err := sink.Open(Input{Path: write(t, name, data), Name: name, Size: int64(len(data))})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Fatal(err)
		}
		if got := sink.bytes.Load(); got != int64(len(data)) {
			t.Errorf("%s: %d bytes counted, the file has %d", name, got, len(data))
		}
		r.Close()
		sink.stop()
	}
}
