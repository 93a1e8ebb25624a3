package packloader_test

import (
	"embed"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/packloader"
	"github.com/petrel-dev/petrel/pyvalue"
)

const manifest = `
name: demo
description: A pack to test with.
version: 1.2.3
author: Somebody
email: somebody@example.com
keywords: [a, b]
`

// packFS returns the files of one pack. Arguments are paths and texts in turn.
func packFS(pathsAndTexts ...string) fstest.MapFS {
	files := fstest.MapFS{"pack.yaml": {Data: []byte(manifest)}}
	for n := 0; n < len(pathsAndTexts); n += 2 {
		files[pathsAndTexts[n]] = &fstest.MapFile{Data: []byte(strings.TrimPrefix(pathsAndTexts[n+1], "\n"))}
	}
	return files
}

func texts(problems []packloader.Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, p.String())
	}
	return list
}

func TestReadPackTakesEverything(t *testing.T) {
	files := packFS(
		"config.schema.yaml", `
endpoint:
  type: string
  required: true
  default: http://localhost
token:
  type: string
  secret: true
`,
		"triggers/event.yaml", `
name: event
description: Something has happened.
payload_schema:
  type: object
  properties:
    id: {type: integer}
tags:
  - {name: team, value: blue}
`,
		"sensors/watcher.yaml", `
class_name: Watcher
entry_point: watcher.py
description: Watches.
poll_interval: 20
trigger_types:
  - name: seen
    payload_info: [a, b]
`,
		"actions/run.script.yaml", `
name: run.it
runner_type: local-shell-script
entry_point: run.sh
enabled: false
description:
parameters:
  second: {type: integer, position: 1, default: 5}
  first: {type: string, position: 0, required: yes}
notify:
  on-success:
    message: done
    channels: [ops]
    data: {x: 1}
tags: [{name: a, value: b}]
`,
		"actions/run.sh", "echo",
		"actions/config.yaml", "no: action",
		"actions/.hidden.yaml", "no: action",
		"actions/workflows/flow.yaml", "version: 1.0",
		"actions/UPPER.YAML", "no: action",
		"rules/a.yml", `
name: a
pack: demo
enabled: true
type: {ref: backstop}
trigger:
  type: demo.event
criteria:
  trigger.z: {type: equals, pattern: 1}
  trigger.a: {type: exists}
  trigger.m: {type: icontains, pattern: x}
when: trigger.id > 3
action:
  ref: demo.run.it
  parameters:
    first: "{{ trigger.id }}"
`,
		"rules/b.yaml", `
name: b
trigger: {type: core.st2.webhook, parameters: {url: hook}}
action: {ref: core.noop}
`,
		"aliases/run.yaml", `
name: run
action_ref: demo.run.it
formats:
  - run {{ first }}
  - display: go {{ first }}
    representation: ['go {{ first }}']
`,
		"policies/retry.yaml", `
name: retry
resource_ref: demo.run.it
policy_type: action.retry
parameters: {retry_on: timeout, max_retry_count: 3, delay: 1.5}
`,
	)
	pack, problems := packloader.ReadPack(files)
	require.Equal(t, []string{"rules/b.yaml: warning: enabled: is missing, so the rule is switched off"}, texts(problems))

	require.Equal(t, "demo", pack.Ref)
	require.Equal(t, "demo", pack.Name)
	require.Equal(t, "1.2.3", pack.Version)
	require.Equal(t, []string{"a", "b"}, pack.Keywords)
	require.Empty(t, pack.Dir)
	require.Equal(t, 2, pack.ConfigSchema.Len())
	_, err := fs.Stat(pack.Files, "actions/run.sh")
	require.NoError(t, err)

	require.Len(t, pack.TriggerTypes, 1)
	event := pack.TriggerTypes[0]
	require.Equal(t, "demo.event", event.Ref())
	require.Equal(t, []petrel.Tag{{Name: "team", Value: "blue"}}, event.Tags)
	require.Equal(t, "triggers/event.yaml", event.MetadataFile)
	require.Error(t, event.Payload.Validate(pyvalue.MapOf("id", "x")))

	require.Len(t, pack.Sensors, 1)
	sensor := pack.Sensors[0]
	require.Equal(t, "demo.Watcher", sensor.Ref())
	require.Equal(t, 20*time.Second, sensor.PollInterval)
	require.Equal(t, "watcher.py", sensor.EntryPoint)
	require.Equal(t, "demo.seen", sensor.TriggerTypes[0].Ref())
	require.True(t, sensor.TriggerTypes[0].Payload.IsEmpty(), "payload_info checks nothing")

	require.Len(t, pack.Actions, 1)
	action := pack.Actions[0]
	require.Equal(t, "demo.run.it", action.Ref())
	require.True(t, action.Disabled)
	require.Equal(t, "run.sh", action.EntryPoint)
	require.Equal(t, []string{"ops"}, action.Notify.OnSuccess.Routes)
	require.Equal(t, "done", action.Notify.OnSuccess.Message)
	require.Nil(t, action.Notify.OnFailure)
	var order []string
	for p := range action.Parameters.All() {
		order = append(order, p.Name)
	}
	require.Equal(t, []string{"second", "first"}, order, "parameters stay in the order of the file")
	first, _ := action.Parameters.Get("first")
	require.True(t, first.Required, "yes is a boolean in YAML 1.1")

	require.Len(t, pack.Rules, 2)
	rule := pack.Rules[0]
	require.False(t, rule.Disabled)
	require.True(t, rule.Backstop)
	require.Equal(t, "trigger.id > 3", rule.When)
	require.Equal(t, "demo.event", rule.Trigger.Type)
	require.Equal(t, "demo.run.it", rule.Action.Ref)
	require.Equal(t, []petrel.Criterion{
		{Key: "trigger.z", Type: "equals", Pattern: int64(1)},
		{Key: "trigger.a", Type: "exists"},
		{Key: "trigger.m", Type: "icontains", Pattern: "x"},
	}, rule.Criteria, "criteria stay in the order of the file")
	require.True(t, pack.Rules[1].Disabled, "a rule without enabled is off")
}

