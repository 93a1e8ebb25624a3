package criteria

import (
	"context"
	"regexp"
	"strings"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// pattern is a criterion's pattern: a constant, or a template.
type pattern struct {
	// constant is the value of a pattern that is the same for every event.
	constant any
	template *template
	// isText is set for a pattern that was written as a text.
	isText bool
}

type template struct {
	text string
	// typed is the text with values printed as JSON, "" if there are none.
	typed string
}

// parsePattern prepares a pattern as written in the rule.
func parsePattern(value any) pattern {
	text, ok := value.(string)
	if !ok {
		return pattern{constant: value}
	}
	if !strings.Contains(text, "{{") && !strings.Contains(text, "{%") && !strings.Contains(text, "{#") {
		return pattern{constant: templateText(text), isText: true}
	}
	t := &template{text: text}
	if typed := withJSONFilter(text); typed != text {
		t.typed = typed
	}
	return pattern{template: t, isText: true}
}

// templateText returns what a template without any syntax renders to: line
// ends are normalised and the last one is dropped.
func templateText(text string) string {
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	return strings.TrimSuffix(text, "\n")
}

// expressions finds what StackStorm takes for the expressions of a pattern:
// from the first pair of braces of a line to the last.
var expressions = regexp.MustCompile(`(\{\{)` + pySpaces + `(.*)` + pySpaces + `(\}\})`)

const pySpaces = `[\s\x0b\x1c-\x1f\x{85}\p{Z}]*`

// withJSONFilter appends a filter that prints a value as JSON to the last
// expression of every line, as a text: in "{{ a + b }}" it applies to b alone.
func withJSONFilter(text string) string {
	return expressions.ReplaceAllString(text, "${1}${2} | "+jsonFilter+"${3}")
}

const jsonFilter = "to_complex"

// render returns the pattern's value for one event.
func (s *scope) render(p *pattern) (any, error) {
	if p.template == nil {
		return p.constant, nil
	}
	if p.template.typed != "" {
		value, err := s.renderTyped(p.template.typed)
		if err == nil || !isValueError(err) {
			return value, err
		}
	}
	return s.renderText(p.template.text)
}

func (s *scope) renderTyped(source string) (any, error) {
	text, err := s.renderText(source)
	if err != nil {
		return nil, err
	}
	return pyvalue.DecodeJSON(text, pyvalue.StrictJSON)
}

func (s *scope) renderText(source string) (string, error) {
	template, err := s.run.compiler.templates().Compile(source)
	if err != nil {
		return "", err
	}
	s.run.datastoreErr = nil
	text, err := template.Render(s.run.ctx, jinja.VarsFunc(s.variable))
	if s.run.datastoreErr != nil {
		return "", s.run.datastoreErr
	}
	return text, err
}

// variable returns what a template sees under a name.
func (s *scope) variable(name string) (any, bool) {
	switch name {
	case s.root:
		return s.value, true
	case rootSystem:
		return s.run.key(nil), true
	case rootST2KV:
		return s.run.scopes(), true
	}
	return nil, false
}

// isValueError reports whether Python has the error below ValueError, on which
// a pattern is rendered again as text.
func isValueError(err error) bool {
	kind := jinja.KindOf(err)
	if kind == "" {
		kind = pyvalue.KindOf(err)
	}
	switch kind {
	case pyvalue.KindValue, pyvalue.KindJSONDecode, pyvalue.KindUnicode, pyvalue.KindDateParse:
		return true
	}
	return false
}

// toComplex is the filter that withJSONFilter appends. Unlike StackStorm's it
// prints references to the datastore as the text they stand for.
func toComplex(_ context.Context, call *jinja.Call) (any, error) {
	if len(call.Args) != 1 {
		return nil, pyvalue.Errorf(pyvalue.KindType, "%s takes no arguments", jsonFilter)
	}
	return pyvalue.EncodeJSON(printed(call.Args[0]), pyvalue.PythonStyle())
}
