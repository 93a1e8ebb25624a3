package yaql_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/yaql"
)

var workflowOptions = []yaql.Option{
	yaql.WithFunctions(yaql.Orquesta(), yaql.StackStorm()),
	yaql.WithReevaluation(),
}

func TestConformanceExpressions(t *testing.T) { runExpressions(t, "yaql.json") }

func TestConformanceMatrix(t *testing.T) { runExpressions(t, "yaql-matrix.json") }

func runExpressions(t *testing.T, file string) {
	conformance.Run(t, file, conformance.Load(t, "expressions", file), checkExpression, exception)
}

// exception names the classes of cases that may differ, with the reason.
func exception(c conformance.Case) string {
	switch {
	case c.Quirk() == "internal-type-leak":
		return "internal-type-leak: encoding dictionaries nested in lists works here"
	case c.Quirk() == "named-group-bug":
		return "named-group-bug: named groups work here, as $name"
	case hasJinja(c.Value("expr")):
		return "the text is a Jinja template, which wins over YAQL"
	}
	return ""
}

func hasJinja(v any) bool {
	text := pyvalue.Str(v)
	return strings.Contains(text, "{{") && strings.Contains(text, "}}") || strings.Contains(text, "{%") && strings.Contains(text, "%}")
}

func checkExpression(c conformance.Case) error {
	env := yaql.Env{
		Context: c.Value("context"),
		Now:     func() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) },
		Random:  rand.New(rand.NewPCG(1, 2)),
	}
	if kv := c.Value("kv"); kv != nil {
		env.Datastore = recordedDatastore{kv}
	}
	if rows := c.Value("task_executions"); rows != nil {
		env.Tasks = recordedTasks{rows}
	}
	valid := true
	got, err := evaluateAll(c.Value("expr"), env, &valid)
	if recorded, ok := c.Value("valid").(bool); ok && recorded != valid && !hasJinja(c.Value("expr")) {
		return fmt.Errorf("%s: valid is %v", c.String("expr"), valid)
	}
	var e *yaql.Error
	if errors.As(err, &e) {
		err = pyvalue.Errorf(pyvalue.Kind(e.Kind), "%s", e.Error())
	}
	return conformance.Verdict(c, got, err)
}

// evaluateAll evaluates the strings of a structure.
func evaluateAll(v any, env yaql.Env, valid *bool) (any, error) {
	switch v := v.(type) {
	case string:
		text := yaql.NewText(v, workflowOptions...)
		*valid = *valid && len(text.Problems()) == 0
		return text.Eval(context.Background(), env)
	case *pyvalue.List:
		out := []any{}
		for _, x := range v.Items {
			y, err := evaluateAll(x, env, valid)
			if err != nil {
				return nil, err
			}
			out = append(out, y)
		}
		return out, nil
	case *pyvalue.Map:
		out := pyvalue.NewMap(0)
		for k, x := range v.All() {
			y, err := evaluateAll(x, env, valid)
			if err != nil {
				return nil, err
			}
			if err := out.Set(k, y); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return v, nil
}

type recordedDatastore struct{ scopes any }

func (d recordedDatastore) Get(_ context.Context, user, key string, decrypt bool) (any, bool, error) {
	scope, name := "st2kv.user", user+":"+key
	if rest, ok := strings.CutPrefix(key, "system."); ok {
		scope, name = "st2kv.system", rest
	}
	entries, _ := pyvalue.LookupString(d.scopes, scope)
	v, ok := pyvalue.LookupString(entries, name)
	if !ok || !decrypt {
		return v, ok, nil
	}
	text, err := decryptFixture(v.(string))
	return text, true, err
}

type recordedTasks struct{ rows any }

func (r recordedTasks) Latest(_ context.Context, workflowExecution, task string, route int) (*yaql.TaskExecution, error) {
	var latest *yaql.TaskExecution
	rows, _ := pyvalue.Elements(r.rows)
	for _, row := range rows {
		field := func(name string) any { v, _ := pyvalue.LookupString(row, name); return v }
		if field("workflow_execution") != workflowExecution || field("task_id") != task || field("task_route") != int64(route) {
			continue
		}
		e := &yaql.TaskExecution{
			ID: pyvalue.Str(field("id")), WorkflowExecution: workflowExecution, Task: task, Route: route,
			Result: field("result"), Status: pyvalue.Str(field("status")),
			Start: pyvalue.Str(field("start_timestamp")), End: pyvalue.Str(field("end_timestamp")),
		}
		if latest == nil || e.Start >= latest.Start {
			latest = e
		}
	}
	return latest, nil
}

// decryptFixture reverses the encryption of the recorded datastore: hexadecimal
// text of 5 bytes of header, 16 of initialisation vector, the cipher text and
// 20 bytes of signature.
func decryptFixture(s string) (string, error) {
	const key = "Py0L5bQj3MIshM5YeHkYZ9MdYp8_svKfozP_1DAU3fk"
	raw, err := hex.DecodeString(s)
	if err != nil {
		return "", err
	}
	if len(raw) < 5+16+16+20 {
		return "", errors.New("too short")
	}
	secret, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return "", err
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return "", err
	}
	text := raw[21 : len(raw)-20]
	cipher.NewCBCDecrypter(block, raw[5:21]).CryptBlocks(text, text)
	return string(text[:len(text)-int(text[len(text)-1])]), nil
}
