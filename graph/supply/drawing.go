package supply

import (
	"cmp"
	"context"
	"slices"
)

// Drawing returns the stages that at least minShare of supply passes, at most
// first of them (0: all), and the steps between them that as much passes.
func (d *Dependency) Drawing(ctx context.Context, minShare float64, first int) (Drawing, error) {
	drawing := Drawing{Nodes: []DrawnNode{}, Links: []DrawnLink{}}
	if d.state < 0 {
		return drawing, nil
	}
	pass, err := d.stagePassThrough(ctx, minShare)
	if err != nil {
		return Drawing{}, err
	}
	v, err := d.visits(ctx)
	if err != nil {
		return Drawing{}, err
	}
	drawn := d.drawnNodes(pass, v, minShare)
	kept := upTo(drawn, first)
	drawing.Nodes, drawing.Truncated = kept, len(kept) < len(drawn)

	shown := make(map[Stage]bool, len(kept))
	for _, node := range kept {
		shown[node.Stage] = true
	}
	add := func(l DrawnLink) {
		if passesAtLeast(l.PassThrough, minShare) && shown[l.From] && shown[l.To] {
			drawing.Links = append(drawing.Links, l)
		}
	}
	if err := d.eachSourcing(ctx, func(l sourcing) {
		add(DrawnLink{
			From: d.walk.stage(l.from), To: l.to, By: l.by,
			Share: l.share, PassThrough: l.pass, Estimated: l.estimated,
		})
	}); err != nil {
		return Drawing{}, err
	}
	d.eachInput(v, add)
	slices.SortFunc(drawing.Links, func(a, b DrawnLink) int {
		return cmp.Or(descending(a.PassThrough, b.PassThrough), a.From.compare(b.From), a.To.compare(b.To))
	})
	return drawing, nil
}

// drawnNodes returns the target and the stages that at least minShare passes,
// by pass-through descending, then ids.
func (d *Dependency) drawnNodes(pass, v []float64, minShare float64) []DrawnNode {
	w, c := d.walk, d.walk.chain
	steps := d.steps(v)
	drawn := []DrawnNode{}
	for i, share := range pass {
		if int32(i) == d.node {
			share = 1
		} else if !passesAtLeast(share, minShare) {
			continue
		}
		market, maker := w.market[i], w.maker[i]
		node := DrawnNode{
			Stage: w.stage(int32(i)), PassThrough: share, MadeHere: w.madeAt(v, int32(i)),
			Steps: steps[w.network.Nodes[i].Product],
		}
		if c.components[c.of[market]].ring {
			node.Unexplained = v[market]
		} else {
			node.Unexplained = v[market] * c.stop[market]
		}
		if w.ends[maker] == endOrigin {
			node.Origin = v[maker] * c.stop[maker]
		} else {
			node.Unexplained += v[maker] * c.stop[maker]
		}
		w.addEnds(&node, v, int32(i))
		drawn = append(drawn, node)
	}
	if d.node < 0 {
		drawn = append(drawn, DrawnNode{Stage: d.target, PassThrough: 1})
	}
	slices.SortFunc(drawn, func(a, b DrawnNode) int {
		return cmp.Or(targetFirst(d.target, a.Stage, b.Stage), descending(a.PassThrough, b.PassThrough), a.compare(b.Stage))
	})
	return drawn
}

// eachInput calls f for each recipe link that the walk can take.
func (d *Dependency) eachInput(v []float64, f func(DrawnLink)) {
	w, c := d.walk, d.walk.chain
	if w.agentOf != nil {
		d.eachInputOfAgents(v, f)
		return
	}
	for i := range w.network.Nodes {
		market, maker := w.market[i], w.maker[i]
		if v[maker] == 0 {
			continue
		}
		made := 1.0 // of what is drawn from a pool
		for e := c.start[market]; e < c.start[market+1]; e++ {
			if c.to[e] == maker {
				made = c.prob[e]
			}
		}
		for e := c.start[maker]; e < c.start[maker+1]; e++ {
			f(DrawnLink{
				From: w.stage(w.node[c.to[e]]), To: w.stage(int32(i)), By: StepMade, Share: made * c.prob[e],
				PassThrough: min(1, v[maker]*c.prob[e]), Estimated: w.estimated[e],
			})
		}
	}
}
