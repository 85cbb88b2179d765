// Package mrio loads multi-regional input-output tables: what each sector of
// each country sold every other one as an input, what it sold to final demand,
// and what it made in all, in value.
//
// WIOD reads the World Input-Output Tables of the release of 2013 as long tables,
// three files for each year (.csv, .csv.gz, .csv.zst), in million USD, of what is
// not zero:
//
//	wiot_2011_inter_long_nonzero.csv  from_country,from_industry,to_country,to_industry,value_musd
//	wiot_2011_final_long_nonzero.csv  from_country,from_industry,final_col_country,final_col,value_musd
//	wiot_2011_output.csv              country,industry,output_musd
//
// Pymrio reads the folders that pymrio writes as text, or a .zip of one:
// tab-separated matrices with two rows and two columns of names, region and
// sector.
//
//	Z.txt     region, sector × region, sector: inputs
//	Y.txt     region, sector × region, category: final demand
//	x.txt     region, sector, output; may be left out: it is what a sector sells
//	unit.txt  region, sector, unit: Mill USD, M.EUR, …
//	file_parameters.json, metadata.json  where the files are, and the name of the table; may be left out
//
// The sectors of a table carry its name before their code (WIOD2013:c14), so that
// two tables do not mix. A table is one dataset for each year.
package mrio
