package finding

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"tiermap/graph/supply"
)

// Language of the sentences.
type Language string

// The languages.
const (
	English Language = "EN"
	Dutch   Language = "NL"
)

// Name is what something is called in both languages. Dutch may be blank where
// it is not known; the English name then stands in its place.
type Name struct{ ID, English, Dutch string }

// Answer is what there is to say. Shares are of the target's supply, 0..1.
type Answer struct {
	Place    Name
	Product  Name
	Material Name // blank id: masses are gross
	Members  int  // countries of a group; 0: one country
	Year     int
	Changed  bool // by a scenario: not what the data show

	HasSupply bool
	Pooled    bool    // everyone draws the product from one world market
	InValue   bool    // shares are of value: an input-output table
	Tonnes    float64 // supply; NaN where it is not known
	USD       float64 // output, where shares are of value
	Domestic  float64 // made in the place itself

	Shares      []Share // by origin, descending; those of the place itself among them
	Unexplained []End   // where the supply ends without a source
	Estimated   float64 // takes at least one estimated step
	Chokepoints []Chokepoint

	Intervals *Intervals // nil: none were asked for
}

// Share is what the target depends on one country for.
type Share struct {
	Place  Name
	Direct float64 // bought there, as trade statistics show
	Origin float64 // starts there
}

// End is a stage at which supply ends unexplained.
type End struct {
	Place, Product Name
	Share          float64
	Reason         supply.Reason
}

// Chokepoint is a country that part of the supply passes, the target left out.
type Chokepoint struct {
	Place       Name
	PassThrough float64
	Single      bool // a single point of failure
}

// Finding is an answer in sentences.
type Finding struct {
	Headline string
	Captions []string
}

// Thresholds of what is worth a word.
const (
	whole   = 0.995 // from here on a share is printed as all but everything
	slight  = 0.005 // below it a share rounds to nothing
	apart   = 0.05  // direct and origin share that differ by more are not about the same
	notable = 0.01  // least share of a country in a list
	listed  = 5     // countries in a list at most
)

// Write writes a finding. It is the same for the same answer.
func Write(a Answer, language Language) Finding {
	t := newTongue(language)
	t.inValue = a.InValue
	f := write(a, t)
	if a.Changed {
		f.Headline = t.say("scenario", f.Headline)
		f.Captions = append([]string{t.say("scenario is not fact")}, f.Captions...)
	}
	return f
}

func write(a Answer, t *tongue) Finding {
	if !a.HasSupply && a.Changed {
		return Finding{Headline: t.say("none left", t.product(a.Product), t.place(a.Place), a.Year)}
	}
	if !a.HasSupply {
		return Finding{
			t.say("none", t.product(a.Product), t.place(a.Place), a.Year),
			[]string{t.say("none is not zero", t.place(a.Place))},
		}
	}
	w := writer{Answer: a, tongue: t, unexplained: total(a.Unexplained)}
	f := Finding{Headline: w.headline()}
	for _, caption := range []func() string{w.amount, w.starts, w.passedOn, w.unknown, w.estimates, w.chokepoints, w.howSure, w.basis} {
		if sentence := caption(); sentence != "" {
			f.Captions = append(f.Captions, sentence)
		}
	}
	return f
}

// writer writes the sentences of one answer.
type writer struct {
	Answer
	*tongue
	unexplained float64
}

func total(ends []End) (sum float64) {
	for _, e := range ends {
		sum += e.Share
	}
	return sum
}

// headline tells the country that most starts in, beside what is bought there.
func (w *writer) headline() string {
	product, place := w.product(w.Product), w.place(w.Place)
	if w.unexplained >= whole || len(w.Shares) == 0 {
		return w.estimatedAll(w.say("all unexplained", product, place, w.Year))
	}
	top := w.Shares[0]
	of, compared := w.share(top.Origin), w.compare(top)
	if w.unexplained >= slight && compared != "less" { // "only" says enough
		of = w.say("at least", of)
	}
	of = w.sure("sure", of, top.Origin, w.origin(top.Place))
	key := "headline " + compared
	return w.estimatedAll(w.say(key, product, place, w.Year, w.place(top.Place), of, w.share(top.Direct), w.rest(), w.verb(w.Place)))
}

// compare says how the origin share of a country stands to its direct share.
func (w *writer) compare(s Share) string {
	switch {
	case s.Place.ID == w.Place.ID:
		return "own"
	case w.Pooled:
		return "pooled"
	case s.Direct == 0:
		return "not bought"
	case s.Direct < slight:
		return "hardly bought"
	case s.Origin > s.Direct+apart:
		return "more"
	case s.Origin < s.Direct-apart:
		return "less"
	}
	return "same"
}

