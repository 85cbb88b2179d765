package ask

import (
	"cmp"
	"context"
	"maps"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"tiermap/graph"
	"tiermap/graph/supply"
)

// OriginsQuestion asks for the origins of every trade code in every country
// (docs/methods.md §2f).
type OriginsQuestion struct {
	Year    int
	Codes   []string // trade codes, or what they begin with: HS2017:2604, HS2017; none = all
	After   string   // only codes behind this one, bytewise; "" = from the first
	Balance supply.Balance
}

// OriginsScope is what a question about all codes will be answered for.
type OriginsScope struct {
	Revision string
	Codes    []string        // in bytewise order
	Datasets []graph.Dataset // whose trade it is, by rank
	Rows     int64           // of trade of that year
}

// OriginsScope lists the codes that have trade in the year.
//
// Errors: BadInput where no code has; those of the store.
func (a *Asker) OriginsScope(ctx context.Context, q OriginsQuestion) (OriginsScope, error) {
	return with(ctx, a, func(v *view) (OriginsScope, error) { return v.originsScope(q) })
}

func (v *view) originsScope(q OriginsQuestion) (OriginsScope, error) {
	s := OriginsScope{Revision: v.revision}
	used := map[string]bool{}
	for _, t := range v.coverage {
		if t.Year == q.Year && t.Code != "" && wanted(q.Codes, t.Code) {
			s.Codes = append(s.Codes, t.Code)
			s.Rows += t.Rows
			used[t.Dataset] = true
		}
	}
	slices.Sort(s.Codes)
	s.Codes = slices.Compact(s.Codes)
	if len(s.Codes) == 0 {
		return s, graph.Errorf(graph.BadInput, "no trade in codes%s is loaded for %d; tiermap status lists the datasets and years",
			map[bool]string{true: " that begin with " + strings.Join(q.Codes, " or ")}[len(q.Codes) > 0], q.Year)
	}
	from, found := slices.BinarySearch(s.Codes, q.After)
	if found {
		from++
	}
	s.Codes = s.Codes[from:]
	s.Datasets = slices.DeleteFunc(slices.Clone(v.datasets), func(d graph.Dataset) bool { return !used[d.ID] })
	return s, nil
}

func wanted(prefixes []string, code string) bool {
	return len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(code, p) })
}

// codesAtOnce is how many codes are read together: their trade rows are what is
// kept in memory, three times over at most.
const codesAtOnce = 256

// Origins computes the origins of each code in every country. encode turns the
// lines of a code into what yield gets; it is called by several goroutines,
// yield by one, in the order of the codes. All is read from one revision of the
// store, whose scope start is told first.
//
// Errors: those of OriginsScope, encode, start and yield; Timeout where ctx
// ends, when yield has got the codes so far.
func Origins[T any](ctx context.Context, a *Asker, q OriginsQuestion, start func(OriginsScope) error,
	encode func(code string, lines []supply.TargetOrigins) (T, error), yield func(code string, encoded T) error) error {
	_, err := with(ctx, a, func(v *view) (struct{}, error) {
		scope, err := v.originsScope(q)
		if err == nil {
			err = start(scope)
		}
		if err == nil {
			err = originsOf(ctx, v, q, scope.Codes, encode, yield)
		}
		return struct{}{}, err
	})
	return err
}

