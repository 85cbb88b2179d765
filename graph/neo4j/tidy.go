package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tiermap/graph"
)

// briefly is how long a load or a removal tidies before or after its own work.
const briefly = 5 * time.Second

// tidyRows is how many rows a transaction of tidying changes.
const tidyRows = 5000

// Tidy brings the graph into its final state: the nodes show what the visible
// datasets declare, and the rows are gone of loads that were replaced, removed or
// abandoned. Loads and removals do some of it in passing; what takes longer, and
// what has to wait for readers in other processes (Options.Grace), is left to
// Tidy. Rows that wait for it are in no answer of the store; Cypher of one's own
// that does not ask for the current loads sees them.
func (s *Store) Tidy(ctx context.Context) error {
	done, err := s.useToWrite()
	if err != nil {
		return err
	}
	defer done()
	for {
		left, err := s.tidy(ctx)
		if err != nil || left <= 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(left):
		}
	}
}

// tidyBriefly tidies for a few seconds at most; what is left is left.
func (s *Store) tidyBriefly(ctx context.Context) error {
	brief, cancel := context.WithTimeout(ctx, briefly)
	defer cancel()
	_, err := s.tidy(brief)
	if ctx.Err() == nil && graph.CodeOf(err) == graph.Timeout {
		return nil
	}
	return err
}

// tidy does what can be done now, and returns after how long there is more to do:
// 0 if there is not.
func (s *Store) tidy(ctx context.Context) (left time.Duration, err error) {
	s.tidying.Lock()
	defer s.tidying.Unlock()
	for {
		settled, err := s.settleOne(ctx)
		if err != nil {
			return 0, err
		}
		if !settled {
			break
		}
	}
	gone, left, err := s.choose(ctx)
	if err != nil {
		return 0, err
	}
	for _, load := range gone {
		if err := s.clear(ctx, load); err != nil {
			return 0, err
		}
	}
	return left, nil
}

// doomed lists the loads whose rows nobody sees any more, and how many
// milliseconds they have to wait for others yet.
const doomed = `
MATCH (l:Load)
WITH l, CASE l.state
	WHEN 'removing' THEN 0
	WHEN 'abandoned' THEN 0
	WHEN 'loading' THEN CASE WHEN l.seen + $lease > timestamp() THEN null ELSE 0 END
	WHEN 'replaced' THEN CASE WHEN l.settled THEN l.replaced + $grace - timestamp() END
	END AS wait
WHERE wait IS NOT NULL AND NOT l.id IN $kept
RETURN l.id, wait ORDER BY l.id`

// doom gives loads up for good: from now on no writer adds to them, and no reader
// takes them for whole.
const doom = `
MATCH (l:Load) WHERE l.id IN $loads
SET l.state = 'removing'
WITH l
MATCH (w:LoadWriter {load: l.id})
DELETE w`

// choose marks the loads that can be cleared away now, and tells when there will
// be more.
func (s *Store) choose(ctx context.Context) (gone []int64, left time.Duration, err error) {
	s.opening.Lock() // a snapshot that opens now is seen by keeping
	defer s.opening.Unlock()
	kept := s.keeping()
	err = s.write(ctx, func(ctx context.Context, tx transaction) error {
		gone, left = nil, 0
		rows, err := all(ctx, tx, doomed, params{"kept": kept, "lease": s.options.Lease.Milliseconds(), "grace": max(0, s.options.Grace.Milliseconds())})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if wait := time.Duration(number(row[1])) * time.Millisecond; wait <= 0 {
				gone = append(gone, number(row[0]))
			} else if left == 0 || wait < left {
				left = wait
			}
		}
		if len(gone) == 0 {
			return nil
		}
		return do(ctx, tx, doom, params{"loads": gone})
	})
	return gone, left, err
}

// keeping returns the loads that something in this process needs.
func (s *Store) keeping() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := []int64{}
	for id := range s.active {
		kept = append(kept, id)
	}
	for id := range s.open {
		kept = append(kept, id)
	}
	return kept
}

// clear takes the rows of a load away, nodes that nothing else holds among them,
// and then the load.
func (s *Store) clear(ctx context.Context, load int64) error {
	for _, typ := range s.model.types() {
		statement := fmt.Sprintf(clearRows, typ, typ)
		if err := s.repeat(ctx, statement, params{"load": load, "rows": tidyRows}); err != nil {
			return err
		}
	}
	if err := s.repeat(ctx, clearCoverage, params{"load": load, "rows": tidyRows}); err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, tx transaction) error {
		return do(ctx, tx, clearLoad, params{"load": load})
	})
}

