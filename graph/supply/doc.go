// Package supply assembles the supply network of one material and year from
// facts, and measures it: where a country's supply of a product starts, by
// which tiers and paths it comes, who could stop it, and what is not known.
//
// Facts become a [Plan], and that a [Network] ([Assemble]). [NewWalk] makes it
// ready to be walked upstream, and [Walk.Dependency] binds it to a target, whose
// measures are computed as they are asked for.
//
// It is pure: it is handed facts and never sees a store. The definitions are
// those of docs/methods.md §1 and §2.
package supply
