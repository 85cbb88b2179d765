package baci

import "slices"

// maxCode is above every six-digit code.
const maxCode = 1_000_000

// maxCodes is how many different codes a file may have. The Harmonized System
// has 5,600.
const maxCodes = 1 << 14

// seen finds repeated keys exactly, whatever the order of the file: it keeps a
// bit for each code, for every pair of countries that trade. That is 30 MB for a
// full year, and never more than 2 KiB for a pair.
type seen struct {
	pairs [maxCountry][][]uint64 // by exporter and importer
	bits  [maxCode]uint16        // where a code's bit is, counted from 1
	codes int
}

// add reports whether the key is new. ok is false where there are more codes
// than the Harmonized System can have.
func (s *seen) add(exporter, importer, code int) (isNew, ok bool) {
	bit := int(s.bits[code]) - 1
	if bit < 0 {
		if s.codes == maxCodes {
			return false, false
		}
		bit = s.codes
		s.codes++
		s.bits[code] = uint16(s.codes)
	}
	if s.pairs[exporter] == nil {
		s.pairs[exporter] = make([][]uint64, maxCountry)
	}
	set := s.pairs[exporter][importer]
	word, mask := bit/64, uint64(1)<<(bit%64)
	if word >= len(set) {
		set = append(slices.Grow(set, word+1-len(set)), make([]uint64, word+1-len(set))...)
		s.pairs[exporter][importer] = set
	}
	isNew = set[word]&mask == 0
	set[word] |= mask
	return isNew, true
}
