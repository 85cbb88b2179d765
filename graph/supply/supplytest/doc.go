// Package supplytest holds what tests of the supply engine share: worked cases
// as data, and a generator of large networks.
//
// A worked case is one JSON file: the tables that a user would load, the
// question, what comes out, and why in words. Its tables have the columns of our
// own files, so that the same case can be run on the engine alone, on a store,
// and through the API.
//
// The tests of package supply itself import it from package supply_test.
package supplytest
