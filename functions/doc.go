// Package functions holds the functions that StackStorm adds to its expression
// languages: to and from JSON and YAML, JSONPath, regular expressions, semantic
// versions, paths and times.
//
// The same functions serve YAQL and Jinja. [All] describes them with the names
// of their parameters, so that a language can bind arguments by its own rules;
// they are also plain Go functions over the values of package pyvalue. Those
// that need a store (st2kv, decrypt_kv, task) are not here.
package functions
