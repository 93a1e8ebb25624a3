//go:build unix

package runner_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/internal/sshtest"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/runner"
)

// packFiles is a pack whose script shows its arguments and uses its library.
var packFiles = fstest.MapFS{
	"actions/show.sh": {Data: []byte(`#!/bin/sh
here=$(dirname "$0")
echo "$0"
cat "$here/lib/greeting/text"
"$here/lib/tool"
for argument; do printf '<%s>' "$argument"; done
echo
exit ${CODE:-0}
`), Mode: 0o644},
	"actions/lib/greeting/text": {Data: []byte("hello\n"), Mode: 0o644},
	"actions/lib/tool":          {Data: []byte("#!/bin/sh\necho tool\n"), Mode: 0o755},
	"actions/plain":             {Data: []byte("echo no first line\n"), Mode: 0o644},
	"actions/sub/where.sh":      {Data: []byte("#!/bin/sh\npwd\nls \"$(dirname \"$0\")\"\n"), Mode: 0o644},
	"actions/folder/x":          {Data: []byte(""), Mode: 0o644},
	"secret.yaml":               {Data: []byte("key: value\n"), Mode: 0o600},
}

// packOnDisk writes a pack to a directory.
func packOnDisk(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	require.NoError(t, os.CopyFS(dir, packFiles))
	return dir
}

func scriptCall(entryPoint string, pack *petrel.Pack, runnerParameters ...any) *petrel.Call {
	call := newCall(runnerParameters...)
	call.Action.EntryPoint = entryPoint
	call.Pack = pack
	return call
}

const showParameters = `{
	"first": {"type": "string", "position": 0},
	"second": {"type": "array", "position": 1},
	"name": {"type": "string"},
	"flag": {"type": "boolean"}
}`

func withShowParameters(call *petrel.Call) *petrel.Call {
	return withParameters(call, showParameters,
		"first", "it's $HOME", "second", pyvalue.NewList("a b", int64(1), nil), "name", "x y", "flag", true)
}

const shownArguments = `<--name=x y><--flag><it's $HOME><a b,1,None>`

func TestLocalScript(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	r := runner.LocalShellScript(runner.Shell{})
	packs := map[string]*petrel.Pack{
		"on disk":  {Ref: "demo", Dir: packOnDisk(t)},
		"in files": {Ref: "demo", Files: packFiles},
	}
	for name, pack := range packs {
		t.Run(name, func(t *testing.T) {
			outcome, err := r.Run(t.Context(), withShowParameters(scriptCall("show.sh", pack)))
			require.NoError(t, err)
			require.Equal(t, petrel.StatusSucceeded, outcome.Status, encode(t, outcome.Result))
			lines := strings.Split(member(t, outcome.Result, "stdout").(string), "\n")
			require.Equal(t, []string{"hello", "tool", shownArguments}, lines[1:])
			if pack.Dir != "" {
				require.Equal(t, filepath.Join(pack.Dir, "actions/show.sh"), lines[0])
			} else {
				require.NoFileExists(t, lines[0])
			}

			outcome, err = r.Run(t.Context(), scriptCall("show.sh", pack, "env", pyvalue.MapOf("CODE", "7")))
			require.NoError(t, err)
			require.Equal(t, petrel.StatusFailed, outcome.Status)
			require.Equal(t, int64(7), member(t, outcome.Result, "return_code"))

			status, result := run(t, r, scriptCall("plain", pack))
			require.Equal(t, petrel.StatusSucceeded, status)
			require.Contains(t, result, `"stdout":"no first line"`)

			_, result = run(t, r, scriptCall("sub/where.sh", pack, "cwd", "/"))
			require.Contains(t, result, `"stdout":"/\nwhere.sh"`)
		})
	}
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestLocalScriptsSideBySide(t *testing.T) {
	r := runner.LocalShellScript(runner.Shell{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				outcome, err := r.Run(t.Context(), scriptCall("show.sh", &petrel.Pack{Ref: "demo", Files: packFiles}))
				if err != nil || outcome.Status != petrel.StatusSucceeded {
					t.Errorf("%v %v", pyvalue.Repr(outcome.Result), err)
				}
			}
		})
	}
	all.Wait()
}

func TestScriptKeepsPrefix(t *testing.T) {
	r := runner.LocalShellScript(runner.Shell{})
	call := withParameters(scriptCall("show.sh", &petrel.Pack{Ref: "demo", Files: packFiles}, "kwarg_op", ""),
		`{"name": {"type": "string"}}`, "name", "x")
	_, result := run(t, r, call)
	require.Contains(t, result, encodeInner(t, `<name=x>`))
}

func encodeInner(t *testing.T, text string) string { return strings.Trim(encode(t, text), `"`) }

