// Package chain holds the rules of ActionChain, StackStorm's simple workflow
// language: a list of tasks, each of which names the next one for success and
// for failure.
//
// [Scope] is what templates in a chain's tasks can refer to.
package chain
