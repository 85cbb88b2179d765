// Package guard refuses GraphQL documents that would be dangerous to parse,
// validate or execute, before any of that happens.
//
// The library that validates and executes has no defence of its own: a cycle of
// fragments, even one that nothing uses, overflows the stack and ends the
// process; deep or wide documents keep its validation busy for seconds. The
// guard therefore stands in front in three steps, each safe for whatever bytes
// come in:
//
//  1. Scan reads the text once, without recursion, and bounds bytes, tokens,
//     nesting and the length of a name. What passes may be parsed.
//  2. Check walks the parsed document, unused fragments included: cycles of
//     fragments, depth, and the counts of everything that costs time to
//     validate. What passes may be validated.
//  3. Cost adds up how many values an operation can ask for, the product of
//     the page sizes on the way down. What passes may be executed.
//
// A refusal is a *graph.Error: TooLarge for bytes, TooCostly for everything that
// a limit cut off, BadInput for what is wrong however large.
package guard
