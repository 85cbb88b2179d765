// Package measures loads export controls and other measures of trade policy, as
// tables that observers compile from ministries' notices:
//
//	id,country,authority_notice,announced,effective,until,materials,scope,hs_reference_codes,source_url   export controls
//	date,notice,target,entities,list_type,url,...                                                         lists of the Ministry of Commerce of China
//	id,date,actor,event,materials_or_goods,source_url                                                     other events
//
// A table is known by its columns. materials and hs_reference_codes hold several,
// separated by |. until is a day, or "suspended 2025-11-09 to 2026-11-27". What a
// measure does is what its scope begins with: licence or ban; where it begins
// otherwise, that is not known. Which of our materials and products the words
// are stands in materials.csv and products.csv (see package terms).
//
// Codes of ten digits are of the country's own tariff in the year of the notice,
// CHN2023:8112929010; their first six are those of the Harmonized System.
package measures
