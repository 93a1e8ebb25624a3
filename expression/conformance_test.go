package expression_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyvalue"
)

var compatible = expression.NewEnvironment(expression.WithReevaluation())

func TestConformanceYAQL(t *testing.T) { runExpressions(t, "yaql.json") }

func TestConformanceYAQLMatrix(t *testing.T) { runExpressions(t, "yaql-matrix.json") }

func TestConformanceJinja(t *testing.T) { runExpressions(t, "jinja-orquesta.json") }

func runExpressions(t *testing.T, file string) {
	conformance.Run(t, file, conformance.Load(t, "expressions", file), checkExpression, exception)
}

// exception names the classes of cases that may differ, with the reason.
func exception(c conformance.Case) string {
	switch c.Quirk() {
	case "internal-type-leak":
		return "internal-type-leak: encoding dictionaries nested in lists works here"
	case "named-group-bug":
		return "named-group-bug: named groups work here, as $name"
	case "constant-folding-inf":
		return "constant-folding-inf: infinity is a number, not an unknown name"
	}
	return ""
}

func checkExpression(c conformance.Case) error {
	scope, err := recordedScope(c)
	if err != nil {
		return err
	}
	expr, err := conformance.Decode(c.Value("expr"))
	if err != nil {
		return err
	}
	program := compatible.Compile(expr)
	if recorded, ok := c.Value("valid").(bool); ok && recorded != (program.Err() == nil) {
		return fmt.Errorf("%s: valid is %v, problems: %w", pyvalue.Repr(expr), !recorded, program.Err())
	}
	got, err := program.Eval(context.Background(), scope)
	if text, ok := got.(string); ok {
		got = maskAddresses(text)
	}
	return conformance.Verdict(c, got, err)
}

// maskAddresses writes addresses as the verdicts do.
func maskAddresses(text string) string {
	before, after, found := strings.Cut(text, " at 0x")
	if !found {
		return text
	}
	rest := strings.TrimLeft(after, "0123456789abcdef")
	return before + " at 0xADDR" + maskAddresses(rest)
}

func TestConformanceInspect(t *testing.T) {
	conformance.Run(t, "inspect.json", conformance.Load(t, "expressions", "inspect.json"), checkInspection, nil)
}

func checkInspection(c conformance.Case) error {
	statement, err := conformance.Decode(c.Value("statement"))
	if err != nil {
		return err
	}
	program := compatible.Compile(statement)
	if want, ok := c.Value("has_expressions").(bool); ok {
		text, _ := statement.(string)
		if got := expression.Recognize(text) != ""; got != want {
			return fmt.Errorf("%s: has expressions: %v", pyvalue.Repr(statement), got)
		}
	}
	var variables []string
	for _, v := range program.Variables() {
		if v.Text[v.Offset:v.Offset+len(v.Name)] != v.Name {
			return fmt.Errorf("%s: the position of %s is wrong", pyvalue.Repr(statement), v.Name)
		}
		variables = append(variables, v.Name+" in "+string(v.Language)+" "+v.Text)
	}
	var problems []string
	for _, e := range program.Problems() {
		problems = append(problems, string(e.Language)+" "+e.Expression)
	}
	return errorsIn(statement,
		compare("variables", c.Value("vars"), variables, func(v any) string {
			return pyvalue.Str(field(v, "name")) + " in " + language(v) + " " + pyvalue.Str(field(v, "expression"))
		}, true),
		compare("errors", c.Value("errors"), problems, func(v any) string {
			return language(v) + " " + pyvalue.Str(field(v, "expression"))
		}, false))
}

func language(recorded any) string {
	text, _ := field(recorded, "type").(string)
	return text
}

// compare compares recorded entries with ours. Orquesta reports a variable
// once a text, and orders those of the same name by chance.
func compare(what string, recorded any, got []string, form func(any) string, set bool) error {
	var want []string
	entries, _ := pyvalue.Elements(recorded)
	for _, e := range entries {
		want = append(want, form(e))
	}
	if set {
		slices.Sort(want)
		slices.Sort(got)
		got = slices.Compact(got)
	}
	if !slices.Equal(want, got) {
		return fmt.Errorf("%s: got %q, want %q", what, got, want)
	}
	return nil
}

func errorsIn(statement any, errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("%s: %w", pyvalue.Repr(statement), err)
		}
	}
	return nil
}
