// Package composition loads tables that are compiled from the literature of what
// materials are in, come with and are recycled from. Each table is known by its
// columns and becomes a dataset of its own:
//
//	technology,Material,value,source,authors,publish_year,year_of_data   material in a GW, tonnes
//	Mineral,chemistry,kg_per_kwh                                        material in a kWh of battery, kg
//	material,title,class,companionality_pct,hosts,note,empirical_pct,…  what is recovered with what
//	material,class,companionality_pct,recycling_pct,reported,…          recycling input rates
//	mineral,technology,scenario,year,demand_kt                          demand of technologies by scenario, IEA
//	material,role,hs6,title_code,flags                                  trade codes of ores and refined materials
//
// Which material a word is stands in materials.csv, which product a technology or
// chemistry is in products.csv (see package terms). Studies disagree, and one of
// them may give several values for the same: all are kept side by side, told
// apart by study and number, and none is averaged.
//
// Crystalline silicon is written in t/MW in the column of t/GW (4 t in a MW):
// units.csv names those values, which keep their number and get the right unit.
//
// In the table of demand some rows have a heading of its source in the place of
// the mineral, and one scenario stands under the name of another, so that there
// are two values of a kind: all of these are rejected.
package composition
