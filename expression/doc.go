// Package expression evaluates the expressions of workflows: YAQL between <%
// and %>, Jinja between {{ and }} or {% and %}, as Orquesta mixes them into
// text. Packages yaql and jinja are the languages; this package is the way in.
//
//	env := expression.NewEnvironment()
//	task := env.Compile(definition)           // any string, list or dict
//	if err := task.Err(); err != nil { ... }  // all mistakes at once
//	input, err := task.Eval(ctx, &expression.Scope{Variables: vars})
//
// # What is an expression
//
// An expression has both delimiters on one line and ends at the first closing
// one, even inside a string literal. Delimiters without a partner are text. A
// text with an expression of Jinja is Jinja's, otherwise one with an expression
// of YAQL is YAQL's; one with both is evaluated by Jinja alone, and
// [Program.Problems] reports it.
//
// A string that is exactly one expression gives the value of the expression,
// type kept:
//
//	"<% ctx().port %>"          5432
//	"{{ ctx().hosts }}"         a list
//
// In any other string each expression is replaced by the text of its value, as
// Python prints it:
//
//	"port <% ctx().port %>"     "port 5432"
//	"{{ ctx().x }} "            text, because of the blank
//
// A string with a {% statement %} is one Jinja template and gives text. A
// {% raw %} block on one line is left alone. In lists and dicts every string is
// evaluated, keys of dicts included, and all else is kept.
//
// # What expressions see
//
// A [Scope] is what one evaluation can see; the host fills one struct for both
// languages. The functions of workflows read it:
//
//	ctx(), ctx(name)            Scope.Variables; names that begin with __ are hidden
//	item(), item(key)           Scope.Item
//	result()                    Scope.Task.Result
//	succeeded() failed() completed()
//	                            the status of Scope.Task, from Scope.State
//	task_status(id, route)      Scope.State
//	task(id, route)             Scope.Tasks
//	st2kv(key, decrypt, default)
//	                            Scope.Datastore
//
// Beside them there are json and zip, and all of StackStorm's functions:
// to_json_string, regex_match, version_compare and so on; see package
// functions. The variables __vars, __state, __current_task and __current_item
// (in YAQL with a dollar sign) show the scope as Orquesta keeps it.
//
// # Data is never code
//
// StackStorm evaluates a string that an expression yields once more if it
// holds an expression itself. A webhook's payload can so read the datastore.
// Here values are values; [WithReevaluation] restores the original behaviour,
// bounded in depth and number.
//
// # Finding mistakes before they happen
//
// [Program.Variables] lists the context variables that a value mentions, the
// way Orquesta's inspection finds them, with positions. [Program.Problems]
// lists what does not parse. All errors are of type *[Error]: kind, language,
// place in the value, line and column in the text, and an excerpt of the line
// with a caret below.
package expression
