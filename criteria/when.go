package criteria

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
)

// whenKey stands for a rule's expression where a criterion has its key.
const whenKey = "when"

// when is the compiled expression of a rule.
type when struct {
	source  string
	program *vm.Program
	// config is set if the expression reads the configuration.
	config    bool
	selectors []selector
}

// compileWhen compiles an expression twice: as it is against the types of the
// payload's schema, for the sake of the errors; and for running, with limits
// built in and without types, because a payload may lack what its schema
// promises or hold null instead.
func compileWhen(source string, payload any) (*when, *Problem) {
	env := types.Map{
		rootTrigger: payloadType(payload),
		rootST2KV:   types.Map{rootSystem: types.Map{types.Extra: types.String}},
		"config":    types.Map{types.Extra: types.Any},
	}
	options := append(checkedFunctions(), expr.Env(env), expr.AsBool())
	if _, err := expr.Compile(source, options...); err != nil {
		return nil, whenProblem(source, payload, err)
	}
	w := &when{source: source}
	instrument := &instrumentation{}
	options = append(meteredFunctions(), expr.Patch(instrument), expr.Env(types.Map{
		rootTrigger: types.Any, rootST2KV: types.Any, "config": types.Any, runName: types.Any,
	}))
	var err error
	if w.program, err = expr.Compile(source, options...); err != nil {
		return nil, whenProblem(source, payload, err)
	}
	w.config = instrument.config
	w.selectors = whenSelectors(source)
	return w, nil
}

// met evaluates the expression and records its failure.
func (w *when) met(r *run) bool {
	err := r.expression.prepare(r, w.config)
	if err == nil {
		var result any
		if result, err = r.expression.machine.Run(w.program, r.expression.env); err == nil {
			if met, ok := result.(bool); ok {
				return met
			}
			err = fmt.Errorf("gives %s, not true or false", pyvalue.TypeName(result))
		}
	}
	message := err.Error()
	if at := (*file.Error)(nil); errors.As(err, &at) {
		message = fmt.Sprintf("%d:%d: %s", at.Line, at.Column+1, at.Message)
	}
	return r.fail(FailureWhen, whenKey, message, err)
}

// whenRun is what expressions need while they run. The payload is converted when
// the first expression is evaluated for an event, and serves the others too.
type whenRun struct {
	machine vm.VM
	env     map[string]any
	// ready is set if env holds the payload of the event.
	ready bool
	// steps and textBytes measure one evaluation.
	steps, textBytes int
}

// forget drops the event.
func (e *whenRun) forget() {
	if e.ready {
		delete(e.env, rootTrigger)
		delete(e.env, "config")
		clear(e.machine.Stack[:cap(e.machine.Stack)])
		clear(e.machine.Variables)
		e.ready = false
	}
}

func (e *whenRun) prepare(r *run, config bool) error {
	e.steps, e.textBytes = 0, 0
	if e.env == nil {
		e.env = map[string]any{
			rootST2KV: map[string]any{rootSystem: map[string]any{}},
			runName:   r,
		}
	}
	if !e.ready {
		payload, err := plainPayload(r.in.Payload)
		if err != nil {
			return err
		}
		e.env[rootTrigger], e.ready = payload, true
	}
	if !config {
		return nil
	}
	e.env["config"] = map[string]any{}
	if r.in.Config == nil {
		return nil
	}
	value, err := r.in.Config(r.ctx, r.rule)
	if err != nil {
		return fmt.Errorf("the configuration cannot be read: %w", err)
	}
	if value == nil {
		return nil
	}
	if e.env["config"], err = pyvalue.ToGo(value); err != nil {
		return fmt.Errorf("the configuration cannot be read: %w", err)
	}
	return nil
}

// plainPayload returns the payload as maps and slices. A payload that is not an
// object has no fields.
func plainPayload(payload any) (any, error) {
	if !pyvalue.IsDict(payload) {
		return map[string]any{}, nil
	}
	if isPlain(payload) {
		return payload, nil
	}
	return pyvalue.ToGo(payload)
}

// isPlain reports whether a value consists of maps, slices and scalars of Go.
func isPlain(value any) bool {
	switch v := value.(type) {
	case nil, string, bool, int64, float64, int:
		return true
	case map[string]any:
		for _, item := range v {
			if !isPlain(item) {
				return false
			}
		}
		return true
	case []any:
		for _, item := range v {
			if !isPlain(item) {
				return false
			}
		}
		return true
	}
	return false
}

// whenProblem describes an error of compiling an expression.
func whenProblem(source string, payload any, err error) *Problem {
	p := &Problem{Key: whenKey, Message: err.Error()}
	at := (*file.Error)(nil)
	if !errors.As(err, &at) {
		return p
	}
	p.Message, p.Line, p.Column = at.Message, at.Line, at.Column+1
	p.Snippet = snippet(source, p.Line, p.Column)
	if name, ok := strings.CutPrefix(at.Message, "unknown name "); ok {
		p.Message = fmt.Sprintf("unknown name %q", name)
		p.Hint = suggest.DidYouMean(name, slices.Values(append(functionNames(), rootTrigger, rootST2KV, "config")))
		if p.Hint == "" {
			p.Hint = "the payload is under trigger"
		}
	}
	if name, ok := strings.CutPrefix(at.Message, "unknown field "); ok {
		p.Message = fmt.Sprintf("unknown field %q", name)
		p.Hint = suggest.DidYouMean(name, slices.Values(propertyNames(payload, nil)))
	}
	return p
}

// snippet returns a line of the source with a caret below the column.
func snippet(source string, line, column int) string {
	lines := strings.Split(source, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	text := strings.ReplaceAll(lines[line-1], "\t", " ")
	return "    " + text + "\n    " + strings.Repeat(" ", max(column-1, 0)) + "^"
}

// runName is the name under which instrumented expressions find their run.
const runName = "__run"