func TestScriptNotFound(t *testing.T) {
	dir := packOnDisk(t)
	r := runner.LocalShellScript(runner.Shell{})
	for name, pack := range map[string]*petrel.Pack{"on disk": {Dir: dir}, "in files": {Files: packFiles}} {
		t.Run(name, func(t *testing.T) {
			for _, entryPoint := range []string{"missing.sh", "folder", "show.sh/x"} {
				_, err := r.Run(t.Context(), scriptCall(entryPoint, pack))
				require.ErrorIs(t, err, runner.ErrScriptNotFound, entryPoint)
				require.ErrorContains(t, err, filepath.Join(pack.Dir, "actions", entryPoint))
			}
		})
	}
	_, err := r.Run(t.Context(), scriptCall("x.sh", nil))
	require.ErrorIs(t, err, runner.ErrScriptNotFound)
	_, err = r.Run(t.Context(), scriptCall("", &petrel.Pack{Dir: dir}))
	require.ErrorIs(t, err, petrel.ErrInvalidParameters)
	require.ErrorContains(t, err, "has no entry_point")
}

func TestScriptMayNotLeaveItsPack(t *testing.T) {
	dir := packOnDisk(t)
	outside := filepath.Join(t.TempDir(), "outside.sh")
	require.NoError(t, os.WriteFile(outside, []byte("#!/bin/sh\necho stolen\n"), 0o755))
	links := map[string]string{
		"link.sh":   "show.sh",
		"up.sh":     "../run.sh",
		"away.sh":   outside,
		"climb.sh":  "../../../outside.sh",
		"loop.sh":   "loop.sh",
		"elsewhere": filepath.Dir(outside),
	}
	for name, target := range links {
		require.NoError(t, os.Symlink(target, filepath.Join(dir, "actions", name)))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "run.sh"), []byte("echo inside\n"), 0o755))
	r := runner.LocalShellScript(runner.Shell{})
	packs := map[string]*petrel.Pack{"on disk": {Dir: dir}, "in files": {Files: os.DirFS(dir)}}
	for name, pack := range packs {
		t.Run(name, func(t *testing.T) {
			for _, entryPoint := range []string{"../run.sh", "a/../show.sh", "./show.sh", "/etc/passwd", outside, "sub//where.sh",
				"away.sh", "climb.sh", "loop.sh", "elsewhere/outside.sh", dir + "/../outside.sh", dir + "-other/x.sh"} {
				_, err := r.Run(t.Context(), scriptCall(entryPoint, pack))
				require.ErrorIs(t, err, petrel.ErrInvalidParameters, entryPoint)
				require.ErrorContains(t, err, "entry_point: ")
			}
			for _, entryPoint := range []string{"link.sh", "up.sh"} {
				status, result := run(t, r, scriptCall(entryPoint, pack))
				require.Equal(t, petrel.StatusSucceeded, status, result)
			}
		})
	}
	status, _ := run(t, r, scriptCall(filepath.Join(dir, "run.sh"), &petrel.Pack{Dir: dir}))
	require.Equal(t, petrel.StatusSucceeded, status, "an absolute path inside the pack")
}

func TestScriptLibraryMayNotLeaveItsPack(t *testing.T) {
	for name, target := range map[string]string{"loop": ".", "up and down": "../lib", "away": t.TempDir(), "climb": "../../../x"} {
		t.Run(name, func(t *testing.T) {
			dir := packOnDisk(t)
			require.NoError(t, os.Symlink(target, filepath.Join(dir, "actions/lib/link")))
			_, err := runner.LocalShellScript(runner.Shell{}).Run(t.Context(), scriptCall("show.sh", &petrel.Pack{Files: os.DirFS(dir)}))
			require.ErrorIs(t, err, petrel.ErrInvalidParameters)

			server := startServer(t, sshtest.Config{})
			_, err = closedAtEnd(t, runner.RemoteShellScript(known(t, server))).Run(t.Context(), scriptCall("show.sh", &petrel.Pack{Dir: dir},
				"hosts", server.Address(), "password", testPassword, "dir", t.TempDir()))
			require.ErrorIs(t, err, petrel.ErrInvalidParameters)
		})
	}
}