// rest says for how much the data do not say where it starts.
func (w *writer) rest() string {
	if w.unexplained < slight {
		return ""
	}
	return w.say("rest", w.sure("sure", w.share(w.unexplained), w.unexplained, w.unexplainedRange()))
}

func (w *writer) estimatedAll(sentence string) string {
	if w.Estimated < whole {
		return sentence
	}
	return sentence + " " + w.say("all estimated")
}

// amount says how much there is, and what part the place makes itself.
func (w *writer) amount() string {
	if w.InValue {
		return w.amountOf(w.money(w.USD), w.product(w.Product))
	}
	if math.IsNaN(w.Tonnes) {
		return ""
	}
	mass := w.say("gross", w.product(w.Product))
	if w.Material.ID != "" {
		mass = w.say("contained", w.product(w.Material), w.product(w.Product))
	}
	return w.amountOf(w.mass(w.Tonnes), mass)
}

// amountOf says how much of what there is.
func (w *writer) amountOf(amount, of string) string {
	var bought float64
	for _, s := range w.Shares {
		if s.Place.ID != w.Place.ID {
			bought += s.Direct
		}
	}
	sentence := w.say("amount", w.place(w.Place), w.Year, amount, of, w.share(w.Domestic), w.share(bought))
	if w.Members > 0 {
		sentence += " " + w.say("group", w.place(w.Place), w.Members)
	}
	return sentence
}

// starts lists the countries that the supply starts in, beside what is bought
// there.
func (w *writer) starts() string {
	var parts []string
	for _, s := range w.Shares {
		if s.Origin >= notable && len(parts) < listed {
			direct := w.share(s.Direct)
			if s.Place.ID == w.Place.ID && !w.Pooled {
				direct = w.say("made there", direct)
			}
			parts = append(parts, w.say("beside", w.place(s.Place), w.sure("in list", w.share(s.Origin), s.Origin, w.origin(s.Place)), direct))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	if w.Pooled {
		return w.say("starts pool", w.list(parts))
	}
	return w.say("starts", w.list(parts))
}

// passedOn names the countries that sell more than starts in them.
func (w *writer) passedOn() string {
	if w.Pooled {
		return ""
	}
	traders := slices.Clone(w.Shares)
	slices.SortStableFunc(traders, func(a, b Share) int { return cmp.Compare(b.Direct-b.Origin, a.Direct-a.Origin) })
	var parts []string
	for _, s := range traders {
		if s.Direct-s.Origin > apart && s.Place.ID != w.Place.ID && len(parts) < listed {
			parts = append(parts, w.say("trader", w.place(s.Place), w.share(s.Direct), w.share(s.Origin)))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return w.say("traders", w.list(parts))
}

// unknown says where the supply ends without a source, and why.
func (w *writer) unknown() string {
	if w.unexplained < slight {
		return ""
	}
	ends := slices.Clone(w.Unexplained)
	slices.SortStableFunc(ends, func(a, b End) int { return cmp.Compare(b.Share, a.Share) })
	var parts []string
	for _, e := range ends[:min(3, len(ends))] {
		parts = append(parts, w.say("end "+string(e.Reason), w.share(e.Share), w.place(e.Place), w.product(e.Product)))
	}
	key := "unknown"
	if len(ends) > len(parts) {
		key = "unknown most"
	}
	return w.say(key, w.sure("sure", w.share(w.unexplained), w.unexplained, w.unexplainedRange()), strings.Join(parts, "; "))
}

func (w *writer) estimates() string {
	if w.Estimated == 0 || w.Estimated >= whole { // the headline says that all of it is
		return ""
	}
	return w.say("estimated", w.share(w.Estimated))
}

// chokepoints names those without which nothing would come, else the greatest.
func (w *writer) chokepoints() string {
	var single []string
	for _, c := range w.Chokepoints {
		if c.Single {
			single = append(single, w.place(c.Place))
		}
	}
	switch {
	case len(single) > 1:
		return w.say("singles", w.list(single), w.product(w.Product), w.place(w.Place))
	case len(single) == 1:
		return w.say("single", single[0], w.product(w.Product), w.place(w.Place))
	case len(w.Chokepoints) > 0 && w.Chokepoints[0].PassThrough >= notable:
		return w.say("passes", w.place(w.Chokepoints[0].Place), w.share(w.Chokepoints[0].PassThrough))
	}
	return ""
}

// basis says what the shares are of.
func (w *writer) basis() string {
	switch {
	case w.InValue:
		return w.say("basis value")
	case w.Pooled:
		return w.say("basis pool")
	case w.Material.ID == "":
		return w.say("basis gross")
	}
	return w.say("basis contained", w.product(w.Material))
}
