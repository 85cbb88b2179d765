// Package usgs loads the world tables of the Mineral Commodity Summaries of the
// United States Geological Survey (public domain): production, capacity and
// reserves by country, from the data releases exactly as they are published:
//
//	MCS2025_World_Data.csv          one row per country and series, a column per statistic and year
//	MCS2026_Commodities_Data.csv    one row per country, series, statistic and year
//
// The files may be plain, .gz or .zst, UTF-8 with or without a byte order mark
// or Windows-1252. The edition is read from the name, the layout from the
// header. One file is one dataset, such as usgs-mcs-2026.
//
// What the marks mean that stand in place of a number:
//
//	1,234      a number, with separators of thousands
//	—, --, -   nothing: zero
//	W          withheld: produced, amount not known
//	NA         not available: amount not known
//	s          less than half a unit, or counted in another row, as the note says
//	XX         not applicable (totals only)
//	>N, <N     at least N: N, estimated; less than N: half of it, estimated
//	N - M      a range: its middle, estimated
//	Large, …   reserves in words: no number
//	blank      (2025) what the note says (W, NA); without a note, the dash of the
//	           printed table: zero. In a series that has no figure at all, not known
//
// "World total" is passed over. "Other countries" above zero, or not known,
// becomes a row of production for country *. Which product a series is of, its
// basis and its unit are data: mapping.csv (see package series).
package usgs
