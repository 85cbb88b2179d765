// Package hs knows the revisions of the Harmonized System and loads tables of
// what a trade code of one revision or nomenclature is in another.
package hs
