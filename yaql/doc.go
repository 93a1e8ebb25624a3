// Package yaql evaluates YAQL, the query language of OpenStack, which
// StackStorm's workflows use: compile an expression once, evaluate it many
// times, from any goroutine.
//
//	p, err := yaql.Compile("$.hosts.where($.up).orderBy($.name).select($.name)")
//	...
//	names, err := p.Eval(ctx, yaql.Env{Data: inventory})
//
// # The language in short
//
// The input is $, and $.hosts is an entry of a dictionary, or that entry of
// each element of a list. Functions are called as f(x) or, those that are
// methods, as x.f(y); some are both. A bare word is a string, so {name => Ann}
// is a dictionary of two words. Arguments can be named, f(x, count => 2), and
// left out, f(, 2).
//
// Where a function takes an expression, as in where, select or orderBy, that is
// evaluated for each element, with the element as $ ($1), or with several
// arguments as $1, $2 and so on. The outer $ is then hidden:
// let(all => $) -> $.select($ in $all) gives it a name first. The operator ->
// evaluates its right side in the context that let, with, unpack or def made on
// its left; def(double, $ * 2) -> double(4) defines a function.
//
// Operators, from the tightest: . ?. (null stays null), [], unary + -, =~ !~
// (regular expressions), * / mod, + -, comparisons and in, not, and, or, ->.
// There is no == and no %. A function name is directly followed by its bracket,
// hence not (a or b), with a blank.
//
// Numbers, texts, dates and their text forms behave as Python's do, since
// expressions were written against them: 7 / 2 is 3, integers have any size, 1 =
// 1.0 and even 1 = true. Results of where, select, range and others are lazy:
// they can be read once, and have no index; toList() makes a list of them. Null
// is less than everything.
//
// # Functions
//
// The standard library is always there: branching (switch, coalesce, ...),
// contexts (let, with, def, call, ...), numbers, strings, regular expressions,
// collections, queries, dates and times. [Orquesta] adds the functions of
// workflows, which read [Env.Context]: ctx, item, result, succeeded and so on.
// [StackStorm] adds the functions of StackStorm. [NewFunctionSet] makes sets of
// functions written in Go. [WithFunctions] enables them.
//
// # Data
//
// Data are plain Go values, see package pyvalue: map[string]any, []any, strings,
// numbers, booleans, nil, time.Time; also *pyvalue.Map, which keeps the order of
// its keys. They are read in place, never copied or written to. Structs, typed
// maps and typed slices work, too, but are converted each time they are read.
// Results are of the same kinds, and parts of the data come back as they are.
//
// # Texts
//
// [Text] is a string in which expressions stand between <% and %>, as in the
// definitions of workflows. Data is never code: a value that contains an
// expression is not evaluated, unless [WithReevaluation] asks for StackStorm's
// behaviour.
//
// # Errors and limits
//
// All errors are *[Error], with a [Kind], the position, what was expected and,
// for a misspelt name, what may have been meant. [Limits] bound what an
// expression may cost; the defaults suit expressions from untrusted hands. An
// evaluation also stops when its context ends. No input makes this package
// panic.
//
// # Differences from the original
//
// Sets keep the order in which their elements were added. Named groups of
// regular expressions work, as $name. Dictionaries nested in lists can be
// encoded as JSON and YAML. Contexts cannot be results, and a regular expression
// as a result is its pattern.
package yaql
