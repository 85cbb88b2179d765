// Package ask turns a question into facts, a supply network and an answer. It
// is the one place that does: the GraphQL API, the command line and the exports
// all go through an [Asker].
//
// What a revision of the store holds as its catalogue (datasets, countries,
// materials, products, recipes, codes) is read once and kept until the
// revision changes. Networks are assembled on first use and kept within a
// memory bound; what is being assembled is assembled once, however many ask.
package ask
