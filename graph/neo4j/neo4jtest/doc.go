// Package neo4jtest gives tests a real Neo4j server.
//
// The server is, in this order: the one that the environment names
// (TIERMAP_TEST_NEO4J_URL, which may name several, _USER, _PASSWORD: it is emptied!); a container of the
// image neo4j:5.26-community where a Docker engine answers; a process of this
// machine's Java 17 or 21, from artifacts that Maven fetches once into a folder
// of the user's cache (or TIERMAP_NEO4J_CACHE). Where none can be had the test
// fails and says what to install. There is no way to skip.
//
// All tests of a run share one server, also those of several packages, which run
// as processes of their own: the first that needs it starts it, and it ends when
// nobody has used it for half a minute, however its users ended. `make test`
// starts two for the whole run instead (package server). A server has one
// database: Empty lends it to one test at a time, empty.
//
// A test that stops or kills its server starts one of its own with Start.
package neo4jtest
