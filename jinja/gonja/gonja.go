// Package gonja puts github.com/nikolalohinski/gonja behind the interface of
// package jinja, for hosts that want that engine.
//
// It is not on any path that loads packs: gonja's results differ from Jinja2's
// in many places (see docs/decisions/0001-own-jinja-engine.md), and it bounds
// neither time nor memory, so it is for templates that the host itself wrote.
// The adapter keeps it from reading files, refuses sources that would exhaust
// the stack, and turns its panics into errors.
package gonja

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/loaders"
	"github.com/nikolalohinski/gonja/v2/tokens"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Limits of what is handed to gonja.
const (
	maxSource  = 1 << 20
	maxNesting = 200
)

// Engine compiles templates with gonja. It is immutable and safe for
// concurrent use.
type Engine struct {
	config      *config.Config
	environment *exec.Environment
}

var _ jinja.Engine = (*Engine)(nil)

// New returns an engine with StackStorm's settings: strict undefined values
// and trimmed blocks.
func New() *Engine {
	c := config.New()
	c.StrictUndefined, c.TrimBlocks, c.LeftStripBlocks = true, true, true
	return &Engine{config: c, environment: &exec.Environment{
		Context:           exec.EmptyContext().Update(builtins.GlobalFunctions).Update(builtins.GlobalVariables),
		Filters:           builtins.Filters,
		Tests:             builtins.Tests,
		ControlStructures: builtins.ControlStructures,
		Methods:           builtins.Methods,
	}}
}

// Template is a template compiled by gonja. It is safe for concurrent use.
type Template struct {
	template *exec.Template
	names    []string
}

// CompileRenderer compiles the text of a template.
func (e *Engine) CompileRenderer(source string) (jinja.Renderer, error) {
	t, err := e.Compile(source)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Compile compiles the text of a template. Errors are of type *jinja.Error.
func (e *Engine) Compile(source string) (t *Template, err error) {
	if len(source) > maxSource || nesting(source) > maxNesting {
		return nil, &jinja.Error{Kind: jinja.KindLimit, Message: "the template is too long or nested too deep"}
	}
	defer func() {
		if p := recover(); p != nil {
			err = &jinja.Error{Kind: jinja.KindSyntax, Message: fmt.Sprintf("gonja failed: %v", p)}
		}
	}()
	compiled, err := exec.NewTemplate(root, e.config, loader(source), e.environment)
	if err != nil {
		return nil, &jinja.Error{Kind: jinja.KindSyntax, Message: err.Error(), Err: err}
	}
	return &Template{compiled, names(source, e.config)}, nil
}

// names returns all names in a template, the ones of variables among them.
func names(source string, c *config.Config) []string {
	var list []string
	seen := make(map[string]bool)
	stream := tokens.LexAll(source, c)
	for ; !stream.EOF(); stream.Next() {
		t := stream.Current()
		if t.Type == tokens.Name && !seen[t.Val] {
			seen[t.Val] = true
			list = append(list, t.Val)
		}
	}
	return list
}

// Render returns the text of the template. The context is looked at once,
// before it starts: gonja cannot be interrupted. Errors are of type
// *jinja.Error.
func (t *Template) Render(ctx context.Context, vars jinja.Vars) (text string, err error) {
	if err := ctx.Err(); err != nil {
		return "", &jinja.Error{Kind: jinja.KindCanceled, Message: err.Error(), Err: err}
	}
	defer func() {
		if p := recover(); p != nil {
			text, err = "", &jinja.Error{Kind: jinja.KindTemplateRuntime, Message: fmt.Sprintf("gonja failed: %v", p)}
		}
	}()
	data := make(map[string]any, len(t.names))
	if vars != nil {
		for _, name := range t.names {
			v, ok := vars.Lookup(name)
			if !ok {
				continue
			}
			if data[name], err = pyvalue.ToGo(v); err != nil {
				return "", &jinja.Error{Kind: jinja.KindHost, Message: err.Error(), Err: err}
			}
		}
	}
	var out bytes.Buffer
	if err := t.template.Execute(&out, exec.NewContext(data)); err != nil {
		return "", &jinja.Error{Kind: jinja.KindTemplateRuntime, Message: err.Error(), Err: err}
	}
	return out.String(), nil
}

// nesting returns how deep brackets and blocks can be nested in a source at
// most.
func nesting(source string) int {
	deepest, depth := 0, 0
	for i := range len(source) {
		switch source[i] {
		case '(', '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
	}
	return deepest
}

// root is the name of the only template there is.
const root = "template"

// loader knows one template and no files.
type loader string

var _ loaders.Loader = loader("")

func (l loader) Read(path string) (io.Reader, error) {
	if path != root {
		return nil, fmt.Errorf("templates cannot load other templates, such as %q", path)
	}
	return strings.NewReader(string(l)), nil
}

func (l loader) Resolve(path string) (string, error) {
	if path != root {
		return "", fmt.Errorf("templates cannot load other templates, such as %q", path)
	}
	return path, nil
}

func (l loader) Inherit(string) (loaders.Loader, error) { return l, nil }
