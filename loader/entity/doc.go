// Package entity is the one place that turns a written name into a company, a
// plant, a country, a material or a product.
//
// A [Book] is told every name that a file writes ([Book.Want]), then everything
// that is known streams past it once ([Book.Read]), and then it says what each
// name stands for ([Book.Settle]). Its memory grows with the names that are
// wanted, not with what is known: thousands of names against three million
// companies take one reading of the companies.
//
// What a name stands for, in this order:
//
//  1. what somebody decided (a row of name_decision, see [Decision]);
//  2. an identifier: a legal entity identifier (ISO 17442) whose check digits
//     are right;
//  3. the name: Unicode normalised, transliterated, without accents, case,
//     punctuation and legal form ([Parse]); the country must not contradict;
//  4. other names of what is known, likewise;
//  5. how like the names are ([similarity]), among those that share a block.
//
// Every candidate has a score and a reason. At [Options.Upper] and above the
// name is taken for the one candidate there is; where there are two, or only
// candidates between [Options.Lower] and Upper, nothing is taken for granted:
// the name becomes an entity of its own and the candidates are listed for
// review. Its id is made of the normalised name and the country, so that it is
// the same in every load.
//
// Scores depend on the two names, countries and places alone, not on what else
// is loaded: what was decided yesterday is judged alike today. How often they
// are right is measured by package tiermap/loader/entity/measure.
package entity
