package export

import (
	"context"
	"fmt"

	"tiermap/graph"
	"tiermap/graph/ask"
)

// About says where an export comes from.
type About struct {
	Title       string    `json:"title"`
	Exported    string    `json:"exported"` // day, 2006-01-02
	Method      string    `json:"method,omitempty"`
	Balance     string    `json:"balance,omitempty"`
	Material    string    `json:"material,omitempty"`
	Year        int       `json:"year,omitempty"`
	Datasets    []Dataset `json:"datasets"`
	Assumptions []string  `json:"assumptions,omitempty"`
}

// Dataset is a dataset as an export names it.
type Dataset struct {
	ID        string `json:"id"`
	Title     string `json:"title,omitempty"`
	Publisher string `json:"publisher,omitempty"`
	URL       string `json:"url,omitempty"`
	Licence   string `json:"licence,omitempty"`
	Version   string `json:"version,omitempty"`
	Retrieved string `json:"retrieved,omitempty"`
}

func datasets(all []graph.Dataset) []Dataset {
	list := make([]Dataset, len(all))
	for i, d := range all {
		list[i] = Dataset{ID: d.ID, Title: d.Title, Publisher: d.Publisher, URL: d.URL, Licence: d.Licence,
			Version: d.Version, Retrieved: d.Retrieved}
	}
	return list
}

// AboutDataset describes the export of a dataset's facts.
func AboutDataset(d graph.Dataset, day string) About {
	return About{Title: "Facts of the dataset " + d.ID, Exported: day, Datasets: datasets([]graph.Dataset{d})}
}

// AboutAnswer describes the export of a part of an answer. methods is the
// version of docs/methods.md that it follows.
func AboutAnswer(ctx context.Context, part string, a *ask.Answer, methods, day string) (About, error) {
	assumptions, err := a.Assumptions(ctx)
	if err != nil {
		return About{}, err
	}
	return About{
		Title:    fmt.Sprintf("%s: %s of %s (%s), %d", part, a.Product.Name, a.Country.Name, a.Country.ID, a.Year),
		Exported: day, Method: "tiermap methods " + methods, Balance: string(a.Balance), Material: a.Material.ID,
		Year: a.Year, Datasets: datasets(a.Datasets), Assumptions: assumptions,
	}, nil
}

// lines writes the description as lines of text.
func (a About) lines() []string {
	lines := []string{a.Title, "exported: " + a.Exported}
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, name+": "+value)
		}
	}
	add("method", a.Method)
	add("balance", a.Balance)
	add("material", a.Material)
	if a.Year != 0 {
		add("year", fmt.Sprint(a.Year))
	}
	for _, d := range a.Datasets {
		add("dataset", fmt.Sprintf("%s; %s; %s; version %s; retrieved %s; licence: %s", d.ID, orUnknown(d.Title),
			orUnknown(d.Publisher), orUnknown(d.Version), orUnknown(d.Retrieved), orUnknown(d.Licence)))
	}
	for _, s := range a.Assumptions {
		add("assumption", s)
	}
	return lines
}

func orUnknown(s string) string {
	if s == "" {
		return "not stated"
	}
	return s
}
