package export

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"tiermap/graph"
)

// Dataset formats are not one table, so that each writes them in its own way:
// a folder of our own tables, a stream of JSON Lines, or one GraphML graph.

// factsOf is the query for a dataset's rows of one kind.
func factsOf(k *graph.Kind, dataset string) graph.Query {
	return graph.Query{Kind: k.Name, Match: []graph.Match{{Field: "dataset", Words: []string{dataset}}}}
}

// value returns a field of a row as a Table holds it, nil where it is not known.
func value(r graph.Row, f graph.Field) any {
	switch f.Type {
	case graph.Int:
		if v, ok := r.Int(f.Name); ok {
			return v
		}
	case graph.Float:
		return r.Float(f.Name)
	case graph.Bool:
		return r.Bool(f.Name)
	default:
		if s := r.Text(f.Name); s != "" {
			return s
		}
	}
	return nil
}

// WriteTables writes a dataset's facts into a new folder as our own tables,
// which "tiermap load tables" reads back. BadInput where the folder exists.
func WriteTables(ctx context.Context, snap graph.Snapshot, d graph.Dataset, dir string) error {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return graph.Wrap(graph.BadInput, err, "the folder %s cannot be made: %v", dir, err)
	}
	about := Table{Columns: []string{"id", "title", "publisher", "url", "licence", "version", "retrieved", "priority"},
		Rows: [][]any{{d.ID, d.Title, d.Publisher, d.URL, d.Licence, d.Version, d.Retrieved, d.Priority}}}
	if err := writeFile(filepath.Join(dir, "dataset.csv"), func(w *csv.Writer) error { return writeRows(w, about) }); err != nil {
		return err
	}
	for _, k := range graph.Kinds() {
		n, err := snap.Count(ctx, factsOf(k, d.ID))
		if err != nil {
			return err
		}
		if n == 0 || k.Table == "" {
			continue
		}
		if err := writeFile(filepath.Join(dir, k.Table+".csv"), func(w *csv.Writer) error {
			return writeKind(ctx, w, snap, k, d.ID)
		}); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path string, write func(*csv.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return graph.Wrap(graph.BadInput, err, "%s cannot be written: %v", path, err)
	}
	buffered := bufio.NewWriterSize(f, 1<<16)
	w := csv.NewWriter(buffered)
	err = write(w)
	w.Flush()
	return errors.Join(err, w.Error(), buffered.Flush(), f.Close())
}

func writeRows(w *csv.Writer, t Table) error {
	if err := w.Write(t.Columns); err != nil {
		return err
	}
	record := make([]string, len(t.Columns))
	for _, row := range t.Rows {
		for i, v := range row {
			record[i] = text(v)
		}
		if err := w.Write(record); err != nil {
			return err
		}
	}
	return nil
}

// writeKind streams a dataset's rows of one kind as a table of our own.
func writeKind(ctx context.Context, w *csv.Writer, snap graph.Snapshot, k *graph.Kind, dataset string) error {
	fields := k.FileFields()
	record := make([]string, len(fields))
	for i, f := range fields {
		record[i] = f.Name
	}
	if err := w.Write(record); err != nil {
		return err
	}
	return snap.Read(ctx, factsOf(k, dataset), func(b *graph.Batch) error {
		for i := range b.Len {
			r := b.Row(i)
			for j, f := range fields {
				record[j] = text(value(r, f))
			}
			if err := w.Write(record); err != nil {
				return err
			}
		}
		return nil
	})
}

// WriteFactLines writes a dataset's facts as JSON Lines, after a first line
// {"about": …}: each row with its table, which no field is named like, its file
// and line. What is not known is null.
func WriteFactLines(ctx context.Context, w io.Writer, snap graph.Snapshot, d graph.Dataset, about About) error {
	out := bufio.NewWriterSize(w, 1<<16)
	if err := newLines(out).Encode(map[string]About{"about": about}); err != nil {
		return err
	}
	for _, k := range graph.Kinds() {
		columns := []string{"table"}
		for _, f := range k.Fields {
			columns = append(columns, f.Name)
		}
		row := make([]any, len(columns))
		row[0] = k.Table
		if err := snap.Read(ctx, factsOf(k, d.ID), func(b *graph.Batch) error {
			for i := range b.Len {
				for j, f := range k.Fields {
					row[j+1] = value(b.Row(i), f)
				}
				if err := writeObject(out, columns, row); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return out.Flush()
}

// maxGraphLinks is how many relationships a dataset may have to be drawn.
const maxGraphLinks = 1_000_000

// FactGraph returns a dataset's facts as the nodes and links of a graph. The
// ends of links are nodes too, also where another dataset declares them.
// TooLarge above a million relationships.
func FactGraph(ctx context.Context, snap graph.Snapshot, d graph.Dataset) (nodes, links Table, err error) {
	g := factGraph{seen: map[string]bool{},
		nodes: Table{Columns: []string{"node", "kind", "name"}},
		links: Table{Columns: []string{"from", "to", "kind", "properties"}}}
	for _, k := range graph.Kinds() {
		add := g.addLink
		if k.IsNode() {
			add = g.addNode
		}
		err := snap.Read(ctx, factsOf(k, d.ID), func(b *graph.Batch) error {
			for i := range b.Len {
				add(k, b.Row(i))
			}
			if len(g.links.Rows) > maxGraphLinks {
				return graph.Errorf(graph.TooLarge, "the dataset %s has more than %d relationships, too many for one graph; export it as csv or jsonl",
					d.ID, maxGraphLinks)
			}
			return nil
		})
		if err != nil {
			return nodes, links, err
		}
	}
	return g.nodes, g.links, nil
}

type factGraph struct {
	nodes, links Table
	seen         map[string]bool
}

func (g *factGraph) node(kind, id, name string) string {
	key := kind + "/" + id
	if !g.seen[key] {
		g.seen[key] = true
		g.nodes.Rows = append(g.nodes.Rows, []any{key, kind, name})
	}
	return key
}

func (g *factGraph) addNode(k *graph.Kind, r graph.Row) {
	name := ""
	if k.Field("name") >= 0 {
		name = r.Text("name")
	}
	g.node(k.Name, r.Text("id"), name)
}

func (g *factGraph) addLink(k *graph.Kind, r graph.Row) {
	properties := ""
	ends := map[string]bool{}
	for _, name := range append(k.From, k.To...) {
		ends[name] = true
	}
	for _, f := range k.Fields {
		if v := value(r, f); !ends[f.Name] && text(v) != "" {
			properties += f.Name + "=" + text(v) + "; "
		}
	}
	g.links.Rows = append(g.links.Rows, []any{g.end(k, r, k.From), g.end(k, r, k.To), k.Name, properties})
}

// end is the node at an end of a relationship: that of the first field that is
// not blank.
func (g *factGraph) end(k *graph.Kind, r graph.Row, fields []string) string {
	for _, name := range fields {
		f := k.Fields[k.Field(name)]
		if id := r.Text(name); id != "" {
			kind := f.Name
			if len(f.Refs) > 0 {
				kind = f.Refs[0]
			}
			return g.node(kind, id, "")
		}
	}
	return g.node("unknown", strconv.Itoa(len(g.links.Rows)), "")
}
