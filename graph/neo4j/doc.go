// Package neo4j keeps facts in a Neo4j database, as the graph that people look
// at in Neo4j Browser and traverse in Cypher. It is the only place that knows the
// driver.
//
// # What others see
//
// A node a thing, by its kind and id: Country, Company, Facility, Material,
// Product, Measure, Benchmark, and TradeCode, Indicator, Sector, Application,
// Technology, MaterialList and CountryClass for what facts name without declaring
// it. A node that is named but not declared has an
// id and nothing else. Of one that is declared the properties are those of the
// declaration of kinds, each as the dataset of the highest rank gives it that
// gives it at all, and datasets lists who declares it; what people add to a node
// stays. Lists (aliases, groups) are lists, what is not known is no property.
//
// A relationship a fact, of the type of its kind: (:Country)-[:TRADES]->(:Country),
// (:Facility)-[:PRODUCES]->(:Product). The fields that name its ends are its ends,
// the others are properties; dataset, file and line say where it stood. Links
// that fields imply (LOCATED_IN, OPERATES, IMPOSES, RESTRICTS) are relationships
// too, and so is every declaration of a node by a dataset, with all that it says:
// (:Dataset)-[:DECLARES]->(:Country). A relationship one of whose ends is not
// stated leads to the one node Unknown.
//
// # Loads
//
// Whatever comes with a load has its number as the property load, and is visible
// when its dataset has that number too:
//
//	MATCH (a)-[t:TRADES]->(b) WHERE EXISTS { (:Dataset {id: t.dataset, load: t.load}) }
//
// A load writes beside what is there, in chunks of thousands of rows, each a
// transaction that also counts the chunk, so that none is written twice when an
// answer gets lost (see loading). The commit is one small transaction that turns
// the dataset to the new load. After that the nodes are brought up to date and
// the rows of the old load deleted (see Tidy): of itself only what takes a few
// seconds, so that a program that replaced much should call Tidy before it ends.
//
// A snapshot is the list of loads that were visible when it was opened, and holds
// no transaction open. Loads that a snapshot of the same store reads are kept;
// loads that other processes may read are kept for Options.Grace after they were
// replaced, and a snapshot that is read for longer gets StoreBusy ("ask again"),
// never an answer that lacks rows. A load whose process has died is cleared away
// by the next one, when it has given no sign of life for Options.Lease.
//
// Beside the nodes that people know there are Store (one, with the number of the
// schema), Load (one for each dataset, with counts), LoadWriter (while a load is
// under way) and TradeCoverage (how much trade there is of a code and year).
//
// # Reading
//
// Rows come packed, a record for thousands of rows and a list for each column,
// for the driver takes ten times as long for one record a row. Rows are found by
// the index on code and year, from the nodes at their ends, or load by load in
// the order of the index on load, file and line, page after page, so that a whole
// dataset is streamed without being sorted. Statements name the index to use:
// what the planner knows of a database that was just loaded misleads it.
//
// Time-outs are those of the server's transactions. Each transaction is managed
// by the driver; what is tried again, and for how long, is decided here (see
// attempt), and everything that is done here may be done twice.
package neo4j