// clearRows deletes some relationships of a load, and the nodes at their ends
// that have none left.
const clearRows = `
MATCH ()-[r:%s]->()
USING INDEX SEEK r:%s(load, file, line)
WHERE r.load = $load AND r.file IS NOT NULL AND r.line IS NOT NULL
WITH r LIMIT $rows
WITH r, startNode(r) AS a, endNode(r) AS b
DELETE r
WITH collect(DISTINCT a) + collect(DISTINCT b) AS ends, count(*) AS n
CALL (ends) {
	UNWIND ends AS e
	WITH DISTINCT e WHERE NOT e:Dataset AND NOT EXISTS { (e)--() }
	DELETE e
}
RETURN n`

const clearCoverage = `
MATCH (c:TradeCoverage) WHERE c.load = $load
WITH c LIMIT $rows
DELETE c
RETURN count(*) AS n`

// clearLoad deletes a load, and its dataset where that has no other.
const clearLoad = `
MATCH (l:Load {id: $load})
WITH l, l.dataset AS dataset
DELETE l
WITH dataset
MATCH (d:Dataset {id: dataset})
WHERE d.load IS NULL AND NOT EXISTS { (d)--() } AND NOT EXISTS { MATCH (o:Load) WHERE o.dataset = dataset }
DELETE d`

// repeat runs a statement until it has nothing left to do.
func (s *Store) repeat(ctx context.Context, statement string, p params) error {
	for {
		var n int64
		err := s.write(ctx, func(ctx context.Context, tx transaction) error {
			row, err := one(ctx, tx, statement, p)
			if err == nil {
				n = number(row[0])
			}
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// settleOne brings the nodes up to date that a load declares which became, or
// ceased to be, the current one of its dataset. It reports whether there was one.
func (s *Store) settleOne(ctx context.Context) (bool, error) {
	var load int64
	var tables []string
	err := s.readWithin(ctx, s.options.Wait, func(ctx context.Context, tx transaction) error {
		load = 0
		rows, err := all(ctx, tx, "MATCH (l:Load) WHERE l.settled = false RETURN l.id, l.tables ORDER BY l.id LIMIT 1", nil)
		if err == nil && len(rows) > 0 {
			load, tables = number(rows[0][0]), texts(rows[0][1])
		}
		return err
	})
	if err != nil || load == 0 {
		return false, err
	}
	for _, k := range s.model.schema.Kinds() {
		if k.IsNode() && slices.Contains(tables, k.Table) {
			if err := s.settle(ctx, k, load); err != nil {
				return false, err
			}
		}
	}
	return true, s.write(ctx, func(ctx context.Context, tx transaction) error {
		return do(ctx, tx, "MATCH (l:Load {id: $load}) SET l.settled = true", params{"load": load})
	})
}

// settle brings the nodes of a kind up to date that a load declares.
func (s *Store) settle(ctx context.Context, k *graph.Kind, load int64) error {
	for at := start(); at.step != nowhere; {
		var next place
		err := s.write(ctx, func(ctx context.Context, tx transaction) error {
			row, err := one(ctx, tx, settling(k, at.where()), at.params(params{"load": load, "rows": tidyRows}))
			if err == nil {
				next = at.after(int(number(row[0])), tidyRows, text(row[1]), number(row[2]), number(row[3]))
			}
			return err
		})
		if err != nil {
			return err
		}
		at = next
	}
	return nil
}

// settled reports whether a field of a declaration becomes a property of the
// node. Of which declaration source and estimated would be cannot be seen.
func settled(f graph.Field) bool {
	return !f.Managed && f.Name != "id" && f.Name != "source" && f.Name != "estimated"
}

// settling is the statement that gives some nodes of a kind what their visible
// declarations say: of each property what the highest rank gives that has it.
// Nothing else about a node is touched, so that what people add to one stays.
func settling(k *graph.Kind, where string) string {
	var set []string
	for _, f := range k.Fields {
		if settled(f) {
			set = append(set, fmt.Sprintf("n.%s = reduce(v = null, r IN rows | coalesce(v, r.%s))", f.Name, f.Name))
		}
	}
	return fmt.Sprintf(`
MATCH (:Dataset)-[r:DECLARES]->(n:%s)
USING INDEX SEEK r:DECLARES(load, file, line)
WHERE r.load = $load AND %s
WITH r, n ORDER BY %s LIMIT $rows
WITH collect(n) AS nodes, collect([r.file, r.line, coalesce(r.row, -1)]) AS places
CALL (nodes) {
	UNWIND nodes AS n
	WITH DISTINCT n
	OPTIONAL MATCH (d:Dataset)-[r:DECLARES]->(n) WHERE r.load = d.load
	WITH n, d, r ORDER BY d.priority DESC, coalesce(d.retrieved, '') DESC, d.id, r.file, r.line
	WITH n, collect(r) AS rows, collect(DISTINCT d.id) AS datasets
	SET %s, n.datasets = CASE WHEN size(datasets) > 0 THEN datasets END
}
RETURN size(places), last(places)[0], last(places)[1], last(places)[2]`, k.Name, where, inOrder, strings.Join(set, ", "))
}
