package facilities

import (
	"math"
	"strings"

	"tiermap/loader"
)

// place reads coordinates as R prints them: c(lon, lat), c(lon, lon, lat, lat)
// for several places, whose mean it returns; NaN for c(NaN, NaN) and numeric(0),
// which are not known. The Reason is not blank where it is neither.
func place(text string) (latitude, longitude float64, reason loader.Reason) {
	unknown := math.NaN()
	if text == "" || text == "numeric(0)" || text == "NA" {
		return unknown, unknown, ""
	}
	inside, opened := strings.CutPrefix(text, "c(")
	inside, closed := strings.CutSuffix(inside, ")")
	if !opened || !closed {
		return unknown, unknown, loader.NotAllowed
	}
	parts := strings.Split(inside, ",")
	if len(parts)%2 != 0 {
		return unknown, unknown, loader.NotAllowed
	}
	var sums [2]float64
	half := len(parts) / 2
	for i, p := range parts {
		p = strings.TrimSpace(p)
		if p == "NaN" || p == "NA" {
			return unknown, unknown, ""
		}
		v, wrong := loader.Float(p)
		if wrong != "" {
			return unknown, unknown, wrong
		}
		sums[i/half] += v
	}
	longitude, latitude = sums[0]/float64(half), sums[1]/float64(half)
	if math.Abs(longitude) > 180 || math.Abs(latitude) > 90 {
		return unknown, unknown, loader.OutOfRange
	}
	return latitude, longitude, ""
}