func TestReadFindsThePacksOfADirectory(t *testing.T) {
	files := fstest.MapFS{
		"one/pack.yaml":           {Data: []byte(manifest)},
		"two/actions/noop.yaml":   {Data: []byte("name: n\nrunner_type: noop\n")},
		"notes/README.md":         {Data: []byte("no pack")},
		"__pycache__/pack.yaml":   {Data: []byte(manifest)},
		".git/pack.yaml":          {Data: []byte(manifest)},
		"with.dot/pack.yaml":      {Data: []byte(manifest)},
		"pack.yaml":               {Data: []byte(manifest)},
		"one/actions/readme.txt":  {Data: []byte("no metadata")},
		"_global/actions/a.yaml":  {Data: []byte("name: n\nrunner_type: noop\n")},
		"onlyfile/rules":          {Data: []byte("a file, no directory")},
		"nested/deeper/pack.yaml": {Data: []byte(manifest)},
	}
	packs, problems := packloader.Read(files)
	require.Equal(t, []string{
		"_global: the name is reserved",
		"two/pack.yaml: warning: is missing",
		"with.dot: the name of a pack's directory must not hold a dot, as references end the pack's name at the first one",
	}, texts(problems))
	var refs []string
	for _, p := range packs {
		refs = append(refs, p.Ref)
	}
	require.Equal(t, []string{"one", "two"}, refs)
	require.Equal(t, "two.n", packs[1].Actions[0].Ref())

	packs, problems = packloader.Read(files, packloader.Only("one", "tow"))
	require.Len(t, packs, 1)
	require.Equal(t, `tow: there is no such pack (did you mean "two"?)`, texts(problems)[0])
}

