package supply

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
)

// basis is how many directions are kept before the search for the smallest
// residual starts anew.
const basis = 40

// arnoldi is the method of generalised minimal residuals (Saad and Schultz 1986,
// doi:10.1137/0907058), one column after the other. It cannot break down, and is
// for what does: where goods go round long rings.
type arnoldi struct {
	*equations
	directions [][]float64
}

// improve adds to y what r is the residual of, until it is about goal, and returns the
// passes that it took. A column that gets no smaller is left as it is by then: the
// true residual decides what becomes of it.
func (k *arnoldi) improve(ctx context.Context, y, r, size, goal []float64) (passes int, err error) {
	one := &equations{sweeps: k.sweeps, width: 1, reverse: k.reverse}
	column := make([]float64, k.n)
	for j := range k.width {
		if size[j] <= goal[j] {
			continue
		}
		for i := range column {
			column[i] = r[i*k.width+j]
		}
		more, err := k.improveOne(ctx, one, column, goal[j]/2)
		if err != nil {
			return passes, err
		}
		passes += more
		for i, d := range column {
			y[i*k.width+j] += d
		}
	}
	return passes, nil
}

// improveOne turns a residual into what is to be added for it.
func (k *arnoldi) improveOne(ctx context.Context, q *equations, r []float64, goal float64) (passes int, err error) {
	sum := make([]float64, k.n)
	for passes < passesAtOnce {
		before := floats.Norm(r, 2)
		more, err := k.restart(ctx, q, r, sum, goal)
		if err != nil {
			return passes, err
		}
		passes += more
		if after := floats.Norm(r, 2); floats.Norm(r, 1) <= goal || !(after < 0.99*before) {
			break
		}
	}
	copy(r, sum)
	return passes, nil
}

// restart adds to sum the combination of r, A r, A² r, … that leaves least of r.
func (k *arnoldi) restart(ctx context.Context, q *equations, r, sum []float64, goal float64) (passes int, err error) {
	length := floats.Norm(r, 2)
	if length == 0 {
		return 0, nil
	}
	m := min(basis, k.n)
	for len(k.directions) <= m {
		k.directions = append(k.directions, make([]float64, k.n))
	}
	floats.ScaleTo(k.directions[0], 1/length, r)
	var h [basis][basis + 1]float64 // by column, made triangular by rotations
	var cos, sin [basis]float64
	left := [basis + 1]float64{length}
	for passes < m {
		v, next := k.directions[passes], k.directions[passes+1]
		if err := ctx.Err(); err != nil {
			return passes, err
		}
		copy(next, v)
		q.apply(next)
		floats.SubTo(next, v, next)
		column := &h[passes]
		for range 2 { // twice, for what rounding leaves the first time
			for i := range passes + 1 {
				dot := floats.Dot(next, k.directions[i])
				column[i] += dot
				floats.AddScaled(next, -dot, k.directions[i])
			}
		}
		beyond := floats.Norm(next, 2)
		for i := range passes {
			column[i], column[i+1] = cos[i]*column[i]+sin[i]*column[i+1], cos[i]*column[i+1]-sin[i]*column[i]
		}
		size := math.Hypot(column[passes], beyond)
		if size == 0 {
			break
		}
		cos[passes], sin[passes] = column[passes]/size, beyond/size
		column[passes] = size
		left[passes], left[passes+1] = cos[passes]*left[passes], -sin[passes]*left[passes]
		passes++
		if beyond == 0 || math.Abs(left[passes]) <= goal/math.Sqrt(float64(k.n)) {
			break
		}
		floats.Scale(1/beyond, next)
	}
	var factor [basis]float64
	for i := passes - 1; i >= 0; i-- {
		factor[i] = left[i]
		for j := i + 1; j < passes; j++ {
			factor[i] -= h[j][i] * factor[j]
		}
		factor[i] /= h[i][i]
	}
	change := make([]float64, k.n)
	for i := range passes {
		floats.AddScaled(change, factor[i], k.directions[i])
	}
	floats.Add(sum, change)
	floats.Sub(r, change)
	q.apply(change)
	floats.Add(r, change)
	return passes, nil
}
