package packloader_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/packloader"
	"github.com/petrel-dev/petrel/runner"
)

func newEngine(t testing.TB, runners ...petrel.Runner) *petrel.Engine {
	t.Helper()
	eng, err := petrel.New(petrel.WithRunners(runners...))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, eng.Stop(context.Background())) })
	return eng
}

func standardEngine(t testing.TB) *petrel.Engine { return newEngine(t, runner.Standard()...) }

func actionRefs(eng *petrel.Engine) []string {
	var refs []string
	for _, a := range eng.Actions() {
		refs = append(refs, a.Ref())
	}
	return refs
}

func ruleRefs(eng *petrel.Engine) []string {
	var refs []string
	for _, r := range eng.Rules() {
		refs = append(refs, r.Ref())
	}
	slices.Sort(refs)
	return refs
}

func TestLoadFromDisk(t *testing.T) {
	eng := standardEngine(t)
	require.NoError(t, packloader.Load(t.Context(), eng, os.DirFS("testdata/packs"), packloader.Only("greeter")))
	packs := eng.Packs()
	require.Len(t, packs, 2)
	require.Equal(t, "greeter", packs[1].Ref)
	want, err := filepath.Abs("testdata/packs/greeter")
	require.NoError(t, err)
	require.Equal(t, want, packs[1].Dir)
	require.Contains(t, actionRefs(eng), "greeter.greet")
	require.Contains(t, actionRefs(eng), "core.local")
	require.Equal(t, []string{"greeter.greet"}, ruleRefs(eng))

	eng = standardEngine(t)
	require.NoError(t, packloader.LoadPack(t.Context(), eng, os.DirFS("testdata/packs/greeter"), packloader.WithoutCore()))
	require.Equal(t, []string{"greeter.greet"}, actionRefs(eng))
	require.Equal(t, want, eng.Packs()[0].Dir)
}

// mixed has one sound pack and one with faults of the files and of what they mean to an engine.
func mixed() fstest.MapFS {
	files := fstest.MapFS{}
	add := func(pack string, pathsAndTexts ...string) {
		for path, file := range packFS(pathsAndTexts...) {
			files[pack+"/"+path] = file
		}
	}
	add("bad",
		"actions/a.yaml", "name: a\nrunner_type: nop\n",
		"actions/b.yaml", "name: b\nrunner_type: noop\nparameters:\n  x: {type: string, position: 0}\n  y: {type: string, position: 2}\n",
		"actions/c.yaml", "name: c\nruner_type: noop\n",
		"actions/d.yaml", "name: d\nrunner_type: noop\n",
		"rules/when.yaml", "name: when\nenabled: true\ntrigger: {type: good.event}\nwhen: trigger.nmae == 'x'\naction: {ref: bad.d}\n",
		"rules/trigger.yaml", "name: trigger\nenabled: true\ntrigger:\n  type: good.evnt\naction: {ref: bad.d}\n",
		"rules/hook.yaml", "name: hook\nenabled: true\ntrigger:\n  type: core.st2.webhook\n  parameters:\n    ulr: x\naction: {ref: bad.d}\n",
		"rules/fine.yaml", "name: fine\nenabled: true\ntrigger: {type: good.event}\nwhen: trigger.name == 'x'\naction: {ref: bad.d}\n",
	)
	add("good",
		"triggers/event.yaml", "name: event\npayload_schema: {type: object, properties: {name: {type: string}}}\n",
		"actions/a.yaml", "name: a\nrunner_type: noop\n",
		"rules/r.yaml", "name: r\nenabled: true\ntrigger: {type: good.event}\naction: {ref: good.a}\n",
	)
	return files
}

func TestLoadSoftly(t *testing.T) {
	eng := standardEngine(t)
	err := packloader.Load(t.Context(), eng, mixed())
	var failure *packloader.Error
	require.ErrorAs(t, err, &failure)
	for _, sentinel := range []error{petrel.ErrInvalid, petrel.ErrUnknownRunner, petrel.ErrUnknownTrigger} {
		require.ErrorIs(t, err, sentinel)
	}
	got := map[string]string{}
	for _, p := range failure.Problems {
		got[p.File] += p.String() + "\n"
	}
	require.Contains(t, got["bad/actions/a.yaml"], `bad/actions/a.yaml:2: runner_type: unknown runner "nop"`)
	require.Contains(t, got["bad/actions/a.yaml"], `did you mean "noop"?`)
	require.Contains(t, got["bad/actions/b.yaml"], "bad/actions/b.yaml:5: parameters.y")
	require.Contains(t, got["bad/actions/c.yaml"], `bad/actions/c.yaml:2: runer_type: unknown key (did you mean "runner_type"?)`)
	require.Contains(t, got["bad/rules/when.yaml"], "bad/rules/when.yaml:4: when: ")
	require.Contains(t, got["bad/rules/trigger.yaml"], `bad/rules/trigger.yaml:4: trigger.type: unknown trigger "good.evnt" (did you mean "good.event"?)`)
	require.Contains(t, got["bad/rules/hook.yaml"], "bad/rules/hook.yaml:6: trigger.parameters.ulr")
	require.Len(t, got, 6)

	refs := actionRefs(eng)
	require.Contains(t, refs, "bad.d")
	require.Contains(t, refs, "good.a")
	require.NotContains(t, refs, "bad.a")
	require.Equal(t, []string{"bad.fine", "good.r"}, ruleRefs(eng), "a rule may want an event of a later pack")
}

