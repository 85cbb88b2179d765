// Package magnets loads the network of firms of the European permanent-magnet
// chain (Queen's University Belfast, 2004-2024): plants with their company, place
// and processes, and who supplies whom.
//
//	plants.csv   node_id,company,process_ids,process_names,country_plant,country_HQ,city,lat,lon,first_year,last_year
//	links.csv    edge_id,source,target,volume_normalised,first_year,last_year,n_years
//
// A folder with both is one dataset. Its publisher calls the links illustrative
// and has normalised their volumes, so that no mass can be told: a link becomes
// a share of what its customer gets of one product, marked estimated, and every
// fact says so in its source. The products are the dataset's own (processes.csv),
// one for each of the six processes, so that a network that is illustrative is
// not mixed with the chain of the catalogue.
//
// What a link carries is not said: it is the product of that process of the
// supplier that comes before a process of the customer by the fewest steps (see
// carried).
package magnets
