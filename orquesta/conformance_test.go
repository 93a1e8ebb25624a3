package orquesta_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/expression"
	"github.com/petrel-dev/petrel/orquesta"
	"github.com/petrel-dev/petrel/pyvalue"
)

func TestConformanceOrquesta(t *testing.T) {
	runTraces(t, "orquesta", mode{options: []orquesta.Option{orquesta.WithRuntimeExpressions()}})
}

func TestConformanceOrquestaRestored(t *testing.T) {
	runTraces(t, "orquesta, stored at every step", mode{
		options: []orquesta.Option{orquesta.WithRuntimeExpressions()}, restore: true,
	})
}

// Without the option data is never code, so the traces whose data holds
// expressions are left out.
func TestConformanceOrquestaByDefault(t *testing.T) {
	runTraces(t, "orquesta, without runtime expressions", mode{
		leaveOut: func(trace any) bool {
			return holdsExpression(at(trace, "inputs")) || holdsExpression(at(trace, "script", "results"))
		},
	})
}

// mode says how traces are replayed.
type mode struct {
	options  []orquesta.Option
	restore  bool
	leaveOut func(trace any) bool
}

func holdsExpression(v any) bool {
	if s, ok := v.(string); ok {
		return expression.Recognize(s) != ""
	}
	for key, value := range pyvalue.Entries(v) {
		if holdsExpression(key) || holdsExpression(value) {
			return true
		}
	}
	return slices.ContainsFunc(list(v), holdsExpression)
}

// runTraces replays all traces of the folder.
func runTraces(t *testing.T, label string, how mode) {
	folder := filepath.Join("testdata", "orquesta")
	if root := os.Getenv("PETREL_CONFORMANCE"); root != "" {
		folder = filepath.Join(root, "orquesta")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	passed, total := 0, 0
	classes := map[string]int{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		trace, err := pyvalue.DecodeJSON(string(data), pyvalue.PythonJSON)
		require.NoError(t, err)
		if how.leaveOut != nil && how.leaveOut(trace) {
			continue
		}
		total++
		err = checkTrace(trace.(*pyvalue.Map), how)
		if err == nil {
			passed++
			continue
		}
		classes[text(list(at(trace, "tags"))[0])]++
		if total-passed <= 40 {
			t.Logf("%s: %.900s", strings.TrimSuffix(filepath.Base(file), ".json"), err.Error())
		}
	}
	t.Logf("CONFORMANCE %s %d of %d", label, passed, total)
	for class, n := range classes {
		t.Logf("%-20s %d differ", class, n)
	}
	require.Equal(t, total, passed)
}

func checkTrace(trace *pyvalue.Map, how mode) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	expect := at(trace, "expect")
	refused := at(expect, "load_error") != nil || at(expect, "inspect_error") != nil
	def, err := orquesta.Parse("workflow.yaml", []byte(text(at(trace, "workflow"))))
	if err != nil {
		if refused {
			return nil
		}
		return err
	}
	var known []string
	for name := range pyvalue.Entries(at(trace, "context")) {
		known = append(known, text(name))
	}
	findings := def.Inspect(known...)
	if refused {
		if len(findings) == 0 {
			return fmt.Errorf("inspection finds nothing")
		}
		return nil
	}
	if want := at(expect, "inspection"); want != nil {
		if err := compareFindings(want, findings); err != nil {
			return err
		}
	}
	if at(expect, "events") == nil && at(expect, "create_error") == nil {
		return nil
	}
	copying := expect
	if v := at(trace, "expect_copying"); v != nil {
		copying = v
	}
	r := &replay{ctx: context.Background(), script: at(trace, "script").(*pyvalue.Map), restore: how.restore}
	r.workflow = orquesta.Compile(def, how.options...)
	r.host = orquesta.Host{Datastore: r, Tasks: r}
	r.c = r.workflow.Start(r.ctx, at(trace, "inputs"), at(trace, "context"), r.host)
	if at(expect, "create_error") != nil {
		if r.c.Status() != orquesta.Failed {
			return fmt.Errorf("the run could be created")
		}
		return nil
	}
	if err := compareGraph(at(expect, "graph"), r.workflow.Graph()); err != nil {
		return err
	}
	r.run()
	want := at(copying, "events")
	if want == nil {
		want = at(expect, "events")
	}
	if err := compareEvents(list(want), r.events); err != nil {
		return err
	}
	final := at(copying, "final")
	if final == nil {
		final = at(expect, "final")
	}
	return compareFinal(final, r)
}

