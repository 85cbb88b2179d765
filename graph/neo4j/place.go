package neo4j

import "tiermap/graph"

// place is where a walk over the rows of one type and load stands, in the order
// of the index (load, file, line). The walk goes through the rest of a file, then
// to the files after it: either is one range of the index, so that each page
// starts where the one before ended.
type place struct {
	step step
	file string
	line int64
	row  int64 // of rows in one line: see chunk.order
}

type step int

const (
	fromFile  step = iota // this file, from its start, and those after it
	inFile                // the rest of this file after line and row
	afterFile             // the files after this one
	nowhere               // there are no more
)

func start() place { return place{step: fromFile} }

// inOrder is the order of a walk.
const inOrder = "r.load, r.file, r.line, coalesce(r.row, -1)"

// where is the condition of the next page, beside that of the load.
func (p place) where() string {
	switch p.step {
	case inFile:
		return "r.file = $file AND r.line >= $line AND (r.line > $line OR coalesce(r.row, -1) > $row)"
	case afterFile:
		return "r.file > $file AND r.line IS NOT NULL"
	default:
		return "r.file >= $file AND r.line IS NOT NULL"
	}
}

func (p place) params(more params) params {
	more["file"] = p.file
	if p.step == inFile {
		more["line"], more["row"] = p.line, p.row
	}
	return more
}

// after returns the place after a page of n rows, of which limit were asked for,
// whose last is at file, line and row.
func (p place) after(n, limit int, file string, line, row int64) place {
	switch {
	case n >= limit:
		return place{inFile, file, line, row}
	case p.step == inFile:
		return place{step: afterFile, file: p.file}
	default:
		return place{step: nowhere}
	}
}

// afterPosition is the place after all rows of a line.
func afterPosition(p graph.Position) place {
	return place{inFile, p.File, int64(p.Line), 1 << 62}
}