// TestReadPlacesProblems has one row for each kind of mistake.
func TestReadPlacesProblems(t *testing.T) {
	const action = "name: a\nrunner_type: noop\n"
	const rule = "name: r\nenabled: true\n"
	const target = "trigger: {type: a.b}\naction: {ref: c.d}\n"
	for _, test := range []struct {
		name string
		file string
		text string
		want []string
	}{
		// pack.yaml
		{"empty manifest", "pack.yaml", "", []string{"the file is empty"}},
		{"manifest is a list", "pack.yaml", "- a\n", []string{"must be a mapping, not a list"}},
		{"manifest lacks all", "pack.yaml", "ref: demo\n", []string{
			"name: is missing", "description: is missing", "version: is missing", "author: is missing", "email: is missing"}},
		{"short version", "pack.yaml", manifest + "version: 0.1\n", []string{
			":7: warning: the key 'version' occurs twice in this mapping; the last value counts",
			`:7: version: "0.1" is not a version such as 1.0.0 (three numbers, then lower-case -suffix and +build if any)`}},
		{"null author", "pack.yaml", strings.Replace(manifest, "Somebody", "", 1), []string{":4: author: must be a text, not null"}},
		{"null email", "pack.yaml", strings.Replace(manifest, "somebody@example.com", "", 1), nil},
		{"null keywords", "pack.yaml", strings.Replace(manifest, "[a, b]", "", 1), []string{":6: keywords: must be a list, not null"}},
		{"bad ref", "pack.yaml", manifest + "ref: a-b\n", []string{
			`:7: ref: "a-b" may hold only lower-case letters, digits and underscores`}},
		{"other ref", "pack.yaml", manifest + "ref: other\n", nil},
		{"reserved ref", "pack.yaml", manifest + "ref: _global\n", []string{`:7: ref: "_global" is reserved`}},
		{"contributors", "pack.yaml", manifest + "contributors: me\n", []string{":7: contributors: must be a list, not a text"}},
		{"python versions", "pack.yaml", manifest + "python_versions: [3]\n", []string{
			":7: python_versions[0]: must be a text, not a number; put it in quotes"}},
		{"python version twice", "pack.yaml", manifest + "python_versions: ['3', '3']\n", []string{`:7: python_versions[1]: "3" is named twice`}},
		{"stackstorm version", "pack.yaml", manifest + "stackstorm_version: '>=2.0'\n", []string{
			`:7: stackstorm_version: ">=2.0" is not a list of comparisons such as ">=3.5.0, <4.0.0"`}},
		{"unknown manifest key", "pack.yaml", manifest + "anything: goes\nstackstorm_version: '>=2.9.0, <4.0.0'\n", nil},

		// config.schema.yaml
		{"empty schema", "config.schema.yaml", "---\n", []string{"the file is empty"}},
		{"schema keyword", "config.schema.yaml", "host:\n  typ: string\n", []string{`:2: host.typ: is not an attribute of a parameter (did you mean "type"?)`}},

		// actions
		{"no YAML", "actions/a.yaml", "name: a\nrunner_type: [noop\n", []string{"*"}},
		{"not UTF-8", "actions/a.yaml", "name: \xff\n", []string{"*:1: invalid"}},
		{"two documents", "actions/a.yaml", action + "---\n" + action, []string{"*:3: "}},
		{"tab", "actions/a.yaml", "name: a\n\trunner_type: noop\n", []string{"*:2: "}},
		{"unknown anchor", "actions/a.yaml", action + "x: &a [1]\ny: *b\n", []string{"*unknown anchor"}},
		{"merge key", "actions/a.yaml", action + "parameters:\n  a: &a {type: string}\n  b: {<<: *a, secret: on}\n", nil},
		{"unknown key", "actions/a.yaml", action + "runnertype: x\n", []string{`:3: runnertype: unknown key (did you mean "runner_type"?)`}},
		{"name is a boolean", "actions/a.yaml", "runner_type: noop\nname: yes\n", []string{":2: name: must be a text, not a boolean; put it in quotes"}},
		{"no name", "actions/a.yaml", "runner_type: noop\nnamee: a\n", []string{
			`name: is missing, though there is "namee"`, `:2: namee: unknown key (did you mean "name"?)`}},
		{"empty name", "actions/a.yaml", "runner_type: noop\nname: ''\n", []string{":2: name: must not be empty"}},
		{"pack mismatch", "actions/a.yaml", action + "pack: other\n", []string{`:3: pack: names the pack "other", but the file is in the pack "demo"`}},
		{"null parameters", "actions/a.yaml", action + "parameters:\n", []string{
			":3: parameters: must be a mapping, not null; leave the key out, or write {}"}},
		{"parameter type", "actions/a.yaml", action + "parameters:\n  ok: {type: string}\n  host:\n    type: str\n", []string{"*:6: parameters.host.type: "}},
		{"enabled", "actions/a.yaml", action + "enabled: maybe\n", []string{":3: enabled: must be true or false, not a text"}},
		{"notify", "actions/a.yaml", action + "notify:\n  on_failure: {}\n", []string{`:4: notify.on_failure: unknown key (did you mean "on-failure"?)`}},
		{"notification", "actions/a.yaml", action + "notify:\n  on-failure: {rotues: [a]}\n", []string{
			`:4: notify.on-failure.rotues: unknown key (did you mean "routes"?)`}},
		{"missing entry point", "actions/a.yaml", action + "entry_point: a.sh\n", []string{":3: warning: entry_point: the pack has no file actions/a.sh"}},
		{"entry point outside", "actions/a.yaml", action + "entry_point: ../a.sh\n", []string{
			`:3: warning: entry_point: "../a.sh" leads out of the pack's actions directory or is not in its shortest form; the action will fail`}},
		{"tags", "actions/a.yaml", action + "tags: [a]\n", []string{":3: tags[0]: must be a mapping, not a text"}},
		{"key is a boolean", "actions/a.yaml", action + "on: x\n", []string{":3: the key True is a boolean and not a text; put it in quotes"}},

		// sensors
		{"sensor lacks all", "sensors/s.yaml", "description: x\n", []string{"class_name: is missing", "entry_point: is missing"}},
		{"poll interval", "sensors/s.yaml", "class_name: S\nentry_point: s.py\npoll_interval: 3\n", []string{
			":3: poll_interval: must be at least 4 seconds"}},
		{"poll interval is a text", "sensors/s.yaml", "class_name: S\nentry_point: s.py\npoll_interval: '20'\n", []string{
			":3: poll_interval: must be a number, not a text"}},
		{"no poll interval", "sensors/s.yaml", "class_name: S\nentry_point: s.py\npoll_interval: 0\n", nil},
		{"mistyped interval", "sensors/s.yaml", "class_name: S\nentry_point: s.py\npool_interval: 20\n", []string{
			`:3: warning: pool_interval: unknown key (did you mean "poll_interval"?)`}},
		{"trigger type without name", "sensors/s.yaml", "class_name: S\nentry_point: s.py\ntrigger_types:\n  - description: x\n", []string{
			":4: trigger_types[0].name: is missing"}},

		// triggers
		{"trigger without name", "triggers/t.yaml", "description: x\n", []string{"name: is missing"}},

		// rules
		{"rule lacks all", "rules/r.yaml", rule, []string{"trigger: is missing", "action: is missing"}},
		{"unknown operator", "rules/x.yaml", rule + target + "criteria:\n  trigger.hosts:\n    type: equalz\n    pattern: a\n", []string{
			`:6: criteria.trigger.hosts: unknown operator "equalz" (did you mean "equals"?)`}},
		{"expression", "rules/r.yaml", rule + target + "criteria:\n  trigger.a: {type: eqauls}\nwhen: trigger.n +\n", []string{
			`:6: criteria.trigger.a: unknown operator "eqauls" (did you mean "equals"?)`, "*:7: when: "}},
		{"null criteria", "rules/r.yaml", rule + target + "criteria:\n", []string{"*:5: criteria: must be a mapping"}},
		{"old trigger", "rules/r.yaml", rule + "trigger: {name: a}\naction: {ref: c.d}\n", []string{
			":3: trigger.name: names the trigger by an outdated key; write type: pack.name"}},
		{"reference", "rules/r.yaml", rule + "trigger: {type: ab}\naction: {ref: c.d}\n", []string{
			`:3: trigger.type: "ab" is not of the form pack.name`}},
		{"action key", "rules/r.yaml", rule + "trigger: {type: a.b}\naction:\n  ref: c.d\n  params: {}\n", []string{
			`:6: action.params: unknown key`}},
		{"templates", "rules/r.yaml", rule + "trigger: {type: a.b}\naction:\n  ref: c.d\n  parameters:\n    ok: '{{ st2kv.system.x | decrypt_kv }}'\n    list:\n      - plain\n      - '{{ trigger.x | itn }}'\n", []string{
			"*:10: warning: action.parameters.list[1]: template \"{{ trigger.x | itn }}\": "}},
		{"unknown rule key", "rules/r.yaml", rule + target + "criteri: {}\n", []string{`:5: criteri: unknown key (did you mean "criteria"?)`}},
		{"exported rule", "rules/r.yaml", rule + target + "id: x\nuid: y\nref: demo.r\nmetadata_file: z\ncontext: {user: me}\ntags: []\n", nil},

		// aliases and policies
		{"alias", "aliases/a.yaml", "name: a\naction_ref: c.d\nexecution: x\n", []string{
			"formats: is missing", ":3: execution: unknown key"}},
		{"alias format", "aliases/a.yaml", "name: a\naction_ref: c.d\nformats:\n  - 1\n", []string{
			":4: formats[0]: must be a text or a mapping with display and representation, not a number"}},
		{"policy type", "policies/p.yaml", "name: p\nresource_ref: c.d\npolicy_type: action.retyr\n", []string{
			`:3: policy_type: unknown policy type (did you mean "action.retry"?)`}},
		{"policy parameters", "policies/p.yaml", "name: p\nresource_ref: c.d\npolicy_type: action.retry\nparameters: {retry_on: always, max_retry_count: 9, delay: 500}\n", []string{
			":4: parameters.retry_on: must be failure or timeout", ":4: parameters.max_retry_count: must be between 1 and 5",
			":4: parameters.delay: must be between 0 and 120 seconds"}},
		{"threshold", "policies/p.yaml", "name: p\nresource_ref: c.d\npolicy_type: action.concurrency\n", []string{"parameters.threshold: is missing"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems := packloader.ReadPack(packFS(test.file, test.text))
			require.Len(t, problems, len(test.want), "%v", texts(problems))
			for n, want := range test.want {
				got := strings.TrimPrefix(problems[n].String(), test.file)
				if part, inexact := strings.CutPrefix(want, "*"); inexact {
					require.Contains(t, got, part)
					continue
				}
				require.Equal(t, strings.TrimPrefix(want, ": "), strings.TrimPrefix(got, ": "))
				require.ErrorIs(t, problems[n].Err, petrel.ErrInvalid)
			}
		})
	}
}