func compareFindings(want any, got []orquesta.Finding) error {
	var wanted, found []string
	for category, entries := range pyvalue.Entries(want) {
		for _, e := range list(entries) {
			message := text(at(e, "message"))
			if category == "syntax" || category == "expressions" {
				message = ""
			}
			wanted = append(wanted, fmt.Sprintf("%s|%s|%s|%s|%s|%s", category, text(at(e, "spec_path")),
				text(at(e, "schema_path")), text(at(e, "type")), text(at(e, "expression")), message))
		}
	}
	for _, f := range got {
		message := f.Message
		if f.Category == orquesta.Syntax || f.Category == orquesta.Expressions {
			message = ""
		}
		found = append(found, fmt.Sprintf("%s|%s|%s|%s|%s|%s", f.Category, f.SpecPath, f.SchemaPath, f.Language, f.Expression, message))
	}
	slices.Sort(wanted)
	slices.Sort(found)
	if !slices.Equal(wanted, found) {
		return fmt.Errorf("inspection:\ngot  %s\nwant %s", strings.Join(found, "\n     "), strings.Join(wanted, "\n     "))
	}
	return nil
}

func compareGraph(want any, g *orquesta.Graph) error {
	var wanted, got []string
	adjacency := list(at(want, "adjacency"))
	for i, n := range list(at(want, "nodes")) {
		wanted = append(wanted, fmt.Sprintf("%s %s", text(at(n, "id")), pyvalue.Str(at(n, "barrier"))))
		for _, e := range list(adjacency[i]) {
			wanted = append(wanted, fmt.Sprintf(" %s %d %d %d", text(at(e, "id")), number(at(e, "key")), number(at(e, "ref")), len(list(at(e, "criteria")))))
		}
	}
	for _, n := range g.Nodes {
		barrier := "None"
		if n.Join != nil {
			barrier = fmt.Sprint(n.Join.Count)
			if n.Join.All {
				barrier = "*"
			}
		}
		got = append(got, n.Name+" "+barrier)
		for _, e := range n.Edges {
			criteria := 0
			if e.When != nil {
				criteria = 1
			}
			got = append(got, fmt.Sprintf(" %s %d %d %d", e.Target, e.Key, e.Transition, criteria))
		}
	}
	if !slices.Equal(wanted, got) {
		return fmt.Errorf("graph: got %q want %q", got, wanted)
	}
	return nil
}

// free are the fields whose text is not compared, or which follow from others.
var free = []string{"task_status", "result", "raised", "tasks_requested", "reset"}

func compareEvents(want []any, got []*pyvalue.Map) error {
	for i := range max(len(want), len(got)) {
		if i >= len(got) {
			return fmt.Errorf("event %d is missing: %s", i, pyvalue.Repr(want[i]))
		}
		if i >= len(want) {
			return fmt.Errorf("event %d is too many: %s", i, pyvalue.Repr(got[i]))
		}
		w, g := want[i].(*pyvalue.Map).Clone(), got[i].Clone()
		if w.Has("raised") != g.Has("raised") {
			return fmt.Errorf("event %d:\ngot  %s\nwant %s", i, pyvalue.Repr(g), pyvalue.Repr(w))
		}
		for _, field := range free {
			w.Delete(field)
			g.Delete(field)
		}
		if at(w, "ev") == "exception" || at(w, "ev") == "skipped" || at(w, "ev") == "dispatch_error" {
			for _, m := range []*pyvalue.Map{w, g} {
				for _, field := range []string{"task", "route", "item", "status", "result", "via", "in_handler"} {
					m.Delete(field)
				}
			}
		}
		if at(g, "ev") == "next" && len(list(at(g, "next"))) == 0 {
			g.Delete("next")
			if len(list(at(w, "next"))) == 0 {
				w.Delete("next")
			}
		}
		withoutZeroDelay(w)
		withoutZeroDelay(g)
		if !same(w, g) {
			return fmt.Errorf("event %d:\ngot  %s\nwant %s", i, pyvalue.Repr(g), pyvalue.Repr(w))
		}
	}
	return nil
}

