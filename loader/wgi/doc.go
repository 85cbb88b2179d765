// Package wgi loads the Worldwide Governance Indicators of the World Bank (CC BY
// 4.0): six indicators of every country and year since 1996, each with its
// standard error, as the long table that the World Bank publishes
// (wgidataset.xlsx), or a sheet of it saved as CSV:
//
//	codeindyr,code,countryname,year,indicator,estimate,stddev,nsource,pctrank,pctranklower,pctrankupper
//
// indicator is va (voice and accountability), pv (political stability), ge
// (government effectiveness), rq (regulatory quality), rl (rule of law) or cc
// (control of corruption). An estimate is in units of a standard normal
// distribution, about -2.5 to 2.5, of which more is better.
//
//	..      no estimate: no row. A gap stays a gap; it is neither zero nor the year before
//
// Codes are the World Bank's own, some of them old (ZAR is the DR Congo, ROM
// Romania, ADO Andorra, TMP Timor-Leste, WBG Palestine, KSV Kosovo); package
// country knows them. The estimates of the Netherlands Antilles (ANT) after their
// end in 2010 are rejected: there was no such country.
package wgi