func TestReadReportsEveryProblemOfEveryFile(t *testing.T) {
	_, problems := packloader.Read(fstest.MapFS{
		"a/pack.yaml":       {Data: []byte("name: a\n")},
		"a/actions/x.yaml":  {Data: []byte("naem: x\nenabled: 3\n")},
		"b/rules/r.yaml":    {Data: []byte("name: r\nenabled: true\n")},
		"b/pack.yaml":       {Data: []byte(manifest)},
		"b/actions/ok.yaml": {Data: []byte("name: ok\nrunner_type: noop\n")},
	})
	files := map[string]int{}
	for _, p := range problems {
		if p.Severity == packloader.Fault {
			files[p.File]++
		}
	}
	require.Equal(t, map[string]int{"a/pack.yaml": 4, "a/actions/x.yaml": 4, "b/rules/r.yaml": 2}, files)
}

func TestReadNamesContentAfterTheDirectory(t *testing.T) {
	files := fstest.MapFS{
		"folder/pack.yaml":      {Data: []byte(manifest + "ref: other\n")},
		"folder/actions/a.yaml": {Data: []byte("name: a\nrunner_type: noop\n")},
	}
	packs, problems := packloader.Read(files)
	require.Equal(t, []string{`folder/pack.yaml:8: warning: ref: the content is registered under the name of the directory, "folder", and not under "other"`}, texts(problems))
	require.Equal(t, "folder.a", packs[0].Actions[0].Ref())

	sub, err := fs.Sub(files, "folder")
	require.NoError(t, err)
	pack, problems := packloader.ReadPack(sub)
	require.Empty(t, problems)
	require.Equal(t, "other.a", pack.Actions[0].Ref(), "a pack on its own goes where an installer would put it")
}

