// Package baci loads BACI, the database of bilateral trade flows of CEPII
// (Gaulier, G. and Zignago, S., 2010: BACI: International Trade Database at the
// Product-Level, CEPII working paper 2010-23; Etalab open licence 2.0), from
// its yearly files exactly as they are published:
//
//	BACI_HS17_Y2024_V202601.csv    t,i,j,k,v,q
//
// t is the year, i the exporter and j the importer as BACI's own country
// numbers, k the six-digit code of the Harmonized System (revision 2017 here)
// with its leading zeros, v the value in thousands of USD, q the mass in tonnes.
// The files may be plain, .gz, .zst, or members of the release's .zip; the file
// of country codes (country_codes_V202601.csv) is used where it is found.
//
// One file is one dataset: baci-hs17-v202601-2024. What becomes of a row:
//
//   - v becomes USD, exactly: 0.007 is 7 USD. v or q that is NA or blank is not
//     known; a row in which neither is known is rejected. A zero stays a zero:
//     BACI rounds to three decimals.
//   - i and j become country ids by the built-in list of BACI's numbers (251 is
//     France, 490 Taiwan, 842 the United States); a number that it does not
//     know is looked up in the file of country codes, by its ISO code, then by
//     its name. What no list knows is rejected.
//   - k becomes HS2017:811292. A code without its six digits is rejected.
//   - A row of another year than the file's name says is rejected.
//   - A row whose t, i, j and k stood in a row before is rejected: published
//     files have each once.
//   - A row in which i is j is accepted; a supply network leaves it out and
//     counts it (docs/methods.md §1).
//
// A row is one line; a field in quotes may not run over its end.
package baci
