package queries

import (
	"archive/zip"
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

// Style is how Neo4j Browser draws the graph, in its language GraSS: colours,
// sizes and captions by label and by type. GraSS cannot take a width or a colour
// from a property, so a link states its share in words.
//
//go:embed browser/style.grass
var Style string

//go:embed browser/guide.html
var guideText string

var guide = template.Must(template.New("guide").Parse(guideText))

// WriteGuide writes the guide that Neo4j Browser plays: slides that walk through
// one question, with queries to click. Address is where the guide's own style and
// queries are served, such as http://127.0.0.1:8080.
func WriteGuide(w io.Writer, address string) error {
	return guide.Execute(w, guideData{address})
}

type guideData struct{ Address string }

// Query is the saved form of a question, under its title alone: the slide says
// what it answers.
func (guideData) Query(name string) (string, error) {
	q, ok := Find(name)
	if !ok {
		return "", fmt.Errorf("there is no question %q", name)
	}
	return "// " + q.Title + "\n" + q.filled(), nil
}

// WriteSaved writes the catalogue as Neo4j Browser imports it: a zip archive with
// one folder of saved queries.
func WriteSaved(w io.Writer) error {
	archive := zip.NewWriter(w)
	for _, q := range All() {
		f, err := archive.Create("tiermap/" + q.Name + ".cypher")
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, q.Saved()); err != nil {
			return err
		}
	}
	return archive.Close()
}