func compareFinal(want any, r *replay) error {
	now := r.snapshot()
	for _, field := range []string{"output", "errors"} {
		if !same(at(want, field), at(now, field)) {
			return fmt.Errorf("%s:\ngot  %s\nwant %s", field, pyvalue.Repr(at(now, field)), pyvalue.Repr(at(want, field)))
		}
	}
	for _, field := range []string{"contexts", "routes", "sequence", "staged", "status", "tasks", "reruns"} {
		w := at(want, "state", field)
		if g := at(now, "state", field); !same(w, g) {
			return fmt.Errorf("state %s:\ngot  %s\nwant %s", field, pyvalue.Repr(g), pyvalue.Repr(w))
		}
	}
	if w := at(want, "terminal_context"); w != nil && !same(w, r.c.TerminalVariables()) {
		return fmt.Errorf("terminal context:\ngot  %s\nwant %s", pyvalue.Repr(r.c.TerminalVariables()), pyvalue.Repr(w))
	}
	if (at(want, "stuck") != nil) != r.stuck {
		return fmt.Errorf("stuck: %v", r.stuck)
	}
	return nil
}

var quotedExpression = regexp.MustCompile(`(?s)expression '(.*?)'(?:\. | from context)`)

// sameMessage compares what is Orquesta's of a message.
func sameMessage(want, got string) bool {
	if want == got {
		return true
	}
	wantKind, _, _ := strings.Cut(want, ": ")
	gotKind, _, _ := strings.Cut(got, ": ")
	if wantKind != gotKind {
		return false
	}
	w, g := quotedExpression.FindStringSubmatch(want), quotedExpression.FindStringSubmatch(got)
	if w == nil {
		return wantKind == "TypeError" || wantKind == "ValueError"
	}
	return g != nil && w[1] == g[1]
}

// withoutZeroDelay treats a delay of 0 as none, and true as 1.
func withoutZeroDelay(ev *pyvalue.Map) {
	tasks := list(at(ev, "next"))
	if tasks == nil {
		return
	}
	out := []any{}
	for _, t := range tasks {
		m := t.(*pyvalue.Map).Clone()
		if at(m, "delay") == true {
			m.SetString("delay", int64(1))
		}
		if at(m, "delay") == int64(0) {
			m.Delete("delay")
		}
		out = append(out, m)
	}
	ev.SetString("next", pyvalue.NewList(out...))
}

// same compares values; absent and null entries are the same in events.
func same(want, got any) bool {
	if special := at(want, "$float"); special != nil && !pyvalue.IsDict(got) {
		f, ok := got.(float64)
		return ok && pyvalue.FloatText(f) == special
	}
	if set := at(want, "$set"); set != nil {
		if stored := at(got, "$set"); stored != nil {
			got = stored
		}
		var w, g []string
		for _, v := range list(set) {
			w = append(w, pyvalue.Repr(v))
		}
		items := list(got)
		if s, ok := got.(*pyvalue.Set); ok {
			items = s.Items()
		}
		for _, v := range items {
			g = append(g, pyvalue.Repr(v))
		}
		slices.Sort(w)
		slices.Sort(g)
		return slices.Equal(w, g)
	}
	if pyvalue.IsDict(want) && pyvalue.IsDict(got) {
		for k, w := range pyvalue.Entries(want) {
			g, ok := pyvalue.Lookup(got, k)
			if !ok && w != nil {
				return false
			}
			if k == "message" && at(want, "type") == "error" {
				if !sameMessage(text(w), text(g)) {
					return false
				}
				continue
			}
			if !same(w, g) {
				return false
			}
		}
		for k, g := range pyvalue.Entries(got) {
			if _, ok := pyvalue.Lookup(want, k); !ok && g != nil {
				return false
			}
		}
		return true
	}
	if pyvalue.IsList(want) && (pyvalue.IsList(got) || len(list(got)) > 0) {
		w, g := list(want), list(got)
		if len(w) != len(g) {
			return false
		}
		for i := range w {
			if !same(w[i], g[i]) {
				return false
			}
		}
		return true
	}
	return pyvalue.TypeName(want) == pyvalue.TypeName(got) && pyvalue.Equal(want, got)
}
