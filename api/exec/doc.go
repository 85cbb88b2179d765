// Package exec answers one GraphQL request, whoever asks: the server and the
// command line go through it, so that both give the same answer and the same
// errors.
//
// A request passes the guard, is validated, and is executed under a deadline and
// with the caller's context: when the deadline passes or the caller goes away,
// no further resolver is started. What goes wrong reaches the user as one of a
// short table of codes with a message; the details go to the log only.
package exec