func TestLoadStrictly(t *testing.T) {
	eng := standardEngine(t)
	err := packloader.Load(t.Context(), eng, mixed(), packloader.Strict())
	require.ErrorIs(t, err, petrel.ErrInvalid)
	require.Empty(t, eng.Packs(), "a fault in a file keeps everything out")

	files := mixed()
	delete(files, "bad/actions/c.yaml")
	err = packloader.Load(t.Context(), eng, files, packloader.Strict())
	require.ErrorIs(t, err, petrel.ErrUnknownRunner)
	require.NotContains(t, ruleRefs(eng), "good.r", "the first refusal ends the loading")

	require.NoError(t, packloader.Load(t.Context(), standardEngine(t), files, packloader.Strict(), packloader.Only("good")))
}

func TestLoadTellsWarnings(t *testing.T) {
	var warnings []string
	files := packFS("sensors/s.yaml", "class_name: S\nentry_point: s.py\npool_interval: 3\n")
	err := packloader.LoadPack(t.Context(), standardEngine(t), files,
		packloader.WithWarnings(func(p packloader.Problem) { warnings = append(warnings, p.String()) }))
	require.NoError(t, err)
	require.Equal(t, []string{
		`sensors/s.yaml:3: warning: pool_interval: unknown key (did you mean "poll_interval"?)`,
		"sensors/s.yaml: warning: nothing runs the sensor: there is no Go code for it",
	}, warnings)
}

func TestLoadAgainReplacesAndKeeps(t *testing.T) {
	eng := standardEngine(t)
	rule := func(name, target string) string {
		return "name: " + name + "\nenabled: true\ntrigger: {type: core.st2.generic.inquiry}\naction: {ref: " + target + "}\n"
	}
	require.NoError(t, packloader.LoadPack(t.Context(), eng, packFS(
		"rules/a.yaml", rule("a", "demo.x"), "rules/b.yaml", rule("b", "demo.x"), "rules/c.yaml", rule("c", "demo.x"))))
	err := packloader.LoadPack(t.Context(), eng, packFS(
		"rules/a.yaml", rule("a", "demo.y"), "rules/b.yaml", "name: [broken\n"))
	require.Error(t, err)
	require.Equal(t, []string{"demo.a", "demo.b"}, ruleRefs(eng), "b stays while its file is broken, c is gone with its file")
	for _, r := range eng.Rules() {
		want := map[string]string{"demo.a": "demo.y", "demo.b": "demo.x"}[r.Ref()]
		require.Equal(t, want, r.Action.Ref)
	}
}

func TestLoadGivesSensorsTheirCode(t *testing.T) {
	eng := standardEngine(t)
	files := packFS("sensors/s.yaml", "class_name: S\nentry_point: s.py\npoll_interval: 7\ntrigger_types: [{name: tick}]\n")
	err := packloader.LoadPack(t.Context(), eng, files,
		packloader.WithPollingSensor("demo.S", pollOnce(func(context.Context, *petrel.SensorService) error { return nil })))
	require.NoError(t, err)
	require.Len(t, eng.Sensors(), 1)
	require.Equal(t, "demo.S", eng.Sensors()[0].Ref)

	err = packloader.LoadPack(t.Context(), standardEngine(t), files, packloader.WithSensor("demo.s", nil))
	require.ErrorIs(t, err, petrel.ErrNotFound)
	require.ErrorContains(t, err, `no pack describes the sensor demo.s`)
	require.ErrorContains(t, err, `did you mean "demo.S"?`)
}

type pollOnce func(context.Context, *petrel.SensorService) error

func (p pollOnce) Poll(ctx context.Context, svc *petrel.SensorService) error { return p(ctx, svc) }

func TestLoadStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := packloader.Load(ctx, standardEngine(t), mixed())
	require.ErrorIs(t, err, context.Canceled)
}

