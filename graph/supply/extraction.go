package supply

import (
	"cmp"
	"fmt"
)

// replace lets every sector of an input-output table buy what it lost: of the same
// sector in the other countries from which it has it, in proportion. What it needs
// of each sector, and the value that it adds, stay as they are. That is hypothetical
// extraction in a table of the whole world, where it has to be said from where
// instead (Dietzenbacher, van Burken and Kondo 2019,
// doi:10.1080/09535314.2018.1564135). What it has from nobody else is unexplained.
func (t *taking) replace() {
	for i := range t.Nodes {
		end := t.TradeStart[i+1]
		if t.silent[int32(i)] { // nobody comes here any more
			copy(t.Trade[t.TradeStart[i]:end], t.whole.Trade[t.TradeStart[i]:end])
			continue
		}
		for lo := t.TradeStart[i]; lo < end; { // links are in order of seller: sector, then country
			hi := lo + 1
			for hi < end && t.soldBy(hi) == t.soldBy(lo) {
				hi++
			}
			t.replaceOf(&t.Nodes[i], lo, hi)
			lo = hi
		}
		t.Nodes[i].Imports = 0
		for _, l := range t.TradeInto(int32(i)) {
			t.Nodes[i].Imports += l.Tonnes
		}
	}
}

// soldBy returns the sector that the seller of a link is.
func (t *taking) soldBy(link int32) int32 { return t.Nodes[t.Trade[link].Exporter].Product }

// replaceOf replaces what a sector lost of another one: the links from lo to hi.
func (t *taking) replaceOf(buyer *Node, lo, hi int32) {
	var lost, free float64
	for l := lo; l < hi; l++ {
		lost += t.whole.Trade[l].Tonnes - t.Trade[l].Tonnes
		if _, capped := t.capped[l]; !capped {
			free += t.Trade[l].Tonnes
		}
	}
	t.lost += lost
	switch {
	case lost == 0:
	case free == 0:
		t.missing += lost
		buyer.Unexplained += lost
	default:
		for l := lo; l < hi; l++ {
			if _, capped := t.capped[l]; !capped {
				t.Trade[l].Tonnes *= 1 + lost/free
			}
		}
	}
}

// unit is what links are measured in.
func (n *Network) unit() string {
	if n.Table != "" {
		return "USD"
	}
	return "t"
}

// replacements says what the scenario takes away from an input-output table, and
// what comes in its place.
func (t *taking) replacements(s *Scenario) []string {
	var list []string
	say := func(format string, args ...any) { list = append(list, "Scenario: "+fmt.Sprintf(format, args...)) }
	for _, x := range s.Without {
		switch {
		case x.From != "":
			say("%s in %s buys nothing of %s in %s.", x.Product, x.To, cmp.Or(x.Sold, "any sector"), x.From)
		case x.Product != "":
			say("nobody buys of %s in %s.", x.Product, x.Place)
		default:
			say("nobody buys of any sector in %s.", x.Place)
		}
	}
	for _, c := range s.Caps {
		say("%s in %s buys of %s in %s for at most %s USD.", c.Product, c.To, cmp.Or(c.Sold, "all sectors"), c.From, figure(c.Tonnes))
	}
	say("what sectors lose by it, %s USD of inputs, they buy of the same sectors in the other countries from which they have some, in proportion; what they need of each sector and the value that they add stay as they are (Dietzenbacher, van Burken and Kondo 2019, doi:10.1080/09535314.2018.1564135).", figure(t.lost))
	if t.missing > 0 {
		say("of that, %s USD come from nobody else: unexplained where they are bought.", figure(t.missing))
	}
	say("how much of the value passes what is taken away, before anybody replaces it, is its pass-through share (see chokepoints and exposure, without a scenario).")
	return list
}
