package yaql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Program is a compiled expression. It is immutable: any number of
// goroutines may evaluate it at once.
type Program struct {
	source    string
	tree      Node
	root      op
	functions *library
	limits    Limits
	borrowed  bool // the result is part of the data as it is
	regexes   regexCache
}

// Option changes how expressions are compiled and evaluated.
type Option func(*options)

type options struct {
	functions  []*FunctionSet
	limits     Limits
	reevaluate bool
}

func newOptions(opts []Option) *options {
	o := &options{limits: DefaultLimits()}
	for _, opt := range opts {
		opt(o)
	}
	return o
}

// WithFunctions adds functions to the standard library. A function of a set
// hides those of the standard library with the same name, if its parameters
// fit; the sets among themselves are on a par.
func WithFunctions(sets ...*FunctionSet) Option {
	return func(o *options) { o.functions = append(o.functions, sets...) }
}

// WithLimits replaces [DefaultLimits].
func WithLimits(l Limits) Option {
	return func(o *options) { o.limits = l }
}

// WithReevaluation makes [Text.Eval] evaluate strings that come out of an
// expression once more if they contain expressions themselves, as StackStorm
// does. It turns data into code: leave it off unless all data can be trusted.
func WithReevaluation() Option {
	return func(o *options) { o.reevaluate = true }
}

// Compile compiles an expression: the text between the delimiters. Its
// errors are those of [Parse]. A call of an unknown function, or one whose
// arguments can never fit, is not an error until it is evaluated.
func Compile(source string, opts ...Option) (*Program, error) {
	o := newOptions(opts)
	p, err := compileWith(source, o, newLibrary(o.functions))
	if err != nil {
		return nil, err
	}
	return p, nil
}

func compileWith(source string, o *options, functions *library) (*Program, *Error) {
	tree, err := parse(source, o.limits)
	if err != nil {
		return nil, err
	}
	c := compiler{source: source, functions: functions}
	root := c.compile(tree)
	return &Program{
		source: source, tree: tree, root: root, functions: functions,
		limits: o.limits, borrowed: borrows(root),
	}, nil
}

// String returns the source.
func (p *Program) String() string { return p.source }

// Tree returns the syntax tree.
func (p *Program) Tree() Node { return p.tree }

// Eval evaluates the program. The result is free of lazy parts: dictionaries
// are *pyvalue.Map or, as far as they are the host's own, map[string]any;
// lists are []any or the host's own; sets are *pyvalue.Set. Parts of the
// host's data are returned as they are, not copied.
//
// Errors are *[Error]; [ErrLimit] is matched by breaches of limits, and if ctx
// ends the error has kind [KindCanceled] and wraps the cause.
func (p *Program) Eval(ctx context.Context, env Env) (result any, err error) {
	ev := evaluator{prog: p, env: env, ctx: ctx, limits: &p.limits}
	return ev.result()
}

func (ev *evaluator) result() (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			result = nil
			err = fail(KindException, "internal error: %v", r).at(ev.prog.source, 0)
		}
	}()
	if err := ev.ctx.Err(); err != nil {
		return nil, &Error{Kind: KindCanceled, Message: "evaluation canceled: " + err.Error(), Offset: -1, Source: ev.prog.source, Err: context.Cause(ev.ctx)}
	}
	ev.env.Data, ev.env.Context = canonical(ev.env.Data), canonical(ev.env.Context)
	v, err := ev.prog.root.eval(ev, nil)
	if err != nil {
		return nil, ev.locate(err, ev.prog.tree.Offset())
	}
	if ev.fault != nil {
		return nil, ev.locate(ev.fault, ev.prog.tree.Offset())
	}
	if ev.prog.borrowed {
		switch v.(type) {
		case map[string]any, []any, *pyvalue.Map, *pyvalue.List:
			return v, nil
		}
	}
	v, err = ev.plain(v)
	if err == nil {
		err = ev.fault
	}
	if err != nil {
		return nil, ev.locate(err, ev.prog.tree.Offset())
	}
	return v, nil
}

// Variables returns the names of the context variables that the program
// reads, with the dollar sign, and those of workflow variables that it reads
// by ctx(name) or ctx().name with a name that is written out, without it;
// sorted, each once.
func (p *Program) Variables() []string {
	var names []string
	for n := range Walk(p.tree) {
		switch n := n.(type) {
		case *Variable:
			names = append(names, n.Name)
		case *Call:
			if n.Name == "ctx" && len(n.Args) == 1 {
				switch arg := n.Args[0].(type) {
				case *Word:
					names = append(names, arg.Name)
				case *Literal:
					if s, ok := arg.Value.(string); ok && s != "" {
						names = append(names, s)
					}
				}
			}
		case *Binary:
			call, ok := n.Left.(*Call)
			word, isWord := n.Right.(*Word)
			if ok && isWord && strings.HasSuffix(n.Op, ".") && call.Name == "ctx" && len(call.Args) == 0 {
				names = append(names, word.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Check returns the functions and methods that the program calls and that
// nothing defines, as errors of the kinds that evaluation would give. Names
// that the program defines itself with def are known.
func (p *Program) Check() []*Error {
	defined := map[string]bool{}
	for n := range Walk(p.tree) {
		if call, ok := n.(*Call); ok && call.Name == "def" && len(call.Args) > 0 {
			switch name := call.Args[0].(type) {
			case *Word:
				s, _ := functionName(name.Name)
				defined[s] = true
			case *Literal:
				s, _ := functionName(fmt.Sprint(name.Value))
				defined[s] = true
			}
		}
	}
	methods := map[Node]bool{}
	var problems []*Error
	for n := range Walk(p.tree) {
		switch n := n.(type) {
		case *Binary:
			if n.Op == "." || n.Op == "?." {
				methods[n.Right] = true
			}
		case *Call:
			form := callForm{name: strings.TrimRight(n.Name, "_"), method: methods[n]}
			if len(p.functions.overloads(form.name, form.method)) > 0 || !form.method && defined[form.name] {
				continue
			}
			e := form.unknown()
			p.functions.suggest(e, form)
			problems = append(problems, e.at(p.source, n.Offset()))
		}
	}
	return problems
}
