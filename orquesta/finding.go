package orquesta

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/pyyaml"
)

// Category is the sort of mistake that a Finding tells of.
type Category string

// The categories, by the names that StackStorm gives them.
const (
	Syntax      Category = "syntax"      // the form of the definition
	Semantics   Category = "semantics"   // its tasks and how they are connected
	Expressions Category = "expressions" // expressions that do not parse
	Context     Category = "context"     // variables without a value
)

// Finding is a mistake in a definition.
type Finding struct {
	Category Category
	Position pyyaml.Position
	Message  string
	// Suggestion is what may have been meant, as a question, or "".
	Suggestion string
	// SpecPath and SchemaPath say where the mistake is, and what in the form of
	// definitions it breaks, as StackStorm does. "" is the whole.
	SpecPath, SchemaPath string
	// Language and Expression tell of an expression; "" if none is concerned,
	// or, for Language, both.
	Language   expression.Language
	Expression string
}

// Error returns position, message and suggestion.
func (f Finding) Error() string {
	text := fmt.Sprintf("%s: %s", f.Position, f.Message)
	if f.Suggestion != "" {
		text += " " + f.Suggestion
	}
	return text
}

// Inspect returns everything that is wrong with the definition, sorted by
// category and place. The names are the variables that the host provides (in
// StackStorm st2 and parent).
func (d *Definition) Inspect(known ...string) []Finding {
	env := expression.NewEnvironment()
	findings := slices.Clone(d.broken)
	findings = append(findings, d.inspectSyntax()...)
	findings = append(findings, d.inspectSemantics()...)
	findings = append(findings, d.inspectExpressions(env)...)
	findings = append(findings, d.inspectContext(env, known)...)
	order := []Category{Syntax, Semantics, Expressions, Context}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Category), slices.Index(order, b.Category)),
			cmp.Compare(a.SchemaPath, b.SchemaPath),
			cmp.Compare(a.SpecPath, b.SpecPath),
		)
	})
	return findings
}

// Check is Inspect with the findings joined into one error, or nil.
func (d *Definition) Check(known ...string) error {
	var errs []error
	for _, f := range d.Inspect(known...) {
		errs = append(errs, f)
	}
	return errors.Join(errs...)
}

// refuse records what Orquesta refuses outside of its schema.
func (d *Definition) refuse(at place, format string, args ...any) {
	d.broken = append(d.broken, Finding{
		Category: Syntax, Position: d.position(at), SpecPath: at.text(), Message: fmt.Sprintf(format, args...),
	})
}