func TestLoadReportsFilesThatCannotBeRead(t *testing.T) {
	err := packloader.Load(t.Context(), standardEngine(t), os.DirFS(filepath.Join(t.TempDir(), "nowhere")))
	require.ErrorIs(t, err, fs.ErrNotExist)

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pack.yaml"), []byte(manifest), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "actions"), 0o700))
	require.NoError(t, os.Symlink("nowhere.yaml", filepath.Join(dir, "actions", "dangling.yaml")))
	err = packloader.LoadPack(t.Context(), standardEngine(t), os.DirFS(dir))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "actions/dangling.yaml: cannot be read")
}

func TestCore(t *testing.T) {
	eng := newEngine(t)
	require.NoError(t, packloader.Core(t.Context(), eng), "actions without their runner are left out")
	require.Empty(t, eng.Actions())
	require.Len(t, eng.TriggerTypes(), 14)

	eng = standardEngine(t)
	require.NoError(t, packloader.Core(t.Context(), eng))
	require.Equal(t, []string{"core.echo", "core.error", "core.http", "core.local", "core.local_sudo",
		"core.noop", "core.remote", "core.remote_sudo"}, actionRefs(eng))

	for _, test := range []struct {
		trigger    string
		parameters map[string]any
		ok         bool
	}{
		{"core.st2.webhook", map[string]any{"url": "x"}, true},
		{"core.st2.webhook", map[string]any{}, false},
		{"core.st2.webhook", map[string]any{"url": "x", "b": 1}, false},
		{"core.st2.IntervalTimer", map[string]any{"unit": "seconds", "delta": 5}, true},
		{"core.st2.IntervalTimer", map[string]any{"unit": "second", "delta": 5}, false},
		{"core.st2.IntervalTimer", map[string]any{"unit": "seconds", "delta": "5"}, false},
		{"core.st2.CronTimer", map[string]any{"hour": 3, "minute": "*/5", "day_of_week": nil}, true},
		{"core.st2.CronTimer", map[string]any{"hour": 24}, false},
		{"core.st2.DateTimer", map[string]any{"date": "2030-01-01 00:00:00"}, true},
		{"core.st2.DateTimer", map[string]any{"date": 5}, false},
		{"core.st2.generic.actiontrigger", nil, true},
	} {
		err := eng.RegisterRule(petrel.Rule{Pack: "p", Name: "r",
			Trigger: petrel.RuleTrigger{Type: test.trigger, Parameters: test.parameters}, Action: petrel.RuleAction{Ref: "core.noop"}})
		require.Equal(t, test.ok, err == nil, "%s %v: %v", test.trigger, test.parameters, err)
	}
}

func TestCoreLeavesTheHostsOwn(t *testing.T) {
	eng := standardEngine(t)
	own := packFS("actions/mine.yaml", "name: mine\nrunner_type: noop\n")
	files := fstest.MapFS{}
	for path, file := range own {
		files["core/"+path] = file
	}
	require.NoError(t, packloader.Load(t.Context(), eng, files))
	require.Equal(t, []string{"core.mine"}, actionRefs(eng))
	require.Len(t, eng.TriggerTypes(), 14, "the trigger types are there all the same, as in StackStorm")
	require.NoError(t, packloader.LoadPack(t.Context(), eng, packFS()))
	require.Equal(t, []string{"core.mine"}, actionRefs(eng), "a later load does not replace it either")

	eng = standardEngine(t)
	require.NoError(t, packloader.LoadPack(t.Context(), eng, packFS()))
	require.NoError(t, packloader.Load(t.Context(), eng, files))
	require.Equal(t, []string{"core.mine"}, actionRefs(eng), "the host's own replaces the built-in one")
	require.Len(t, eng.TriggerTypes(), 14)

	eng = standardEngine(t)
	require.NoError(t, eng.RegisterPack(petrel.Pack{Ref: "core"}))
	require.NoError(t, packloader.LoadPack(t.Context(), eng, packFS()))
	require.Len(t, eng.TriggerTypes(), 14)
	require.Empty(t, eng.Actions())
}

func TestCoreEchoRuns(t *testing.T) {
	eng := standardEngine(t)
	require.NoError(t, packloader.Core(t.Context(), eng))
	require.NoError(t, eng.Start(t.Context()))
	for action, stream := range map[string]string{"core.echo": "stdout", "core.error": "stderr"} {
		x, err := eng.Execute(t.Context(), action, map[string]any{"message": "hello there"})
		require.NoError(t, err)
		x, err = eng.Wait(t.Context(), x.ID)
		require.NoError(t, err)
		require.Equal(t, petrel.StatusSucceeded, x.Status, "%s", x.Result)
		var result map[string]any
		require.NoError(t, x.DecodeResult(&result))
		require.Equal(t, "hello there", result[stream])
	}
	_, err := eng.Execute(t.Context(), "core.echo", map[string]any{"message": "x", "cmd": "rm"})
	require.True(t, errors.Is(err, petrel.ErrInvalidParameters), "cmd is immutable: %v", err)
}

