// Package drc loads a table of the industrial copper and cobalt projects of the
// Democratic Republic of the Congo (industrial_projects.csv): permits with their
// places, owners, shares and the production of 2022.
//
// A row is a permit. The first of a project is the project: a facility with its
// owners and production; each other is a part of it with its own place. Shares
// and production are text, in English and French, written in many ways (see
// [shares] and [production]); a share that cannot be read is not known, and the
// report says of which lines.
package drc
