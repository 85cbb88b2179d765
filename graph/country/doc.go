// Package country knows the countries, former states, areas and groups that
// trade and production statistics name, and turns the codes and spellings of
// publishers into ids.
//
// An id is ISO 3166-1 alpha-3 where there is one (NLD, XKX for Kosovo), else an
// id of our own (SUN for the Soviet Union, AREAS-NES, EU). What a text means is
// looked up, never guessed: letter case, diacritics, punctuation, the order of
// words and a few abbreviations do not matter, everything else does. A text that
// means two countries, or a state that had ended by the year of the row, is an
// error that names the candidates; a text that means none is an error that names
// the nearest known names.
package country
