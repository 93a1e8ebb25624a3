// Package pyregexp runs regular expressions of Python's re module.
//
// StackStorm's criteria, aliases and filters are written for re: look-around,
// back-references, possessive quantifiers, Unicode classes, $ before a final
// newline. Go's regexp has none of that. This package reads a pattern by
// Python's rules, refuses what Python refuses, and translates the rest for a
// backtracking engine. Because backtracking can take exponential time, every
// search runs under a time limit and fails with [ErrTimeout] beyond it.
package pyregexp
