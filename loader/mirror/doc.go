// Package mirror makes one trade flow of what its two sides report.
//
// A flow from a country to another is reported twice, as an export by the one
// and as an import by the other, and the reports differ: imports are valued with
// freight and insurance, goods are recorded by origin on one side and by last
// known destination on the other, some countries report late or not at all. To
// add them would count the flow twice. The rule here is the usual one of the
// literature (Feenstra, R. C., Lipsey, R. E., Deng, H., Ma, A. C. and Mo, H.,
// 2005: World Trade Flows 1962-2000, NBER working paper 11040): the importer's
// report counts, for customs look closest at what is taxed and ask for its
// origin; the exporter's counts where the importer reports nothing.
//
//   - What the report that counts does not say (the mass, mostly) is taken from
//     the other one, and the row's source says so.
//   - The other report stands beside it: mirror_value_usd, mirror_tonnes.
//   - error is the relative discrepancy |a - b| / (a + b) of the two masses, or
//     of the two values where not both masses are known (docs/methods.md §2d).
//     Where only one side reports, it is not known.
//
// Several rows of one side about one flow are either parts of it, which are
// added up (months), or the flow as a whole beside its details (modes of
// transport, customs procedures), of which one counts: see [Combine].
package mirror
