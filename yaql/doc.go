// Package yaql evaluates YAQL, the query language of OpenStack and
// StackStorm: compile an expression once, evaluate it many times, from any
// goroutine.
package yaql
