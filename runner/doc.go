// Package runner holds the runners that come with Petrel: shell commands and
// scripts on this machine and on others, HTTP requests, and one that does
// nothing. Their parameters, results and statuses are StackStorm's, so that
// the actions of packs run unmodified.
//
//	engine, err := petrel.New(petrel.WithRunners(runner.Standard()...))
//
// All runners may be used by any number of goroutines. Those that keep
// connections are io.Closers; an engine closes its runners when it stops.
//
// # What differs from StackStorm
//
//   - When a time is over or an execution is canceled, all processes of a local
//     command are ended, with SIGTERM and then SIGKILL, and a remote command is
//     sent these signals. StackStorm lets canceled commands run on.
//   - Hosts must be known: see [HostKeyPolicy].
//   - Output is bounded. What was dropped is counted in the member "truncated"
//     of the result; the output is then a text even if it looks like JSON.
//   - Bytes of output that are not UTF-8 become U+FFFD; StackStorm fails.
//   - Local commands have an empty standard input.
//   - Integers beyond 64 bits in output that is JSON keep their digits.
//   - Passwords for sudo go through standard input only, also to other machines.
//   - Two ports of one host have a result each, filed under host:port.
//   - A file that is uploaded by an HTTP request has the content type that the
//     action gives it.
package runner
