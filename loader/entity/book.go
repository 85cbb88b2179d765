package entity

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"tiermap/graph"
)

const facility = graph.Facility

// prefixes of ids of our own, by kind.
var prefixes = map[string]string{graph.Company: "co-", graph.Facility: "fac-"}

// Options are the thresholds, 0..1.
type Options struct {
	Upper float64 // at and above it a name is taken for the one candidate; 0: DefaultUpper
	Lower float64 // at and above it a candidate is listed for review; 0: DefaultLower
}

// The thresholds, as package measure found them to serve (docs/entity-resolution.md).
const (
	DefaultUpper = 0.95
	DefaultLower = 0.80
)

// lowest is the similarity below which no candidate is looked at any further.
const lowest = 0.6

// maxCandidates is how many candidates of a name are kept.
const maxCandidates = 5

// Written is a name as a file writes it, and what stands beside it.
type Written struct {
	Kind      string // graph.Company, graph.Facility
	Text      string
	Country   string  // its id; "" = not stated
	LEI       string  // "" = not stated
	Latitude  float64 // degrees, of a plant; NaN = not known
	Longitude float64
	ID        string // what it is to be called where it is nothing known; "" = made of name and country
	File      string // where it stands first
	Line      int
}

// Entity is something known.
type Entity struct {
	Kind, ID, Name      string
	Aliases             []string
	Country, LEI        string
	Latitude, Longitude float64
}

// Decision is what somebody decided about a written name.
type Decision struct {
	Kind, Written, Country string
	Entity                 string // "" where Is is New
	Is                     string // Same, Different or New
	Decided                string // day
}

// What a decision may be.
const (
	Same      = "same"
	Different = "different"
	New       = "new"
)

// Outcomes of a written name.
const (
	Matched   = "matched"
	Candidate = "candidate"
	Unknown   = "new"
)

// Match is an entity that a written name may stand for.
type Match struct {
	ID, Name string
	Score    float64
	Reason   string
}

// Answer is what a written name stands for.
type Answer struct {
	Match                 // with the id to use
	Outcome     string    // Matched, or Unknown where it is an entity of its own
	Candidates  []Match   // for review, the best first; none where it is matched
	Spellings   []string  // of an entity of its own: what else it is written like
	Written     Written   // as it was wanted first
	AlsoWritten []Written // other spellings that came to the same normalised name
}

// wanted is a name on its way to its answer.
type wanted struct {
	Written
	name   Name
	parts  []part
	also   []Written
	id     string // of an entity of its own
	taken  bool   // id is that of something else that is known
	best   []Match
	answer *Answer
}

// Book collects written names and finds what they stand for. It is for one
// goroutine.
type Book struct {
	upper, lower float64
	names        []*wanted
	byKey        map[key]*wanted
	blocks       map[string]map[string][]int32 // kind → block → names
	decided      map[key][]Decision
	seen         []int32 // for each name, the entity that it was last judged against
	entities     int32
	called       []calling
	made         map[string]*wanted // entities of their own, by id
	known        map[string]bool    // ids that decisions name and that are there
}

// key tells names apart: plants of one name are not one plant, so that their own
// id belongs to it.
type key struct{ kind, full, country, id string }

// NewBook returns an empty book.
func NewBook(o Options) *Book {
	return &Book{upper: cmp.Or(o.Upper, DefaultUpper), lower: cmp.Or(o.Lower, DefaultLower),
		byKey: map[key]*wanted{}, blocks: map[string]map[string][]int32{}, decided: map[key][]Decision{},
		made: map[string]*wanted{}, known: map[string]bool{}}
}

func keyOf(w Written, n *Name) key {
	k := key{w.Kind, cmp.Or(n.Full, w.Text), w.Country, ""}
	if w.Kind == facility {
		k.id = w.ID
	}
	return k
}

// Want asks for a name. What is wanted twice is answered once.
func (b *Book) Want(w Written) {
	n := Parse(w.Text)
	k := keyOf(w, &n)
	if old := b.byKey[k]; old != nil {
		if w.Text != old.Text && !slices.ContainsFunc(old.also, func(o Written) bool { return o.Text == w.Text }) {
			old.also = append(old.also, w)
		}
		return
	}
	if !ValidLEI(w.LEI) {
		w.LEI = ""
	}
	x := &wanted{Written: w, name: n, parts: parts(w.Text)}
	x.id = w.ID
	if x.id == "" {
		named := &x.name
		if len(x.parts) > 0 && x.parts[0].whole { // what stands before an abbreviation
			named = &x.parts[0].Name
		}
		x.id = newID(w.Kind, named, w.Text, w.Country)
	}
	b.byKey[k] = x
	index := int32(len(b.names)) //nolint:gosec // names of one file
	b.names = append(b.names, x)
	b.seen = append(b.seen, 0)
	if b.blocks[w.Kind] == nil {
		b.blocks[w.Kind] = map[string][]int32{}
	}
	block := b.blocks[w.Kind]
	post := func(name string) {
		if list := block[name]; len(list) == 0 || list[len(list)-1] != index {
			block[name] = append(list, index)
		}
	}
	eachBlock(&x.name, post)
	for i := range x.parts {
		eachBlock(&x.parts[i].Name, post)
	}
	if w.LEI != "" {
		post(w.LEI)
	}
}

