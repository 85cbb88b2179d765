// Package eucrm loads what the European Commission found and decided on critical
// raw materials (CC BY 4.0), as CSV tables:
//
//	global_supply_shares_2023.csv   Material,Stage,Country,Share,t           the world's shares of a stage
//	eu_sourcing_shares_2023.csv     Material,Stage,Country,Share,t           where the EU is supplied from
//	material_use_shares_2023.csv    Material,Application,Share,NACE sector   what a material is used for
//	sr_ei_2011_2023.csv             Material,Year,SR,EI                      supply risk, economic importance
//	eu_crm_lists_2010_2023.csv      list_year,material,source,note           the lists of critical materials
//	eu_crma_annexI_strategic.csv    material,source                          the strategic ones of 2024
//	eu_crma_benchmarks_2030.csv     benchmark,value_pct,of,source            of Regulation (EU) 2024/1252
//
// A table is known by the beginning of its name. UTF-8 and Windows-1252 both
// occur. Which of our materials a name is stands in materials.csv, which product
// a material at a stage is in products.csv (see package terms). Where a name means
// something else in one table, it stands there after the table: "use Titanium" is
// the metal, "list Bauxite 2020" aluminium.
//
// A share is a percentage:
//
//	93.8%   0.938
//	0%      0, as it is printed
//	<0.1%   it supplies, below what is printed: share not known, and not 0.1 %
//	>0%     it is used, share not known
//	6       rejected: there is no % sign
//	-       (SR, EI) not assessed: no row
//
// The study's shares are averages of 2016 to 2020; they stand under 2020. Its EU
// shares repeat the world's for some materials, which says nothing of the EU:
// those rows are marked estimated, and their source says so.
package eucrm
