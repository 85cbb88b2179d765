// Package hs loads tables of what a trade code of one revision or nomenclature
// is in another, in the shapes in which they are handed out:
//
//   - the workbook of the Harmonized System 2017 and 2022 (.xlsx: sheets
//     Final-Expanded, Full Tree, Changes-From-2017), made from the World Customs
//     Organization's correlation tables;
//   - tables of the United Nations Statistics Division (HS2022 to HS2017 and so
//     on, .xlsx or saved as CSV) and of Eurostat (editions of the Combined
//     Nomenclature), and any other table with two columns whose names say the
//     nomenclature of their codes: "From HS 2022", "HS2017", "CN 2023", "V2022".
//
// Codes lose their dots and blanks: 0208.90 is 020890. A pair of codes is a row
// of CORRESPONDS; a column "share" tells which share of the first code's trade
// is of the second, which such tables do not say as a rule.
//
// A dataset is a pair of nomenclatures: correspondence-hs2017-hs2022.
package hs
