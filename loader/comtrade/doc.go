// Package comtrade loads trade as countries report it to UN Comtrade, the
// database of the United Nations Statistics Division, in the shapes in which it
// is handed out:
//
//   - CSV downloads of comtradeplus.un.org and answers of the API saved as CSV
//     (refYear, reporterCode, flowCode, partnerCode, cmdCode, motCode, netWgt,
//     primaryValue, …), also where each row ends with one comma too many;
//   - bulk files of the API (the same columns, separated by tabs);
//   - answers of the API as JSON ({"data": [{…}, …]});
//   - downloads of the former site ("Trade Flow Code", "Netweight (kg)", …);
//   - cuts of these with the columns reporter, partner, cmd, flow, value, netwgt.
//
// Plain, .gz, .zst, or members of a .zip. Which columns stand for what is
// listed in columns.go; columns beyond those are not read.
//
// One dataset is one year in one revision of the Harmonized System
// (comtrade-hs2022-2024), from all files that are named together. Countries
// report a year in different revisions: the revision with most rows has the
// priority that was asked for, the others of that year rank one below, since
// the trade of a product comes from one of them.
//
// What becomes of a row:
//
//   - Imports (M) and exports (X) of six-digit codes are facts. Re-exports are
//     part of exports, re-imports of imports: their rows (RX, RM) and those of
//     customs regimes (DX, FM, MIP, XOP, …) are passed over, as are chapters,
//     headings and totals, services, monthly rows, the partner World, and
//     reporters or partners that are groups on top of their members (97, the EU).
//   - A flow stands in several rows where modes of transport, customs
//     procedures or second partners are told apart. The row of the totals
//     (motCode 0, customsCode C00, partner2Code 0) counts; where there is none,
//     the largest; never the sum.
//   - Import and export reports of one flow become one row (package mirror).
//   - primaryValue is USD: CIF for imports, FOB for exports. netWgt is kg and
//     becomes tonnes; where it is blank, a quantity in kg does. Other units are
//     no mass. Zero kg of goods that have a value is a mass that was not
//     reported. isNetWgtEstimated marks the row as estimated.
package comtrade
