package export

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// WriteGraphML writes nodes and links as GraphML (graphml.graphdrawing.org), for
// Gephi, yEd, NetworkX, igraph. The first column of nodes is their id; the first
// two of links are the ids of their ends. What is not known is left out.
func WriteGraphML(w io.Writer, about About, nodes, links Table) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, xml.Header, `<graphml xmlns="http://graphml.graphdrawing.org/xmlns">`, "\n")
	fmt.Fprintf(out, "  <desc>%s</desc>\n", escaped(strings.Join(about.lines(), "\n")))
	keys(out, "node", nodes, 1)
	keys(out, "edge", links, 2)
	fmt.Fprintln(out, `  <graph edgedefault="directed">`)
	for _, row := range nodes.Rows {
		fmt.Fprintf(out, "    <node id=\"%s\">", escaped(text(row[0])))
		data(out, "node", nodes, row, 1)
		fmt.Fprintln(out, "</node>")
	}
	for _, row := range links.Rows {
		fmt.Fprintf(out, "    <edge source=\"%s\" target=\"%s\">", escaped(text(row[0])), escaped(text(row[1])))
		data(out, "edge", links, row, 2)
		fmt.Fprintln(out, "</edge>")
	}
	fmt.Fprint(out, "  </graph>\n</graphml>\n")
	return out.Flush()
}

// keys declares the columns after the ids, with the type of their values.
func keys(out *bufio.Writer, domain string, t Table, ids int) {
	for i := ids; i < len(t.Columns); i++ {
		fmt.Fprintf(out, "  <key id=\"%s.%s\" for=\"%s\" attr.name=\"%s\" attr.type=\"%s\"/>\n",
			domain, t.Columns[i], domain, t.Columns[i], columnType(t, i))
	}
}

func columnType(t Table, column int) string {
	for _, row := range t.Rows {
		switch row[column].(type) {
		case nil:
		case float64:
			return "double"
		case int:
			return "int"
		case bool:
			return "boolean"
		default:
			return "string"
		}
	}
	return "string"
}

func data(out *bufio.Writer, domain string, t Table, row []any, ids int) {
	for i := ids; i < len(row); i++ {
		if s := text(row[i]); s != "" {
			fmt.Fprintf(out, "<data key=\"%s.%s\">%s</data>", domain, t.Columns[i], escaped(s))
		}
	}
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