func TestReadTakesTheLaterOfTwoFilesWithOneName(t *testing.T) {
	pack, problems := packloader.ReadPack(packFS(
		"actions/a.yaml", "name: same\nrunner_type: noop\n",
		"actions/b.yml", "name: same\nrunner_type: local-shell-cmd\n",
	))
	require.Equal(t, []string{`actions/b.yml:1: warning: name: "same" is also the name in actions/a.yaml, which this file replaces`}, texts(problems))
	require.Len(t, pack.Actions, 1)
	require.Equal(t, "local-shell-cmd", pack.Actions[0].Runner)
}

func TestReadPackNeedsAName(t *testing.T) {
	pack, problems := packloader.ReadPack(fstest.MapFS{"actions/a.yaml": {Data: []byte("name: a\nrunner_type: noop\n")}})
	require.Empty(t, pack.Ref)
	require.Equal(t, []string{"pack.yaml: is missing"}, texts(problems))
	require.ErrorIs(t, problems[0].Err, fs.ErrNotExist)

	nameless := strings.Replace(manifest, "name: demo", "name: My Demo", 1)
	pack, problems = packloader.ReadPack(fstest.MapFS{"pack.yaml": {Data: []byte(nameless)}})
	require.Empty(t, pack.Ref)
	require.Contains(t, texts(problems)[0], "pack.yaml: ref: is missing")
}

