package usgs

import (
	"slices"
	"strings"

	"tiermap/loader"
	"tiermap/loader/series"
)

// The layout of the release of 2026: a row for each figure.

var longColumns = []string{"Section", "Commodity", "Country", "Statistics", "Statistics_detail", "Unit", "Year", "Value", "Notes"}

var longNames = series.Columns{Commodity: "Commodity", Unit: "Unit", Amount: "Value"}

// isLong reports whether a header is of this layout.
func isLong(header []string) bool {
	return slices.Contains(header, "Section") && slices.Contains(header, "Statistics_detail")
}

// statistics has what the column Statistics calls them, in the world's tables.
var statistics = map[string]series.Statistic{
	"production": series.Production, "capacity": series.Capacity, "reserves": series.Reserves,
}

// readLong reads a row of the release of 2026.
func (r *release) readLong(sink *loader.Sink, book *series.Book, t *loader.Table) {
	statistic, ok := statistics[strings.ToLower(t.Text("Statistics"))]
	if !ok || !strings.HasPrefix(t.Text("Section"), "World") {
		sink.PassOver(string(otherSection))
		return
	}
	commodity, form := t.Text("Commodity"), t.Text("Statistics_detail")
	if strings.HasPrefix(series.Fold(t.Text("Country")), "world total") {
		sink.PassOver(string(worldTotal))
		return
	}
	if !r.mapping.Has(statistic, commodity, form) {
		sink.PassOver(series.Unmapped)
		return
	}
	year, why := loader.Int(t.Text("Year"))
	if why == "" && (year < 1900 || year > r.edition) {
		why = loader.OutOfRange
	}
	if why != "" {
		t.Reject("Year", why, "")
		return
	}
	at, err := r.place(t.Text("Country"), year)
	if err != nil {
		t.Reject("Country", loader.NoCountry, err.Error())
		return
	}
	s, ok := r.mapping.Find(statistic, commodity, form, at.id)
	if !ok {
		sink.PassOver(series.Unmapped)
		return
	}
	a, why := read(t.Text("Value"), t.Text("Notes"))
	switch {
	case why != "":
		t.Reject("Value", why, "")
		return
	case a.absent != "":
		sink.PassOver(string(a.absent))
		return
	}
	a.estimated = a.estimated || saysEstimated(t.Text("Notes"))
	book.Enter(t, series.Figure{Series: s, Place: at.id, Part: t.Text("Country"), Unit: t.Text("Unit"),
		Year: year, Amount: a.value, Estimated: a.estimated, Source: r.source(commodity, form, a)})
}

// saysEstimated reports whether one of the notes, which -- separates, says that
// the figure is an estimate.
func saysEstimated(notes string) bool {
	return slices.ContainsFunc(strings.Split(notes, "--"), func(note string) bool {
		return strings.HasPrefix(strings.ToLower(strings.TrimSpace(note)), "estimated")
	})
}
