package expression

import (
	"context"
	"errors"
	"strconv"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Program is a compiled value: a text, or a list or dict of texts and other
// values. It is immutable: any number of goroutines may evaluate it at once.
type Program struct {
	env   *Environment
	root  node
	texts []placedText
}

// placedText is a text and its place in the value.
type placedText struct {
	path, source string
	text         text
}

// node is a part of a compiled value.
type node interface {
	eval(e *evaluation) (any, error)
}

// Compile compiles a value: a string, or a list or dict of any depth in whose
// strings, keys of dicts included, expressions may stand. Other values are
// constants. The value must not be changed afterwards.
//
// Compile never fails, because a text with a mistake in it is a matter of the
// one who wrote it: [Program.Problems] tells what does not compile, and its
// evaluation fails.
func (env *Environment) Compile(value any) *Program {
	return env.compile(value, env.compileText)
}

func (env *Environment) compile(value any, text func(source string) text) *Program {
	c := compiler{text: text}
	return &Program{env: env, root: c.node(value, "", 0), texts: c.texts}
}

// Constant reports whether the value has no expression. It is its own result.
func (p *Program) Constant() bool {
	_, ok := p.root.(constant)
	return ok
}

// Eval evaluates the value in a scope; nil is an empty one.
//
// A string that is exactly one expression gives the expression's value with
// its type, any other string with expressions gives text. A list gives an
// []any, and a dict a *pyvalue.Map in the order of the original; but parts
// without expressions come back as they are. So do parts of the scope that
// expressions select. Results are shared and must not be changed.
//
// Errors are of type *[Error]. [ErrLimit] is matched by breaches of limits; if
// ctx ends the error has kind [KindCanceled] and wraps the cause.
func (p *Program) Eval(ctx context.Context, scope *Scope) (any, error) {
	if scope == nil {
		scope = new(Scope)
	}
	if c, ok := p.root.(constant); ok {
		return c.value, nil
	}
	switch scope.Variables.(type) {
	case nil, map[string]any, *pyvalue.Map:
	default:
		return nil, &Error{
			Kind: pyvalue.KindValue, Offset: -1,
			Message: "the variables of a scope must be a dict, not " + pyvalue.TypeName(scope.Variables),
		}
	}
	e := evaluation{ctx: ctx, env: p.env, scope: scope}
	return p.root.eval(&e)
}

// Problems returns what does not compile, in the order of the value: errors of
// syntax, and texts that mix both languages. Unknown functions, filters and
// variables are no errors of syntax. Each Expression occurs once for a text of
// Jinja.
func (p *Program) Problems() []*Error {
	var found []*Error
	for _, t := range p.texts {
		if t.text == nil {
			found = append(found, tooDeep(t.path))
			continue
		}
		if hasJinja(t.source) && hasYAQL(t.source) {
			e := &Error{
				Kind: KindMixed, Message: "a text cannot have expressions of both languages",
				Expression: t.source, Suggestion: "its YAQL expressions would be left as they are",
			}
			found = append(found, e.at(t.source, inlineYAQL.all(t.source)[0].from).in(t.path))
			continue
		}
		for _, e := range t.text.problems(p.env) {
			found = append(found, e.in(t.path))
		}
	}
	return found
}

// Err joins the problems into one error, or returns nil.
func (p *Program) Err() error {
	var errs []error
	for _, e := range p.Problems() {
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

type compiler struct {
	text  func(source string) text
	texts []placedText
}

func (c *compiler) node(value any, path string, depth int) node {
	switch v := value.(type) {
	case string:
		if Recognize(v) == "" {
			return constant{value}
		}
		t := placedText{path, v, c.text(v)}
		c.texts = append(c.texts, t)
		return &textNode{t.text, path}
	case nil, bool, int, int64, float64:
		return constant{value}
	}
	if depth > pyvalue.MaxDepth {
		c.texts = append(c.texts, placedText{path: path})
		return failure{tooDeep(path)}
	}
	collection := value
	if !pyvalue.IsList(value) && !pyvalue.IsDict(value) {
		// A host's own slices and maps hold texts, too.
		var err error
		if collection, err = pyvalue.FromGo(value); err != nil {
			return constant{value}
		}
	}
	switch {
	case pyvalue.IsDict(collection):
		return c.dict(value, collection, path, depth)
	case pyvalue.IsList(collection):
		return c.list(value, collection, path, depth)
	}
	return constant{value}
}

func (c *compiler) list(value, list any, path string, depth int) node {
	elements, _ := pyvalue.Elements(list)
	items := make([]node, len(elements))
	fixed := true
	for i, x := range elements {
		items[i] = c.node(x, path+"["+strconv.Itoa(i)+"]", depth+1)
		fixed = fixed && isConstant(items[i])
	}
	if fixed {
		return constant{value}
	}
	return listNode(items)
}

func (c *compiler) dict(value, dict any, path string, depth int) node {
	n, _ := pyvalue.Len(dict)
	entries := make([]entryNode, 0, n)
	fixed := true
	for k, x := range pyvalue.Entries(dict) {
		at := entryPath(path, k)
		e := entryNode{c.node(k, at, depth+1), c.node(x, at, depth+1), at}
		fixed = fixed && isConstant(e.key) && isConstant(e.value)
		entries = append(entries, e)
	}
	if fixed {
		return constant{value}
	}
	return dictNode(entries)
}

func entryPath(path string, key any) string {
	name, ok := key.(string)
	if !ok {
		return path + "[" + pyvalue.Repr(key) + "]"
	}
	for i, r := range name {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return path + "[" + strconv.Quote(name) + "]"
		}
	}
	if path == "" || name == "" {
		return path + name
	}
	return path + "." + name
}

func tooDeep(path string) *Error {
	if len(path) > 100 {
		path = path[:100] + "…"
	}
	return &Error{Kind: KindRecursion, Path: path, Message: "the value is nested too deep", Offset: -1}
}

type constant struct{ value any }

func isConstant(n node) bool {
	_, ok := n.(constant)
	return ok
}

func (n constant) eval(*evaluation) (any, error) { return n.value, nil }

type failure struct{ err *Error }

func (n failure) eval(*evaluation) (any, error) { return nil, n.err }

type textNode struct {
	text text
	path string
}

func (n *textNode) eval(e *evaluation) (any, error) {
	v, err := n.text.eval(e)
	if failed, ok := errors.AsType[*Error](err); ok {
		return nil, failed.in(n.path)
	}
	return v, err
}

type listNode []node

func (n listNode) eval(e *evaluation) (any, error) {
	items := make([]any, len(n))
	for i, x := range n {
		v, err := x.eval(e)
		if err != nil {
			return nil, err
		}
		items[i] = v
	}
	return items, nil
}

type dictNode []entryNode

type entryNode struct {
	key, value node
	path       string
}

func (n dictNode) eval(e *evaluation) (any, error) {
	m := pyvalue.NewMap(len(n))
	for _, entry := range n {
		k, err := entry.key.eval(e)
		if err != nil {
			return nil, err
		}
		v, err := entry.value.eval(e)
		if err != nil {
			return nil, err
		}
		if err := m.Set(k, v); err != nil {
			return nil, &Error{
				Kind: pyvalue.KindOf(err), Path: entry.path, Offset: -1, Err: err,
				Message: "the key of an entry cannot be a " + pyvalue.TypeName(k),
			}
		}
	}
	return m, nil
}