func TestReadConfig(t *testing.T) {
	schema := []string{"config.schema.yaml", `
host: {type: string, required: true}
port: {type: integer, default: 22}
token: {type: string, secret: true}
`}
	read := func(config string) (petrel.Pack, []string) {
		configs := fstest.MapFS{"demo.yaml": {Data: []byte(config)}}
		pack, problems := packloader.ReadPack(packFS(schema...), packloader.WithConfigs(configs))
		return pack, texts(problems)
	}
	pack, problems := read("host: '{{ st2kv.system.host }}'\ntoken: '{{ st2kv.system.token }}'\n")
	require.Empty(t, problems)
	require.Equal(t, 2, pack.Config.Len(), "defaults are not stored")

	pack, problems = read("host: a\nport: '{{ st2kv.system.port }}'\ntoken: '{{ st2kv.system.t | decrypt_kv }}'\nprot: 1\n")
	require.Nil(t, pack.Config)
	require.Len(t, problems, 3)
	require.Contains(t, problems[0], "configs/demo.yaml:2: port: ")
	require.Equal(t, "configs/demo.yaml:3: token: must not use decrypt_kv: the schema says the value is secret, so it is decrypted anyway", problems[1])
	require.Equal(t, `configs/demo.yaml:4: warning: prot: unknown key (did you mean "port"?)`, problems[2])

	_, problems = read("- a\n")
	require.Equal(t, []string{"configs/demo.yaml: must be a mapping, not a list"}, problems)
	pack, problems = read("")
	require.Empty(t, problems, "an empty file is an empty configuration, and the missing host is the business of who reads it")
	require.Nil(t, pack.Config)

	_, warnings := packloader.ReadPack(packFS(), packloader.WithConfigs(fstest.MapFS{"demo.yml": {}}))
	require.Equal(t, []string{"configs/demo.yml: warning: is not read: the name of a configuration must end in .yaml"}, texts(warnings))
}

func TestReadOverrides(t *testing.T) {
	files := packFS(
		"actions/a.yaml", "name: a\nrunner_type: noop\n",
		"actions/b.yaml", "name: b\nrunner_type: noop\n",
		"rules/r.yaml", "name: r\ntrigger: {type: a.b}\naction: {ref: c.d}\nenabled: false\n",
		"sensors/s.yaml", "class_name: S\nentry_point: s.py\n",
	)
	overrides := fstest.MapFS{
		"_global.yaml": {Data: []byte("rules: {defaults: {enabled: true}}\nsensors: {defaults: {enabled: false}}\n")},
		"demo.yaml":    {Data: []byte("actions:\n  defaults: {enabled: false}\n  exceptions:\n    b: {enabled: true}\n")},
	}
	pack, problems := packloader.ReadPack(files, packloader.WithOverrides(overrides))
	require.Empty(t, problems)
	require.True(t, pack.Actions[0].Disabled)
	require.False(t, pack.Actions[1].Disabled)
	require.False(t, pack.Rules[0].Disabled)
	require.True(t, pack.Sensors[0].Disabled)

	overrides["demo.yaml"].Data = []byte("actions:\n  defaults:\n    enabled: false\n    name: x\nactoins: {}\n")
	_, problems = packloader.ReadPack(files, packloader.WithOverrides(overrides))
	require.Equal(t, []string{
		`overrides/demo.yaml:5: actoins: unknown key (did you mean "actions"?)`,
		"overrides/demo.yaml:4: actions.defaults.name: unknown key",
	}, texts(problems))
}

//go:embed testdata
var embedded embed.FS

func TestReadEmbeddedAndOnDisk(t *testing.T) {
	sub, err := fs.Sub(embedded, "testdata/packs")
	require.NoError(t, err)
	packs, problems := packloader.Read(sub)
	require.Empty(t, texts(problems))
	require.Len(t, packs, 1)
	require.Empty(t, packs[0].Dir)
}
