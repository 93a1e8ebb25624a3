package criteria

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	exprbuiltin "github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/vm/runtime"

	"github.com/petrel-dev/petrel/pyvalue"
)

// The language bounds the cells that an expression allocates, but neither the
// bytes of texts nor the time of loops over data. So whatever makes texts is
// replaced by a function that counts their bytes, and every loop by one that
// looks at the context now and then.

const (
	// maxWhenText bounds the bytes of all texts that one evaluation makes.
	maxWhenText = 16 << 20
	// stepsPerCheck is the number of loop steps between two looks at the context.
	stepsPerCheck = 256
)

// The names of functions that only instrumentation uses.
const (
	stepName      = "__step"
	addName       = "__add"
	datastoreName = "__datastore"
)

// withoutFunctions are builtins that are not offered: they make texts without
// bound, or reach outside.
var withoutFunctions = []string{"toJSON", "toBase64", "timezone"}

// checkedFunctions declares the functions for the check of types.
func checkedFunctions() []expr.Option {
	none := func(...any) (any, error) { return nil, nil }
	options := []expr.Option{
		expr.Function("now", none, new(func() time.Time)),
		expr.Function("upper", none, new(func(string) string)),
		expr.Function("lower", none, new(func(string) string)),
		expr.Function("string", none, new(func(any) string)),
		expr.Function("repeat", none, new(func(string, int) string)),
		expr.Function("join", none, new(func([]any, string) string), new(func([]string, string) string),
			new(func([]any) string), new(func([]string) string)),
		expr.Function("replace", none, new(func(string, string, string) string)),
	}
	return append(options, disabled()...)
}

func disabled() []expr.Option {
	var options []expr.Option
	for _, name := range append(slices.Collect(maps.Keys(metered)), withoutFunctions...) {
		options = append(options, expr.DisableBuiltin(name))
	}
	return options
}

// functionNames returns the names an expression can call.
func functionNames() []string {
	var names []string
	for _, f := range exprbuiltin.Builtins {
		if !slices.Contains(withoutFunctions, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

// metered are the functions that get the run as their first argument. The map
// is never written to.
var metered = map[string]func(r *run, args []any) (any, error){
	"now": func(r *run, _ []any) (any, error) { return r.in.Now, nil },
	"upper": func(r *run, args []any) (any, error) {
		return r.expression.text(strings.ToUpper(args[0].(string)))
	},
	"lower": func(r *run, args []any) (any, error) {
		return r.expression.text(strings.ToLower(args[0].(string)))
	},
	"string": func(r *run, args []any) (any, error) {
		text, err := pyvalue.StrWithin(args[0], maxWhenText)
		if err != nil {
			return nil, err
		}
		return r.expression.text(text)
	},
	"repeat": func(r *run, args []any) (any, error) {
		text, n := args[0].(string), runtime.ToInt(args[1])
		if n < 0 {
			return nil, fmt.Errorf("cannot repeat %d times", n)
		}
		if err := r.expression.reserve(len(text), n); err != nil {
			return nil, err
		}
		return strings.Repeat(text, n), nil
	},
	"replace": func(r *run, args []any) (any, error) {
		text, old, by := args[0].(string), args[1].(string), args[2].(string)
		if err := r.expression.reserve(len(by), strings.Count(text, old)); err != nil {
			return nil, err
		}
		return r.expression.text(strings.ReplaceAll(text, old, by))
	},
	"join": func(r *run, args []any) (any, error) {
		separator := ""
		if len(args) > 1 {
			separator = args[1].(string)
		}
		texts, ok := args[0].([]string)
		if !ok {
			for _, item := range args[0].([]any) {
				texts = append(texts, item.(string))
			}
		}
		for _, text := range texts {
			if err := r.expression.reserve(len(text)+len(separator), 1); err != nil {
				return nil, err
			}
		}
		return strings.Join(texts, separator), nil
	},
	stepName: func(r *run, _ []any) (any, error) {
		r.expression.steps++
		if r.expression.steps%stepsPerCheck == 0 {
			return true, r.ctx.Err()
		}
		return true, nil
	},
	addName: func(r *run, args []any) (any, error) {
		a, ok := args[0].(string)
		b, both := args[1].(string)
		if !ok || !both {
			return runtime.Add(args[0], args[1]), nil
		}
		if err := r.expression.reserve(len(a)+len(b), 1); err != nil {
			return nil, err
		}
		return a + b, nil
	},
	datastoreName: func(r *run, args []any) (any, error) {
		name, ok := args[0].(string)
		if !ok || r.in.Datastore == nil {
			return nil, nil
		}
		text, ok, err := r.in.Datastore(r.ctx, name)
		if err != nil || !ok {
			return nil, err
		}
		return text, nil
	},
}

// meteredFunctions defines the functions for running.
func meteredFunctions() []expr.Option {
	options := disabled()
	for name, f := range metered {
		options = append(options, expr.Function(name, func(args ...any) (any, error) {
			return f(args[0].(*run), args[1:])
		}))
	}
	return options
}

// reserve counts n texts of some bytes each before they are made.
func (e *whenRun) reserve(bytes, n int) error {
	if bytes > 0 && n > (maxWhenText-e.textBytes)/bytes {
		return pyvalue.Errorf(pyvalue.KindTooLarge, "the texts of the expression get longer than %d bytes", maxWhenText)
	}
	e.textBytes += bytes * n
	return nil
}

func (e *whenRun) text(text string) (any, error) {
	return text, e.reserve(len(text), 1)
}

// instrumentation rewrites an expression to use the metered functions.
type instrumentation struct {
	config bool
}

func (v *instrumentation) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		v.config = v.config || n.Value == "config"
	case *ast.PredicateNode:
		n.Node = &ast.ConditionalNode{Ternary: true, Cond: call(stepName), Exp1: n.Node, Exp2: &ast.NilNode{}}
	case *ast.BinaryNode:
		if n.Operator == "+" {
			ast.Patch(node, call(addName, n.Left, n.Right))
		}
	case *ast.CallNode:
		callee, ok := n.Callee.(*ast.IdentifierNode)
		if !ok || metered[callee.Value] == nil || isRun(n.Arguments) {
			return
		}
		ast.Patch(node, call(callee.Value, n.Arguments...))
	case *ast.MemberNode:
		if isDatastore(n.Node) {
			ast.Patch(node, call(datastoreName, n.Property))
		}
	}
}

// call makes a call of a metered function.
func call(name string, args ...ast.Node) ast.Node {
	return &ast.CallNode{
		Callee:    &ast.IdentifierNode{Value: name},
		Arguments: append([]ast.Node{&ast.IdentifierNode{Value: runName}}, args...),
	}
}

// isRun reports whether the run is the first argument, as in calls that were
// rewritten already.
func isRun(args []ast.Node) bool {
	if len(args) == 0 {
		return false
	}
	first, ok := args[0].(*ast.IdentifierNode)
	return ok && first.Value == runName
}

// isDatastore reports whether a node is st2kv.system.
func isDatastore(node ast.Node) bool {
	member, ok := node.(*ast.MemberNode)
	if !ok {
		return false
	}
	root, ok := member.Node.(*ast.IdentifierNode)
	property, named := member.Property.(*ast.StringNode)
	return ok && named && root.Value == rootST2KV && property.Value == rootSystem
}
