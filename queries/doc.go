// Package queries is the catalogue of questions: each one a documented Cypher
// query, for Neo4j Browser and for programs, with a twin in GraphQL that any
// store answers.
//
// A question NAME is two files. NAME.cypher opens with a comment that states its
// title, what it answers, its parameters with their defaults (or "such as" an
// example, where one has to be given), and its columns:
//
//	// Title
//	//
//	// What it answers, in one or more lines.
//	//
//	// Parameters:
//	//   $country text = "NLD": the country that buys
//	// Columns:
//	//   share number: share of supply, 0..1
//	// Leaves out:
//	//   What Cypher cannot say exactly, where there is such a thing.
//
// NAME.graphql opens with the same title, and says how its answer becomes rows
// of the same columns: a filter in the language of jq, to which the parameters
// are variables. So both twins give one table, and can be held against each
// other; a column or a row that a twin has not got is named under "Leaves out".
//
// A load in Neo4j becomes visible when its dataset points to it. Where a query
// reads facts rather than the published network, it asks for that:
//
//	EXISTS { (:Dataset {id: r.dataset, load: r.load}) }
package queries