// eachBlock names the blocks of a name: names are compared only where they share
// one. They are the first four letters of its words, but for those that many
// names share where it has others, and the first five of the name without blanks.
func eachBlock(n *Name, use func(string)) {
	telling := 0
	for _, w := range n.Words {
		if !common[w] {
			telling++
		}
	}
	for _, w := range n.Words {
		if telling == 0 || !common[w] {
			use(w[:min(4, len(w))])
		}
	}
	if n.Compact != "" {
		use(n.Compact[:min(5, len(n.Compact))])
	}
}

// Decide adds a decision, which counts before anything else.
func (b *Book) Decide(d Decision) {
	n := Parse(d.Written)
	k := key{d.Kind, cmp.Or(n.Full, d.Written), d.Country, ""}
	b.decided[k] = append(b.decided[k], d)
	if d.Entity != "" {
		b.known[d.Entity] = false
	}
}

// Known holds an entity against the names that are wanted.
func (b *Book) Known(e Entity) {
	if _, named := b.known[e.ID]; named {
		b.known[e.ID] = true
	}
	block := b.blocks[e.Kind]
	if len(block) == 0 {
		return
	}
	names := b.callings(&e)
	b.entities++
	compare := func(name string) {
		for _, i := range block[name] {
			if b.seen[i] != b.entities {
				b.seen[i] = b.entities
				b.names[i].offer(&e, names, b.lower)
			}
		}
	}
	for i := range names {
		eachBlock(&names[i].Name, compare)
	}
	if e.LEI != "" {
		compare(e.LEI)
	}
}

// calling is a name that an entity has.
type calling struct {
	Name
	off  float64 // the score that a likeness to it is less
	most float64 // and what that is at most
	how  string  // what name it is
}

// callings are the names of an entity: its name, other names, and their parts.
// They are valid until the next call.
func (b *Book) callings(e *Entity) []calling {
	list := b.called[:0]
	add := func(text string, off float64, how string) {
		n := Parse(text)
		if n.Full == "" {
			return
		}
		list = append(list, calling{n, off, 1, how})
		for _, p := range parts(text) {
			if p.whole {
				list = append(list, calling{p.Name, off, 1, how})
				continue
			}
			list = append(list, calling{p.Name, off, partly, ", which is a part of its name"})
		}
	}
	add(e.Name, 0, "")
	for _, alias := range e.Aliases {
		add(alias, otherName, ", which is another name of it")
	}
	b.called = list
	return list
}

// offer keeps an entity where it is among the best candidates of a name.
func (w *wanted) offer(e *Entity, names []calling, lower float64) {
	if e.ID == w.id {
		w.taken = true
	}
	score, reason := w.judge(e, names)
	if score < lower {
		return
	}
	m := Match{e.ID, e.Name, score, reason}
	for i := range w.best {
		if w.best[i].ID == e.ID { // several datasets tell of it
			if score > w.best[i].Score {
				w.best[i] = m
			}
			slices.SortFunc(w.best, byScore)
			return
		}
	}
	w.best = append(w.best, m)
	slices.SortFunc(w.best, byScore)
	w.best = w.best[:min(len(w.best), maxCandidates)]
}

func byScore(a, b Match) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID)) }

// Settle answers every name that is wanted, in an order that does not depend on
// that of the file: names with a country before those without, then by name.
// What it finds to be new is known to the names behind it; names that were
// decided to be something come last.
func (b *Book) Settle() {
	order := slices.Clone(b.names)
	slices.SortStableFunc(order, func(x, y *wanted) int {
		return cmp.Or(b.isDecided(x)-b.isDecided(y), cmp.Compare(x.Kind, y.Kind), unstated(x.Country)-unstated(y.Country), cmp.Compare(x.name.Core, y.name.Core),
			cmp.Compare(len(x.name.Full), len(y.name.Full)), cmp.Compare(x.name.Full, y.name.Full),
			cmp.Compare(x.Country, y.Country), cmp.Compare(x.id, y.id))
	})
	for _, w := range order {
		b.settle(w)
	}
}

// isDecided is 1 for a name that was decided to be something known.
func (b *Book) isDecided(w *wanted) int {
	for _, d := range b.decided[key{w.Kind, cmp.Or(w.name.Full, w.Text), w.Country, ""}] {
		if d.Is == Same {
			return 1
		}
	}
	return 0
}

func unstated(country string) int {
	if country == "" {
		return 1
	}
	return 0
}

