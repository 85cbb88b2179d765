// Package gql is the GraphQL face of tiermap: the schema, every field described
// with its unit, and resolvers that hand each question to package ask. It
// computes nothing itself.
package gql
