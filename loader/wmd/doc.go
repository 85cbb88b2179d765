// Package wmd loads World Mining Data of the Austrian Federal Ministry of
// Finance (reproduction with citation of the source): mine production by country
// of five years, as a table of CSV:
//
//	material,Country,Country_Code,Country_ISO,2018,2019,2020,2021,2022,unit,data_source
//
// One row is a material and a country, a column is a year. data_source is r for
// reported, e for estimated and p for provisional, of the whole row. Rows of the
// country "Total" are the world's and passed over, as are columns that are not
// named here, such as scores of political stability, which the Worldwide
// Governance Indicators are the source of. A blank year is not known and makes
// no row; a zero is zero.
//
// The edition is two years newer than the newest year: wmd-2024 ends with 2022.
// Which product a material is of, its basis and how oxides are converted are
// data: mapping.csv (see package series).
package wmd
