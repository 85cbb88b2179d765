package entity

import "strings"

// alike is the least similarity at which two words count as one misspelt.
const alike = 0.88

// similarity says how like two names are, 0..1: the weights of the words that
// they share over those of all their words (Dice 1945), where a word of one may
// stand for a word of the other that is spelled alike (as in the soft TF-IDF of
// Cohen, Ravikumar and Fienberg 2003: A comparison of string distance metrics
// for name-matching tasks), counted by how alike they are (Jaro-Winkler). Words
// that many names share weigh little (common.csv). Names that differ but in
// where their blanks stand are 1. anchored says that they share a telling word to
// the letter: Valeo is spelled like Vale, and is not.
func similarity(a, b *Name) (score float64, anchored bool) {
	if a.Compact == b.Compact {
		return 1, true
	}
	var shared, all float64
	for _, w := range b.Words {
		all += weight(w)
	}
	var taken uint64 // words of b, by bit
	for _, w := range a.Words {
		all += weight(w)
		best, at := alike, -1
		for j, v := range b.Words {
			if j >= 64 || taken&(1<<j) != 0 {
				continue
			}
			if s := word(w, v); s >= best {
				best, at = s, j
				if s == 1 {
					break
				}
			}
		}
		if at >= 0 {
			taken |= 1 << at
			anchored = anchored || best == 1 && !common[w]
			shared += best * (weight(w) + weight(b.Words[at]))
		}
	}
	if all == 0 {
		return 0, false
	}
	return shared / all, anchored
}

// weight is how much a word tells of whose name it is.
func weight(word string) float64 {
	switch {
	case common[word]:
		return 0.4
	case len(word) == 1:
		return 0.5
	}
	return 1
}

// word says how like two words are. Those with digits are the same or not:
// JECO2 is not JECO.
func word(a, b string) float64 {
	if a == b {
		return 1
	}
	if strings.ContainsAny(a, "0123456789") || strings.ContainsAny(b, "0123456789") {
		return 0
	}
	if len(a) < 4 || len(b) < 4 || a[0] != b[0] && a[1] != b[1] { // too short to be misspelt, or nothing alike
		return 0
	}
	return jaroWinkler(a, b)
}

// jaroWinkler is the similarity of two words, 0..1 (Winkler 1990: String
// comparator metrics and enhanced decision rules in the Fellegi-Sunter model of
// record linkage), with the usual weight of 0.1 for each of up to four letters
// at the start that are the same.
func jaroWinkler(a, b string) float64 {
	j := jaro(a, b)
	same := 0
	for same < min(len(a), len(b), 4) && a[same] == b[same] {
		same++
	}
	return j + float64(same)*0.1*(1-j)
}

// jaro is the similarity of two words of ASCII letters of which the first 64
// count (Jaro 1989).
func jaro(a, b string) float64 {
	a, b = a[:min(len(a), 64)], b[:min(len(b), 64)]
	reach := max(max(len(a), len(b))/2-1, 0)
	var inA, inB uint64 // letters that have a fellow, by bit
	common := 0
	for i := range len(a) {
		for j := max(0, i-reach); j < min(len(b), i+reach+1); j++ {
			if a[i] == b[j] && inB&(1<<j) == 0 {
				inA |= 1 << i
				inB |= 1 << j
				common++
				break
			}
		}
	}
	if common == 0 {
		return 0
	}
	swapped, j := 0, 0
	for i := range len(a) {
		if inA&(1<<i) == 0 {
			continue
		}
		for inB&(1<<j) == 0 {
			j++
		}
		if a[i] != b[j] {
			swapped++
		}
		j++
	}
	m := float64(common)
	return (m/float64(len(a)) + m/float64(len(b)) + (m-float64(swapped)/2)/m) / 3
}
