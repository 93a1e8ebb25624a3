// Package jinja is a Jinja2 template engine with the semantics of Python.
//
// A template is compiled once and rendered many times, from any number of
// goroutines:
//
//	tmpl, err := jinja.Compile("Hello {{ name | title }}!")
//	text, err := tmpl.Render(ctx, jinja.Map(map[string]any{"name": "ada"}))
//
// The language is that of Jinja2 3.1: every statement, filter, test and
// global, its scoping rules, its white-space control, and the Python values
// behind it (integers of any size, text forms, methods of str, list and dict)
// as package pyvalue models them.
//
// An [Environment] says what templates may use. It is immutable. Two are ready
// made: [StackStorm] and [Orquesta]. A template reaches nothing but what its
// environment and its variables give it: no files, no process environment, no
// methods of Go values. Every evaluation runs under [Limits] and stops when
// its context ends.
//
// Data handed to a template is read in place and never written. A template
// that calls append or update on such data works on a private copy.
package jinja
