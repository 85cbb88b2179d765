// Package neo4j is the store that tiermap is for: facts as a graph in a Neo4j
// database, which people look at in Neo4j Browser and traverse in Cypher, with
// the multi-tier graph published beside them. It is the only place that knows
// the driver.
//
// A fact belongs to a load (its properties dataset and load), and is visible
// where that is its dataset's current one:
//
//	MATCH ()-[t:TRADES]->() WHERE EXISTS { (:Dataset {id: t.dataset, load: t.load}) }
package neo4j
