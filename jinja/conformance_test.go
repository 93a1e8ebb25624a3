package jinja_test

import (
	"context"
	"strings"
	"testing"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// exceptions gives the reason why a class of cases may differ.
func exceptions(c conformance.Case) string {
	if c.Quirk() == "constant-folding-inf" {
		return "Jinja2 folds constants through source code, in which infinity is an unknown name; here it is a number"
	}
	return ""
}

// verdict compares kinds of template errors with the recorded ones.
func verdict(c conformance.Case, got any, err error) error {
	if err != nil {
		if kind := jinja.KindOf(err); kind != "" {
			err = &pyvalue.Error{Kind: kind, Message: err.Error()}
		}
	}
	if text, ok := got.(string); ok {
		got = maskAddresses(text)
	}
	return conformance.Verdict(c, got, err)
}

// maskAddresses writes addresses as the verdicts do.
func maskAddresses(text string) string {
	for {
		i := strings.Index(text, " at 0x")
		if i < 0 {
			return text
		}
		j := i + 6
		for j < len(text) && strings.IndexByte("0123456789abcdef", text[j]) >= 0 {
			j++
		}
		if j == i+6 {
			return text
		}
		text = text[:i] + " at 0xADDR" + text[j:]
	}
}

func TestConformanceOrquesta(t *testing.T) {
	t.Parallel()
	env := orquestaEnvironment()
	evaluator := jinja.NewInterpolator(jinja.NewCache(env, 100), jinja.WithReevaluation(0))
	conformance.Run(t, "jinja-orquesta.json", conformance.Load(t, "expressions", "jinja-orquesta.json"), func(c conformance.Case) error {
		vars, err := orquestaVars(c)
		if err != nil {
			return err
		}
		expr, err := conformance.Decode(c.Value("expr"))
		if err != nil {
			return err
		}
		got, err := evaluator.EvaluateValue(context.Background(), expr, vars)
		return verdict(c, got, err)
	}, exceptions)
}

func TestConformanceStackStorm(t *testing.T) {
	t.Parallel()
	strict := jinja.NewCache(stackStormEnvironment(), 100)
	lenient := jinja.NewCache(stackStormEnvironment(jinja.WithUndefined(jinja.Lenient)), 100)
	evaluator := jinja.NewInterpolator(jinja.NewCache(orquestaEnvironment(), 100), jinja.WithReevaluation(0))
	byMode := make(map[string][]conformance.Case)
	for _, c := range conformance.Load(t, "expressions", "jinja-st2.json") {
		byMode[c.String("mode")] = append(byMode[c.String("mode")], c)
	}
	run := func(mode string, evaluate func(c conformance.Case, expr any, vars jinja.Vars) (any, error)) {
		cases := byMode[mode]
		if len(cases) == 0 {
			return
		}
		t.Run(mode, func(t *testing.T) {
			conformance.Run(t, "jinja-st2.json/"+mode, cases, func(c conformance.Case) error {
				vars, err := stackStormVars(c)
				if err != nil {
					return err
				}
				expr, err := conformance.Decode(c.Value("expr"))
				if err != nil {
					return err
				}
				got, err := evaluate(c, expr, vars)
				return verdict(c, got, err)
			}, exceptions)
		})
	}
	ctx := context.Background()
	run("render_values", func(_ conformance.Case, expr any, vars jinja.Vars) (any, error) {
		return jinja.RenderValue(ctx, strict, expr, vars)
	})
	run("render_values_undef", func(_ conformance.Case, expr any, vars jinja.Vars) (any, error) {
		return jinja.RenderValue(ctx, lenient, expr, vars)
	})
	run("template", func(_ conformance.Case, expr any, vars jinja.Vars) (any, error) {
		source, ok := expr.(string)
		if !ok {
			return nil, pyvalue.Errorf(pyvalue.KindType, "the template is no string")
		}
		tmpl, err := strict.Compile(source)
		if err != nil {
			return nil, err
		}
		return tmpl.Render(ctx, vars)
	})
	run("config_value", func(c conformance.Case, expr any, vars jinja.Vars) (any, error) {
		// The loader of configs reports all failures of rendering alike.
		failure := &jinja.Error{Kind: pyvalue.KindRuntime, Message: "failed to render dynamic configuration value"}
		tmpl, err := strict.Compile(expr.(string))
		if err != nil {
			return nil, failure
		}
		text, err := tmpl.Render(ctx, vars)
		if err != nil {
			return nil, failure
		}
		if text == "" {
			return nil, nil
		}
		if pyvalue.Truth(c.Value("secret")) {
			return decrypt(ctx, text)
		}
		return text, nil
	})
	run("orq", func(c conformance.Case, expr any, _ jinja.Vars) (any, error) {
		vars, err := orquestaVars(c)
		if err != nil {
			return nil, err
		}
		return evaluator.EvaluateValue(ctx, expr, vars)
	})
}
