package expression_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyvalue"
)

// recordedScope turns the context of a recorded case into a scope.
func recordedScope(c conformance.Case) (*expression.Scope, error) {
	decoded, err := conformance.Decode(c.Value("context"))
	if err != nil {
		return nil, err
	}
	s := &expression.Scope{
		Now:    func() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) },
		Random: rand.New(rand.NewPCG(1, 2)),
	}
	variables := pyvalue.NewMap(0)
	for k, v := range pyvalue.Entries(decoded) {
		switch k {
		case "__current_task":
			s.Task = recordedTask(v)
		case "__current_item":
			s.Item = v
		case "__state":
			s.State = recordedState{v}
		default:
			if err := variables.Set(k, v); err != nil {
				return nil, err
			}
		}
	}
	if pyvalue.IsDict(decoded) {
		s.Variables = variables
	}
	if kv := c.Value("kv"); kv != nil {
		s.Datastore = recordedDatastore{kv}
	}
	if rows := c.Value("task_executions"); rows != nil {
		s.Tasks = recordedTasks{rows}
	}
	return s, nil
}

func field(v any, name string) any {
	v, _ = pyvalue.LookupString(v, name)
	return v
}

func number(v any) int {
	n, _ := v.(int64)
	return int(n)
}

func recordedTask(v any) *expression.Task {
	if v == nil {
		return nil
	}
	return &expression.Task{ID: pyvalue.Str(field(v, "id")), Route: number(field(v, "route")), Result: field(v, "result")}
}

// recordedState reads Orquesta's own form.
type recordedState struct{ state any }

func (s recordedState) Status(task string, route int) (string, bool) {
	index, ok := field(field(s.state, "tasks"), task+"__r"+strconv.Itoa(route)).(int64)
	if !ok {
		return "", false
	}
	sequence, _ := pyvalue.Elements(field(s.state, "sequence"))
	return pyvalue.Str(field(sequence[index], "status")), true
}

func (s recordedState) Steps(route int) ([]string, bool) {
	routes, _ := pyvalue.Elements(field(s.state, "routes"))
	if route < 0 || route >= len(routes) {
		return nil, false
	}
	steps, _ := pyvalue.Elements(routes[route])
	names := make([]string, len(steps))
	for i, step := range steps {
		names[i] = pyvalue.Str(step)
	}
	return names, true
}

func (s recordedState) Dict() any { return s.state }

type recordedDatastore struct{ scopes any }

func (d recordedDatastore) Get(_ context.Context, user, key string, decrypt bool) (any, bool, error) {
	scope, name := "st2kv.user", user+":"+key
	if rest, ok := strings.CutPrefix(key, "system."); ok {
		scope, name = "st2kv.system", rest
	}
	v, ok := pyvalue.LookupString(field(d.scopes, scope), name)
	if !ok || !decrypt {
		return v, ok, nil
	}
	text, err := decryptRecorded(pyvalue.Str(v))
	return text, true, err
}

type recordedTasks struct{ rows any }

func (r recordedTasks) Latest(_ context.Context, workflowExecution, task string, route int) (*expression.TaskExecution, error) {
	var latest *expression.TaskExecution
	rows, _ := pyvalue.Elements(r.rows)
	for _, row := range rows {
		if field(row, "workflow_execution") != workflowExecution || field(row, "task_id") != task || number(field(row, "task_route")) != route {
			continue
		}
		e := &expression.TaskExecution{
			ID: pyvalue.Str(field(row, "id")), WorkflowExecution: workflowExecution, Task: task, Route: route,
			Result: field(row, "result"), Status: pyvalue.Str(field(row, "status")),
			Start: pyvalue.Str(field(row, "start_timestamp")), End: pyvalue.Str(field(row, "end_timestamp")),
		}
		if latest == nil || e.Start >= latest.Start {
			latest = e
		}
	}
	return latest, nil
}

// decryptRecorded reverses the encryption of the recorded datastore:
// hexadecimal text of 5 bytes of header, 16 of initialisation vector, the
// cipher text and 20 bytes of signature.
func decryptRecorded(text string) (string, error) {
	const key = "Py0L5bQj3MIshM5YeHkYZ9MdYp8_svKfozP_1DAU3fk"
	raw, err := hex.DecodeString(text)
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
	plain := raw[21 : len(raw)-20]
	cipher.NewCBCDecrypter(block, raw[5:21]).CryptBlocks(plain, plain)
	return string(plain[:len(plain)-int(plain[len(plain)-1])]), nil
}