func ExampleLoad() {
	ctx := context.Background()
	eng, err := petrel.New(petrel.WithRunners(runner.Standard()...))
	if err != nil {
		panic(err)
	}
	defer eng.Stop(ctx)

	if err := packloader.Load(ctx, eng, os.DirFS("testdata/packs")); err != nil {
		fmt.Println(err)
	}
	for _, r := range eng.Rules() {
		fmt.Println(r.Trigger.Type, "->", r.Action.Ref)
	}
	// Output: greeter.entered -> greeter.greet
}

func ExampleReadPack() {
	files := fstest.MapFS{
		"pack.yaml": {Data: []byte("name: demo\ndescription: ''\nversion: 1.0.0\nauthor: me\nemail: ''\n")},
		"rules/restart.yaml": {Data: []byte(`name: restart
enabled: true
trigger:
  type: demo.alert
criteria:
  trigger.host:
    type: equalz
    pattern: web1
action:
  ref: core.noop
`)},
	}
	_, problems := packloader.ReadPack(files)
	for _, p := range problems {
		fmt.Println(p)
	}
	// Output: rules/restart.yaml:6: criteria.trigger.host: unknown operator "equalz" (did you mean "equals"?)
}

func FuzzReadPack(f *testing.F) {
	names := []string{"pack.yaml", "config.schema.yaml", "triggers/x.yaml", "sensors/x.yaml", "actions/x.yaml",
		"rules/x.yaml", "aliases/x.yaml", "policies/x.yaml"}
	for n := range names {
		f.Add(uint8(n), "name: x\nrunner_type: noop\nparameters: {a: {type: string, default: 2020-01-01}}\n")
		f.Add(uint8(n), "name: r\nenabled: yes\ntrigger: {type: a.b, parameters: {1: 2}}\ncriteria: {a: {type: search, condition: all, pattern: {item.x: {type: gt, pattern: 1}}}}\naction: {ref: a.b}\nwhen: a > 1\n")
		f.Add(uint8(n), "class_name: S\nentry_point: s.py\npoll_interval: 1.0e+300\ntrigger_types: [{name: t, payload_schema: {type: [object, null], properties: {a: {$ref: '#'}}}}]\n")
		f.Add(uint8(n), "name: a\nresource_ref: a.b\naction_ref: a.b\npolicy_type: action.retry\nformats: [a, {display: x, representation: [y]}]\nparameters: {retry_on: failure}\n")
		f.Add(uint8(n), "a: &a [*a]\n<<: {x: 1}\n? [1]\n: 2\n")
	}
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		files := packFS(names[int(kind)%len(names)], text)
		configs := fstest.MapFS{"demo.yaml": {Data: []byte(text)}, "_global.yaml": {Data: []byte(text)}}
		_, problems := packloader.ReadPack(files, packloader.WithConfigs(configs), packloader.WithOverrides(configs))
		for _, p := range problems {
			require.NotEmpty(t, p.File)
			require.NotEmpty(t, p.Message)
			require.Error(t, p.Err)
		}
	})
}

// manyActions returns a directory of packs with 3 500 actions like those of real packs.
func manyActions() fstest.MapFS {
	files := fstest.MapFS{}
	for p := range 7 {
		pack := fmt.Sprintf("pack%d/", p)
		files[pack+"pack.yaml"] = &fstest.MapFile{Data: []byte(manifest)}
		files[pack+"actions/run.py"] = &fstest.MapFile{}
		for a := range 500 {
			var b strings.Builder
			fmt.Fprintf(&b, "---\nname: service.action_%d\npack: pack%d\nrunner_type: noop\nentry_point: run.py\nenabled: true\ndescription: Does this and that.\nparameters:\n", a, p)
			for i := range 9 {
				fmt.Fprintf(&b, "  parameter_%d:\n    type: string\n    description: One of the parameters.\n    required: %t\n", i, i%2 == 0)
			}
			b.WriteString("  action:\n    type: string\n    immutable: true\n    default: \"{{ parameter_1 }}\"\n")
			files[fmt.Sprintf("%sactions/action_%d.yaml", pack, a)] = &fstest.MapFile{Data: []byte(b.String())}
		}
	}
	return files
}

func BenchmarkLoad3500Actions(b *testing.B) {
	files := manyActions()
	for b.Loop() {
		eng := newEngine(b, runner.Standard()...)
		if err := packloader.Load(b.Context(), eng, files); err != nil {
			b.Fatal(err)
		}
		if n := len(eng.Actions()); n != 3508 {
			b.Fatalf("%d actions", n)
		}
	}
	b.ReportMetric(3500*float64(b.N)/b.Elapsed().Seconds(), "actions/s")
}

func BenchmarkRead3500Actions(b *testing.B) {
	files := manyActions()
	for b.Loop() {
		packloader.Read(files)
	}
}
