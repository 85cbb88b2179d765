// Package trademap loads text exports of Trade Map, the trade statistics of the
// International Trade Centre, in two shapes:
//
//   - the files that users download, one for a product and a country:
//     "Trade_Map_-_List_of_supplying_markets_for_a_product_imported_by_Germany.txt",
//     tab-separated, a row for each partner, a column for each year ("Imported
//     value in 2021", in thousands of USD; "Imported quantity in 2021" with a
//     column "Unit" behind it). The name says the country, a folder or the name
//     the code: 282520/Trade_Map_-_….txt. "(Mirror)" in the name means that the
//     country did not report and its partners' reports stand there;
//   - such files joined, one amount in a row (product_code, flow, reporter,
//     mirror, partner, year, measure, unit, amount).
//
// One dataset is one year (trademap-hs2017-2020), from all files that are named
// together. Codes are of the revision of the Harmonized System in force in the
// year, unless it is told which.
//
// What becomes of an amount:
//
//   - thousand USD become USD; tons are tonnes. An amount whose unit is blank,
//     "Mixed" or "No Quantity" is no mass and is passed over, as are the partners
//     World and Total, and headings (2510, 7502), which their subheadings hold.
//   - Names of countries have two blanks where there was a comma: "Korea
//     Republic of". They are known so.
//   - Imports and exports of one flow become one row (package mirror).
//   - In joined files 253090 labelled "Unprocessed Lithium" counts contained
//     lithium, all else the product.
package trademap
