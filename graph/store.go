package graph

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
)

// Dataset is where facts come from: one release of one publisher. A later load
// of the same id replaces it whole.
type Dataset struct {
	ID        string
	Title     string
	Publisher string
	URL       string
	Licence   string
	Version   string
	Retrieved string // day on which it was fetched, 2006-01-02
	Priority  int    // the highest counts where datasets overlap
}

// CompareRank orders datasets by which of them counts where they overlap: the
// highest priority, then the latest retrieved, then the id (docs/methods.md §1).
func CompareRank(a, b Dataset) int {
	return cmp.Or(
		cmp.Compare(b.Priority, a.Priority),
		cmp.Compare(b.Retrieved, a.Retrieved),
		cmp.Compare(a.ID, b.ID),
	)
}

// SortByRank puts the dataset that counts first.
func SortByRank(ds []Dataset) { slices.SortFunc(ds, CompareRank) }

// Store keeps facts by dataset. A dataset is visible whole or not at all, at
// every moment and to every reader, also after the process was killed.
//
// Errors: StoreBusy where somebody else holds the store, StoreDown where it
// cannot be reached or its file is missing or damaged, BadInput for what the
// caller got wrong. A store that cannot answer never gives an empty answer.
type Store interface {
	// Begin starts the load of a dataset. Nothing of it is visible before
	// Commit; readers go on meanwhile. StoreBusy where another load is under way
	// that this one cannot run beside; of two that can, the last commit counts.
	// BadInput where the id is none (ValidID).
	Begin(ctx context.Context, d Dataset) (Load, error)
	// Remove takes a dataset away whole and returns how many rows it had;
	// NotFound where there is none of that id, with the nearest that are.
	Remove(ctx context.Context, dataset string) (rows int64, err error)
	// Snapshot opens a view of one revision. It must be closed.
	Snapshot(ctx context.Context) (Snapshot, error)
	// Status describes what the store holds.
	Status(ctx context.Context) (Status, error)
	// Close waits for reads under way. A load under way must be ended first,
	// else StoreBusy; a store that is closed answers StoreDown.
	Close() error
}

// Load is one dataset on its way in. It is used by one goroutine at a time and
// ends with Commit or Abandon; Abandon after Commit does nothing.
type Load interface {
	// Write adds rows. The batch may be reused when Write has returned. The
	// column "dataset" is set by the store, whatever the batch holds; a column
	// of which no slice is set is not known in any row. BadInput where a text is
	// not UTF-8 or the batch does not fit its kind. After an error, the end of
	// ctx included, the load can only be abandoned: Commit returns that error.
	Write(ctx context.Context, b *Batch) error
	// Commit makes the dataset visible in place of what it was before, and
	// returns how many rows were replaced. After an error the store is as it was
	// before Begin.
	Commit(ctx context.Context) (replaced int64, err error)
	// Abandon leaves the store as it was before Begin.
	Abandon() error
}

// Snapshot reads one revision of a store: what is committed meanwhile does not
// show. It may be used by several goroutines, and by what Read calls. Methods
// answer BadInput for a kind or a field that there is none of. All batches of a
// snapshot point into one list of words.
type Snapshot interface {
	// Revision changes with every commit and every removal.
	Revision() string
	// Datasets returns the visible datasets in the order of CompareRank.
	Datasets(ctx context.Context) ([]Dataset, error)
	// Read streams the rows that match q, in batches, in a stable order: nodes
	// by id, then by rank of their dataset; relationships by dataset, file and
	// line. A batch is valid until yield returns; an error of yield ends the
	// reading and is returned. All batches of a snapshot share one list of
	// words.
	Read(ctx context.Context, q Query, yield func(*Batch) error) error
	// Count returns how many rows match q: distinct ids for nodes, rows for
	// relationships; After and Limit are ignored.
	Count(ctx context.Context, q Query) (int64, error)
	// TradeCoverage returns one line per dataset, code or product, and year of
	// the trade that is there, in that order.
	TradeCoverage(ctx context.Context) ([]TradeCoverage, error)
	// Search returns nodes of the kinds whose id, name or alias contains the
	// text, whatever its case: exact ids first, then exact names, then those that start with
	// it, then the others, by id within each. Of a node that several datasets
	// declare the hit has the name that the highest rank gives. No kinds = all
	// kinds of node; limit 0 = no limit.
	Search(ctx context.Context, text string, kinds []string, limit int) ([]Hit, error)
	Close() error
}

// Query selects rows of one kind.
type Query struct {
	Kind   string
	Match  []Match  // all of them must hold
	Fields []string // the columns wanted; nil = all
	// After and Limit page through the rows in their stable order: After is the
	// id of a node, or the Position of a relationship. A node that several
	// datasets declare counts once toward Limit, and all its rows come; likewise
	// the rows that stood in one line come together, though Limit is passed by
	// it. Limit 0 = no limit.
	After string
	Limit int
}

// Match holds for a row whose field is one of the values; without values it
// holds for none. "" and NoInt match what is not known.
type Match struct {
	Field string
	Words []string // for Word, Text, Date
	Ints  []int    // for Int
}

// TradeCoverage says how much trade of one code (or product) and year a dataset
// holds. ValueUSD and Tonnes are sums over the rows that have both and where
// tonnes are above zero: the world's unit value is their quotient.
type TradeCoverage struct {
	Dataset  string
	Code     string // trade code; blank where the rows name a product
	Product  string
	Year     int
	Rows     int64
	Both     int64
	ValueUSD float64
	Tonnes   float64
}

// Hit is a node that a search found.
type Hit struct {
	Kind string
	ID   string
	Name string
}

// Status describes a store.
type Status struct {
	Store    string // what it is: "DuckDB v1.5.5, tiermap.duckdb"
	Revision string
	Bytes    int64 // size where it is known, else 0
	Datasets []DatasetStatus
}

// DatasetStatus is one dataset with its counts.
type DatasetStatus struct {
	Dataset
	Loaded string           // when it was committed, RFC 3339
	Rows   map[string]int64 // by table
	Years  [2]int           // first and last year of its facts; zero where they have none
}

// Position names one row of a relationship for good: the dataset, file and line
// that it came from. It is what paging through rows goes by.
type Position struct {
	Dataset string
	File    string
	Line    int
}

// String writes the position as one text that ParsePosition reads.
func (p Position) String() string {
	return p.Dataset + "\x1f" + p.File + "\x1f" + strconv.Itoa(p.Line)
}

// ParsePosition reads what String wrote; ok is false where s is something else.
func ParsePosition(s string) (p Position, ok bool) {
	parts := strings.Split(s, "\x1f")
	if len(parts) != 3 {
		return Position{}, false
	}
	line, err := strconv.Atoi(parts[2])
	return Position{parts[0], parts[1], line}, err == nil
}
