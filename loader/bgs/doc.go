// Package bgs loads World Mineral Statistics of the British Geological Survey
// (contains British Geological Survey materials © UKRI; use with attribution):
// production by country from 1971, as its service gives them out, one CSV file
// per commodity, the columns in any order:
//
//	country_trans                what BGS calls the country, country_iso3_code its code
//	bgs_statistic_type_trans     Production; imports and exports are passed over
//	bgs_commodity_trans          the table: "cobalt, mine"
//	bgs_sub_commodity_trans      the form, where the table has several
//	units, year, quantity        year as 2023-01-01 00:00:00
//	sdmx_code                    how the quantity is meant, see below
//	concat_figure_notes_code     notes, separated by |: * is an estimate, … _text what they say
//
// All files of one command are one dataset, named after the newest year in them:
// bgs-wms-2023. What a quantity says:
//
//	A                   a figure; 0 is "nil (nothing produced)"
//	O, blank            "figures not available": produced, amount not known
//	O, "included with"  counted in another row: passed over
//	N, 0                "more than 0 but less than 0.5": a quarter, estimated
//
// Countries that the notes of a table (concat_table_notes_text) name as producers,
// without a figure, become rows without tonnes.
//
// Which product a table is of, its basis and its unit are data: mapping.csv (see
// package series).
package bgs
