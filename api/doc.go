// Package api is tiermap over HTTP: GraphQL at /graphql, the GraphiQL page at
// /graphiql, a landing page, and /healthz, /readyz and /version for machines.
//
// GraphQL over HTTP follows the specification of that name
// (https://graphql.github.io/graphql-over-http): POST with a JSON body, GET for
// queries only, answers as application/graphql-response+json or
// application/json, whichever the client prefers. A POST has to declare itself
// JSON and a GET cannot change anything, so a page of another origin can do no
// harm with the browser of somebody who has access.
//
// What a request may cost is bounded before it is executed, see package guard;
// answering it is the work of package exec.
package api
