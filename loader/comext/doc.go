// Package comext loads Eurostat's Comext, the trade in goods of the countries of
// the European Union by the eight-digit codes of the Combined Nomenclature, in
// the shapes in which it is handed out:
//
//   - bulk files of months (full_v2_202403.dat, full202403.dat) and of years
//     (…52.dat), unpacked from their .7z: DECLARANT_ISO or REPORTER,
//     PARTNER_ISO or PARTNER, PRODUCT_NC, FLOW, STAT_REGIME or STAT_PROCEDURE,
//     PERIOD, VALUE_IN_EUROS or VALUE_EUR, QUANTITY_IN_KG or QUANTITY_KG;
//   - cuts of these with a year as PERIOD;
//   - SDMX-CSV of the dataset DS-045409, in which value and mass stand in rows of
//     their own (indicators, TIME_PERIOD, OBS_VALUE).
//
// One dataset is one year (comext-cn2022), from all files that are named
// together: the codes are those of the year's edition, CN2022:81129289.
//
// What becomes of a row:
//
//   - FLOW 1 is an import of the declarant, 2 an export. Months and statistical
//     procedures are parts and are added up; where the year is there as well, it
//     counts instead of its months. What several files hold is taken once.
//   - Trade between two countries of the Union is reported by both and becomes
//     one row (package mirror). Of trade with others only the declarant's report
//     is here.
//   - Euros become USD at the average rate of the year (see Rate), which a note
//     states. Zero kg of goods that have a value is a mass that is not stated.
//   - Totals, chapters and headings, groups as declarant or partner, and codes
//     with letters, under which confidential trade is hidden, are passed over.
package comext
