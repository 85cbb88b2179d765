package comext

// rates are USD for one euro, averages of the year: European Central Bank, euro
// foreign exchange reference rates, US dollar, annual average
// (EXR.A.USD.EUR.SP00.A).
var rates = map[int]float64{
	1999: 1.0658, 2000: 0.9236, 2001: 0.8956, 2002: 0.9456, 2003: 1.1312, 2004: 1.2439, 2005: 1.2441,
	2006: 1.2556, 2007: 1.3705, 2008: 1.4708, 2009: 1.3948, 2010: 1.3257, 2011: 1.3920, 2012: 1.2848,
	2013: 1.3281, 2014: 1.3285, 2015: 1.1095, 2016: 1.1069, 2017: 1.1297, 2018: 1.1810, 2019: 1.1195,
	2020: 1.1422, 2021: 1.1827, 2022: 1.0530, 2023: 1.0813, 2024: 1.0824,
}

// Rate returns how many USD a euro was in the average of a year, by the European
// Central Bank's reference rates; ok is false for a year that is not known.
func Rate(year int) (usd float64, ok bool) {
	usd, ok = rates[year]
	return usd, ok
}