func TestScriptVersion(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	dir := packOnDisk(t)
	git := func(arguments ...string) {
		command := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.com"}, arguments...)...)
		out, err := command.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	script := filepath.Join(dir, "actions/version.sh")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho old\n"), 0o755))
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "old")
	git("tag", "v1")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho new\n"), 0o755))

	r := runner.LocalShellScript(runner.Shell{})
	pack := &petrel.Pack{Ref: "demo", Dir: dir}
	_, result := run(t, r, scriptCall("version.sh", pack))
	require.Contains(t, result, `"stdout":"new"`)
	_, result = run(t, r, scriptCall("version.sh", pack, "content_version", "v1"))
	require.Contains(t, result, `"stdout":"old"`)

	for _, version := range []string{"v2", "--force"} {
		_, err := r.Run(t.Context(), scriptCall("version.sh", pack, "content_version", version))
		require.ErrorIs(t, err, petrel.ErrInvalidParameters)
		require.ErrorContains(t, err, "content_version: ")
	}
	_, err := r.Run(t.Context(), scriptCall("show.sh", &petrel.Pack{Files: packFiles}, "content_version", "v1"))
	require.ErrorContains(t, err, "is not in a directory")
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestRemoteScript(t *testing.T) {
	for name, config := range map[string]sshtest.Config{"by SFTP": {}, "without SFTP": {NoSFTP: true}} {
		t.Run(name, func(t *testing.T) {
			server := startServer(t, config)
			r := closedAtEnd(t, runner.RemoteShellScript(known(t, server)))
			for name, pack := range map[string]*petrel.Pack{"on disk": {Dir: packOnDisk(t)}, "in files": {Files: packFiles}} {
				t.Run(name, func(t *testing.T) {
					dir := t.TempDir()
					call := withShowParameters(scriptCall("show.sh", pack, "hosts", server.Address(), "password", testPassword,
						"dir", dir, "cwd", dir))
					outcome, err := r.Run(t.Context(), call)
					require.NoError(t, err)
					require.Equal(t, petrel.StatusSucceeded, outcome.Status, encode(t, outcome.Result))
					require.Equal(t, dir+"/"+testID+"/show.sh\nhello\ntool\n"+shownArguments, member(t, outcome.Result, "127.0.0.1", "stdout"))
					left, err := os.ReadDir(dir)
					require.NoError(t, err)
					require.Empty(t, left)

					outcome, err = r.Run(t.Context(), scriptCall("show.sh", pack, "hosts", server.Address(), "password", testPassword,
						"dir", dir, "cwd", "/no/such"))
					require.NoError(t, err)
					require.Equal(t, petrel.StatusFailed, outcome.Status)
					require.Equal(t, true, member(t, outcome.Result, "127.0.0.1", "failed"))
					left, err = os.ReadDir(dir)
					require.NoError(t, err)
					require.Empty(t, left)
				})
			}
			require.Equal(t, 1, server.Connections())
		})
	}
}

func TestRemoteScriptModes(t *testing.T) {
	server := startServer(t, sshtest.Config{})
	dir := t.TempDir()
	files := fstest.MapFS{
		"actions/modes.sh": {Data: []byte("#!/bin/sh\ncd $(dirname $0); stat -c '%a %n' . modes.sh lib/tool lib/data\n"), Mode: 0o600},
		"actions/lib/tool": {Mode: 0o755},
		"actions/lib/data": {Mode: 0o640},
	}
	outcome, err := closedAtEnd(t, runner.RemoteShellScript(known(t, server))).Run(t.Context(),
		scriptCall("modes.sh", &petrel.Pack{Files: files}, "hosts", server.Address(), "password", testPassword, "dir", dir))
	require.NoError(t, err)
	require.Equal(t, "700 .\n744 modes.sh\n755 lib/tool\n640 lib/data", member(t, outcome.Result, "127.0.0.1", "stdout"))
}

func TestRemoteScriptCannotBeCopied(t *testing.T) {
	for name, config := range map[string]sshtest.Config{"by SFTP": {}, "without SFTP": {NoSFTP: true}} {
		t.Run(name, func(t *testing.T) {
			server := startServer(t, config)
			r := closedAtEnd(t, runner.RemoteShellScript(known(t, server)))
			outcome, err := r.Run(t.Context(), scriptCall("show.sh", &petrel.Pack{Files: packFiles},
				"hosts", server.Address(), "password", testPassword, "dir", "/no/such"))
			require.ErrorContains(t, err, server.Address()+": copying the script to /no/such/"+testID+": ")
			require.Equal(t, petrel.StatusFailed, outcome.Status)
			require.Equal(t, int64(255), member(t, outcome.Result, "return_code"))
			require.Equal(t, true, member(t, outcome.Result, "failed"))
		})
	}
}

func TestRemoteScriptOnTwoPorts(t *testing.T) {
	first, second := startServer(t, sshtest.Config{}), startServer(t, sshtest.Config{})
	options := known(t, first, second)
	options.MaxParallelHosts = 2
	status, result := run(t, closedAtEnd(t, runner.RemoteShellScript(options)), scriptCall("show.sh", &petrel.Pack{Files: packFiles},
		"hosts", on(first, second), "password", testPassword, "dir", t.TempDir()))
	require.Equal(t, petrel.StatusSucceeded, status, result)
}

func TestRemoteScriptNotFound(t *testing.T) {
	r := closedAtEnd(t, runner.RemoteShellScript(known(t)))
	_, err := r.Run(t.Context(), scriptCall("missing.sh", &petrel.Pack{Files: packFiles}, "hosts", "nowhere"))
	require.ErrorIs(t, err, runner.ErrScriptNotFound)
}