// originsOf reads chunk by chunk, ahead of those who solve.
func originsOf[T any](ctx context.Context, v *view, q OriginsQuestion, codes []string,
	encode func(string, []supply.TargetOrigins) (T, error), yield func(string, T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	chunks := make(chan []codeFacts, 1)
	group.Go(func() error {
		defer close(chunks)
		for chunk := range slices.Chunk(codes, codesAtOnce) {
			facts, err := v.readCodes(ctx, q, chunk)
			if err != nil {
				return err
			}
			select {
			case chunks <- facts:
			case <-ctx.Done():
				return graph.Wrap(graph.Timeout, ctx.Err(), "the work was interrupted")
			}
		}
		return nil
	})
	group.Go(func() error {
		for facts := range chunks {
			if err := solveCodes(ctx, q.Balance, facts, encode, yield); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

// codeFacts is what the network of one code is assembled from.
type codeFacts struct {
	code string
	plan *supply.Plan
	rows *graph.Batch
}

// solveCodes solves the codes of a chunk, several at a time, and yields them in
// their order.
func solveCodes[T any](ctx context.Context, balance supply.Balance, facts []codeFacts,
	encode func(string, []supply.TargetOrigins) (T, error), yield func(string, T) error) error {
	group, solving := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	encoded, done := make([]T, len(facts)), make([]bool, len(facts))
	for i, f := range facts {
		group.Go(func() error {
			lines, err := f.solve(solving, balance)
			if err == nil {
				encoded[i], err = encode(f.code, lines)
			}
			done[i] = err == nil
			return err
		})
	}
	failed := group.Wait()
	for i, f := range facts {
		if !done[i] { // what was solved before an interrupt is not lost
			return failed
		}
		if err := yield(f.code, encoded[i]); err != nil {
			return err
		}
	}
	return failed
}

func (f *codeFacts) solve(ctx context.Context, balance supply.Balance) ([]supply.TargetOrigins, error) {
	trade := f.plan.NewTrade()
	if f.rows != nil {
		if err := trade.Append(f.rows); err != nil {
			return nil, err
		}
	}
	n, err := supply.Assemble(ctx, f.plan, trade, balance)
	if err != nil {
		return nil, err
	}
	return supply.NewWalk(n).Targets(ctx, f.code)
}

// readCodes reads the facts of some codes in one go.
func (v *view) readCodes(ctx context.Context, q OriginsQuestion, codes []string) ([]codeFacts, error) {
	var production []supply.ProductionRow
	query := graph.Query{Kind: graph.Produces, Match: []graph.Match{{Field: "product", Words: codes}}}
	if err := v.snapshot.Read(ctx, query, func(b *graph.Batch) error {
		production = append(production, supply.ProductionRows(b)...)
		return nil
	}); err != nil {
		return nil, err
	}
	made := map[string][]supply.ProductionRow{}
	for _, r := range production {
		made[r.Product] = append(made[r.Product], r)
	}
	facts := make([]codeFacts, len(codes))
	for i, code := range codes {
		plan, err := v.supply.Plan(supply.Question{Product: code, Year: q.Year}, made[code])
		if err != nil {
			return nil, err
		}
		facts[i] = codeFacts{code: code, plan: plan}
	}
	return facts, v.readTrade(ctx, facts)
}

// readTrade deals the trade rows that some plans name out to them.
func (v *view) readTrade(ctx context.Context, facts []codeFacts) error {
	byCode := map[string][]*codeFacts{}
	var datasets []string
	var years []int
	for i := range facts {
		for _, s := range facts[i].plan.Trade {
			byCode[s.Code] = append(byCode[s.Code], &facts[i])
			datasets, years = append(datasets, s.Dataset), append(years, s.Year)
		}
	}
	query := graph.Query{Kind: graph.Trades, Fields: supply.TradeFields(), Match: []graph.Match{
		{Field: "dataset", Words: distinct(datasets)}, {Field: "year", Ints: distinct(years)},
		{Field: "code", Words: slices.Sorted(maps.Keys(byCode))}}}
	return v.snapshot.Read(ctx, query, func(b *graph.Batch) error {
		words, of := b.Words.List(), b.Columns[b.Kind.Field("code")].Word
		for from := 0; from < b.Len; {
			to := from + 1
			for to < b.Len && of[to] == of[from] {
				to++
			}
			for _, f := range byCode[words[of[from]]] {
				if f.rows == nil {
					f.rows = &graph.Batch{Kind: b.Kind, Words: b.Words, Columns: make([]graph.Column, len(b.Columns))}
				}
				appendRows(f.rows, b, from, to)
			}
			from = to
		}
		return nil
	})
}

func distinct[T cmp.Ordered](all []T) []T {
	slices.Sort(all)
	return slices.Compact(all)
}

// appendRows appends the rows from..to of a batch to another of the same columns.
func appendRows(dst, src *graph.Batch, from, to int) {
	for i := range src.Columns {
		d, s := &dst.Columns[i], &src.Columns[i]
		switch {
		case s.Word != nil:
			d.Word = append(d.Word, s.Word[from:to]...)
		case s.Int != nil:
			d.Int = append(d.Int, s.Int[from:to]...)
		case s.Float != nil:
			d.Float = append(d.Float, s.Float[from:to]...)
		case s.Bool != nil:
			d.Bool = append(d.Bool, s.Bool[from:to]...)
		case s.Text != nil:
			d.Text = append(d.Text, s.Text[from:to]...)
		}
	}
	dst.Len += to - from
}
