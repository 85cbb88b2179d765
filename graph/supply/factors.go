package supply

import (
	"context"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
)

// factors are the LU factors of I − P among some states, stored without their
// signs: multipliers below the diagonal, pivots on it, the rest of U above it, and
// in the last column what leaves these states. All are ≥ 0.
//
// Pivots are sums of what leaves (GTH: Grassmann, Taksar and Heyman 1985,
// doi:10.1287/opre.33.5.1107; entrywise precision: O'Cinneide 1993,
// doi:10.1007/BF01385743; for chains that stop: Alfa, Xue and Ye 2002,
// doi:10.1090/S0025-5718-01-01325-4).
type factors struct {
	n int
	a []float64 // n rows of n+1
}

func newFactors(n int) factors { return factors{n: n, a: make([]float64, n*(n+1))} }

func (f factors) row(i int) []float64 { return f.a[i*(f.n+1) : (i+1)*(f.n+1)] }

// eliminate takes state k out: who stepped to it now steps on to where it leads.
func (f factors) eliminate(k int) { f.eliminateFrom(k, f.n) }

// eliminateFrom takes state k out of the rows between it and another one.
func (f factors) eliminateFrom(k, below int) {
	row := f.row(k)
	tail := row[k+1:]
	pivot := floats.Sum(tail)
	row[k] = pivot
	for i := k + 1; i < below; i++ {
		other := f.row(i)
		if other[k] == 0 {
			continue
		}
		m := other[k] / pivot
		other[k] = m
		floats.AddScaled(other[k+1:], m, tail)
	}
}

// panel is how many states are taken out of the rows below them at once: their
// rows stay in the processor's nearest cache meanwhile.
const panel = 8

// eliminatePanel takes the next panel of states out.
func (f factors) eliminatePanel(from int) {
	to := min(from+panel, f.n)
	for k := from; k < to; k++ {
		f.eliminateFrom(k, to)
	}
	for i := to; i < f.n; i++ {
		row := f.row(i)
		for k := from; k < to; k++ {
			above := f.row(k)
			m := row[k] / above[k]
			row[k] = m
			for j := k + 1; j < to; j++ {
				row[j] += m * above[j]
			}
		}
		addRows(row[to:], row[from:to], f.a[from*(f.n+1)+to:], f.n+1)
	}
}

// addRows adds to sum the rows of a matrix, each times its factor. The rows are as
// long as sum and begin every stride values.
func addRows(sum, factors, rows []float64, stride int) {
	if len(factors) > 0 {
		blas64.Gemv(blas.Trans, 1, blas64.General{Rows: len(factors), Cols: len(sum), Stride: stride, Data: rows},
			blas64.Vector{N: len(factors), Inc: 1, Data: factors}, 1, blas64.Vector{N: len(sum), Inc: 1, Data: sum})
	}
}

// visits turns x, where walks enter, into the expected number of visits: it
// solves v = x + v P.
func (f factors) visits(x []float64) {
	n := f.n
	for k := range n {
		if x[k] == 0 {
			continue
		}
		row := f.row(k)
		x[k] /= row[k]
		floats.AddScaled(x[k+1:], x[k], row[k+1:n])
	}
	for i := n - 1; i > 0; i-- {
		if x[i] != 0 {
			floats.AddScaled(x[:i], x[i], f.row(i)[:i])
		}
	}
}

// chances turns h, the chance of what is asked at the first step out of each
// state, into the chance of it ever: it solves h' = h + P h'.
func (f factors) chances(h []float64) {
	n := f.n
	for i := 1; i < n; i++ {
		h[i] += floats.Dot(f.row(i)[:i], h[:i])
	}
	for k := n - 1; k >= 0; k-- {
		row := f.row(k)
		h[k] = (h[k] + floats.Dot(row[k+1:n], h[k+1:])) / row[k]
	}
}

// chancesOfMany is chances of each column of h.
func (f factors) chancesOfMany(ctx context.Context, h columnar) error {
	n, w := f.n, h.width
	for i := 1; i < n; i++ {
		addRows(h.row(int32(i)), f.row(i)[:i], h.values, w)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	for k := n - 1; k >= 0; k-- {
		row, to := f.row(k), h.row(int32(k))
		addRows(to, row[k+1:n], h.values[(k+1)*w:], w)
		for i := range to { // a factor 1/row[k] would round twice
			to[i] /= row[k]
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
