// Package sdl prints a GraphQL schema in the schema definition language, with
// descriptions. The same schema always gives the same text: types, fields,
// arguments and values are sorted by name, the root types come first.
package sdl