func (b *Book) settle(w *wanted) {
	candidates, decided := b.decide(w)
	switch {
	case decided != nil:
		w.answer = &Answer{Match: *decided, Outcome: Matched}
	case b.certain(candidates):
		w.answer = &Answer{Match: candidates[0], Outcome: Matched}
	default:
		w.answer = b.own(w, candidates)
	}
	w.answer.Written, w.answer.AlsoWritten = w.Written, w.also
	if first := b.made[w.answer.ID]; first != nil && first != w {
		first.answer.Spellings = append(first.answer.Spellings, w.Text)
	}
}

// tie is how far apart the scores of two candidates are that cannot be told
// apart.
const tie = 0.01

// certain reports whether the best candidate is beyond doubt.
func (b *Book) certain(candidates []Match) bool {
	return len(candidates) > 0 && candidates[0].Score >= b.upper &&
		(len(candidates) == 1 || candidates[0].Score-candidates[1].Score > tie)
}

// decide applies what was decided about a name: the entity that it was decided
// to be, or the candidates that are left.
func (b *Book) decide(w *wanted) (left []Match, same *Match) {
	left = w.best
	decisions := b.decided[key{w.Kind, cmp.Or(w.name.Full, w.Text), w.Country, ""}]
	for _, d := range decisions {
		switch {
		case d.Is == Same && b.known[d.Entity]:
			m := Match{d.Entity, "", 1, "decided" + on(d.Decided)}
			for _, c := range w.best {
				if c.ID == d.Entity {
					m.Name = c.Name
				}
			}
			return nil, &m
		case d.Is == Different:
			left = slices.DeleteFunc(slices.Clone(left), func(m Match) bool { return m.ID == d.Entity })
		case d.Is == New:
			left = nil
		}
	}
	return left, nil
}

func on(day string) string {
	if day == "" {
		return ""
	}
	return " on " + day
}

// own makes a name an entity of its own.
func (b *Book) own(w *wanted, candidates []Match) *Answer {
	if w.ID == "" && (w.taken || b.made[w.id] != nil) { // somebody else has the id
		w.id += "-" + cmp.Or(w.name.Form, hash(w.name.Full))
		if b.made[w.id] != nil {
			w.id += "-" + hash(w.name.Full)
		}
	}
	reason := "nothing known is like it"
	if len(candidates) > 0 {
		reason = fmt.Sprintf("what is known and like it is for review: %d", len(candidates))
	}
	b.made[w.id] = w
	answer := &Answer{Match: Match{w.id, w.Text, 0, reason}, Outcome: Unknown, Candidates: slices.Clone(candidates)}
	for _, o := range w.also {
		answer.Spellings = append(answer.Spellings, o.Text)
	}
	w.answer = answer
	if w.ID != "" { // its source tells its own apart
		if _, named := b.known[w.ID]; named {
			b.known[w.ID] = true
		}
		return answer
	}
	b.Known(Entity{Kind: w.Kind, ID: w.id, Name: w.Text, Country: w.Country, LEI: w.LEI, Latitude: w.Latitude, Longitude: w.Longitude})
	return answer
}

// hash is eight hexadecimal digits of a text (FNV-1a).
func hash(s string) string {
	h := fnv.New32a()
	h.Write([]byte(s))
	return fmt.Sprintf("%08x", h.Sum32())
}

// Answer says what a name that was wanted stands for, after Settle. It panics
// for one that was not: a mistake of the program.
func (b *Book) Answer(w Written) Answer {
	n := Parse(w.Text)
	x := b.byKey[keyOf(w, &n)]
	if x == nil || x.answer == nil {
		panic(fmt.Sprintf("entity: %q was not wanted, or not settled yet", w.Text))
	}
	return *x.answer
}

// Answers returns what all names came to, in the order in which they were wanted.
func (b *Book) Answers() []Answer {
	list := make([]Answer, 0, len(b.names))
	for _, w := range b.names {
		list = append(list, *w.answer)
	}
	return list
}

// Missing are the ids that decisions name and that nothing has any more.
func (b *Book) Missing() []string {
	var list []string
	for id, there := range b.known {
		if !there {
			list = append(list, id)
		}
	}
	return slices.Sorted(slices.Values(list))
}

// Summary counts the answers in a sentence, for the report of a load.
func (b *Book) Summary(kind string) string {
	count := map[string]int{}
	for _, w := range b.names {
		if w.Kind != kind {
			continue
		}
		switch {
		case w.answer.Outcome == Matched:
			count["matched"]++
		case len(w.answer.Candidates) > 0:
			count["for review"]++
		default:
			count["new"]++
		}
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(count)) {
		parts = append(parts, fmt.Sprintf("%d %s", count[k], k))
	}
	return fmt.Sprintf("names of a %s: %s (tiermap review lists them)", strings.ToLower(kind), strings.Join(parts, ", "))
}
