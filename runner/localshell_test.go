//go:build unix

package runner_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/runner"
)

func TestLocalCommandOutcomes(t *testing.T) {
	r := runner.LocalShellCommand(runner.Shell{})
	ok := func(stdout string) string {
		return `{"failed":false,"succeeded":true,"return_code":0,"stdout":` + stdout + `,"stderr":""}`
	}
	tests := []struct {
		name, cmd string
		status    petrel.Status
		result    string
	}{
		{"one line end is removed", `printf 'a\n\n'`, petrel.StatusSucceeded, ok(`"a\n"`)},
		{"line end of DOS", `printf 'a\r\n'`, petrel.StatusSucceeded, ok(`"a"`)},
		{"carriage return alone", `printf 'a\r'`, petrel.StatusSucceeded, ok(`"a"`)},
		{"order of CR and LF", `printf 'a\n\r'`, petrel.StatusSucceeded, ok(`"a\n"`)},
		{"JSON object keeps its order", `echo '{"b": 1, "a": [true, null]}'`, petrel.StatusSucceeded, ok(`{"b":1,"a":[true,null]}`)},
		{"JSON number", `echo 42`, petrel.StatusSucceeded, ok(`42`)},
		{"JSON text", `echo '"x"'`, petrel.StatusSucceeded, ok(`"x"`)},
		{"JSON null", `echo ' null '`, petrel.StatusSucceeded, ok(`null`)},
		{"large integer", `echo 123456789012345678901234567890`, petrel.StatusSucceeded, ok(`123456789012345678901234567890`)},
		{"NaN is no JSON", `echo NaN`, petrel.StatusSucceeded, ok(`"NaN"`)},
		{"JSON and more", `echo '{"a": 1} x'`, petrel.StatusSucceeded, ok(`"{\"a\": 1} x"`)},
		{"nothing", ``, petrel.StatusSucceeded, ok(`""`)},
		{"not UTF-8", `printf 'a\377b'`, petrel.StatusSucceeded, ok(`"a` + "\uFFFD" + `b"`)},
		{"no standard input", `cat`, petrel.StatusSucceeded, ok(`""`)},
		{"standard error", `echo '[1]' >&2`, petrel.StatusSucceeded,
			`{"failed":false,"succeeded":true,"return_code":0,"stdout":"","stderr":[1]}`},
		{"exit code", `exit 3`, petrel.StatusFailed,
			`{"failed":true,"succeeded":false,"return_code":3,"stdout":"","stderr":""}`},
		{"terminated", `kill -15 $$`, petrel.StatusAbandoned,
			`{"failed":true,"succeeded":false,"return_code":-15,"stdout":"","stderr":""}`},
		{"killed", `kill -9 $$`, petrel.StatusTimeout,
			`{"failed":true,"succeeded":false,"return_code":-9,"stdout":"","stderr":"","error":"the command was killed by SIGKILL, which counts as a timeout"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, result := run(t, r, newCall("cmd", test.cmd))
			require.Equal(t, test.status, status)
			require.Equal(t, test.result, result)
		})
	}
	t.Run("unknown program", func(t *testing.T) {
		outcome, err := r.Run(t.Context(), newCall("cmd", "no-such-program"))
		require.NoError(t, err)
		require.Equal(t, petrel.StatusFailed, outcome.Status)
		require.Equal(t, int64(127), member(t, outcome.Result, "return_code"))
		require.Equal(t, "", member(t, outcome.Result, "stdout"))
	})
}

func TestLocalCommandMistakes(t *testing.T) {
	r := runner.LocalShellCommand(runner.Shell{})
	withEntryPoint := newCall("cmd", "true")
	withEntryPoint.Action.EntryPoint = "x.sh"
	tests := []struct {
		name string
		call *petrel.Call
		want string
	}{
		{"no command", newCall(), "cmd is missing"},
		{"entry point", withEntryPoint, `has the entry_point "x.sh"`},
		{"no such directory", newCall("cmd", "true", "cwd", "/no/such/directory"), "cwd: stat /no/such/directory"},
		{"directory is a file", newCall("cmd", "true", "cwd", "/etc/passwd"), "cwd: /etc/passwd is not a directory"},
		{"variable is a number", newCall("cmd", "true", "env", pyvalue.MapOf("A", int64(1))), "env.A: must be a string and not int"},
		{"name of a variable", newCall("cmd", "true", "env", pyvalue.MapOf("A=B", "1")), "env: 'A=B' is not the name"},
		{"timeout", newCall("cmd", "true", "timeout", "soon"), "timeout: must be a number of seconds and not str"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := r.Run(t.Context(), test.call)
			require.ErrorIs(t, err, petrel.ErrInvalidParameters)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestLocalCommandEnvironment(t *testing.T) {
	t.Setenv("FROM_PROCESS", "process")
	t.Setenv("IN_BOTH", "process")
	r := runner.LocalShellCommand(runner.Shell{API: runner.API{
		URL: "https://ops.example.com/api/",
		Token: func(_ context.Context, call *petrel.Call) (petrel.Secret, error) {
			return petrel.Secret("token-of-" + call.Execution.ID), nil
		},
	}})
	call := newCall("cwd", "/", "env", pyvalue.MapOf("IN_BOTH", "it's given", "ST2_ACTION_PACK_NAME", "forged"),
		"cmd", `echo "$FROM_PROCESS|$IN_BOTH|$ST2_ACTION_PACK_NAME|$ST2_ACTION_EXECUTION_ID|$ST2_ACTION_API_URL|$ST2_ACTION_AUTH_TOKEN|$ST2_ACTION_DEBUG|$PWD"`)
	outcome, err := r.Run(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, "process|it's given|demo|"+testID+"|https://ops.example.com/api/v1|token-of-"+testID+"|False|/",
		member(t, outcome.Result, "stdout"))

	outcome, err = runner.LocalShellCommand(runner.Shell{}).Run(t.Context(), newCall("cmd", `env | grep -c -e ST2_ACTION_AUTH_TOKEN -e API_URL`))
	require.NoError(t, err)
	require.Equal(t, int64(0), member(t, outcome.Result, "stdout"), "variables without a value are absent")
}

func TestLocalCommandStreams(t *testing.T) {
	r := runner.LocalShellCommand(runner.Shell{})
	var seen recorder
	call := newCall("cmd", `echo one; printf tw; sleep 0.1; echo o; sleep 0.1; echo bad >&2; sleep 0.1; printf end`)
	call.Output = seen.record
	_, result := run(t, r, call)
	require.Contains(t, result, `"stdout":"one\ntwo\nend"`)
	require.Equal(t, []string{"stdout:one\n", "stdout:two\n", "stderr:bad\n", "stdout:end"}, seen.pieces)
}

func TestLocalCommandOutputIsBounded(t *testing.T) {
	r := runner.LocalShellCommand(runner.Shell{MaxOutput: 1000})
	var seen recorder
	call := newCall("cmd", `head -c 5000 /dev/zero | tr '\0' 7; printf 12 >&2`)
	call.Output = seen.record
	outcome, err := r.Run(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, petrel.StatusSucceeded, outcome.Status)
	require.Equal(t, strings.Repeat("7", 1000), member(t, outcome.Result, "stdout"), "a part of a number is not a number")
	require.Equal(t, int64(12), member(t, outcome.Result, "stderr"))
	require.Equal(t, `{"stdout":4000}`, encode(t, member(t, outcome.Result, "truncated")))
	require.Contains(t, seen.pieces, "stdout:"+strings.Repeat("7", 1000))
}

func TestLocalCommandLongLinesArePublishedInPieces(t *testing.T) {
	var seen recorder
	call := newCall("cmd", `head -c 200000 /dev/zero | tr '\0' x`)
	call.Output = seen.record
	_, _ = run(t, runner.LocalShellCommand(runner.Shell{}), call)
	require.Len(t, seen.pieces, 4)
	total := 0
	for _, piece := range seen.pieces {
		total += len(strings.TrimPrefix(piece, "stdout:"))
	}
	require.Equal(t, 200000, total)
}

// The processes of the command write their ids to a file, so that the test can
// see whether they are still there.
func TestLocalCommandTimeoutEndsAllProcesses(t *testing.T) {
	tests := map[string]string{
		"plain":                          `sleep 60`,
		"child in the background":        `sleep 60 & echo $! >> pids; wait`,
		"shell has gone, pipe is held":   `sleep 60 & echo $! >> pids`,
		"ignores SIGTERM":                `trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo $! >> pids; while :; do sleep 1; done`,
		"group of its own":               `timeout 60 sleep 61 & echo $! >> pids; wait`,
		"output closed, still running":   `exec >&- 2>&-; sleep 60`,
		"output closed, ignores SIGTERM": `exec >&- 2>&-; trap '' TERM; while :; do sleep 1; done`,
	}
	for name, cmd := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			r := runner.LocalShellCommand(runner.Shell{KillGrace: 300 * time.Millisecond})
			begun := time.Now()
			outcome, err := r.Run(t.Context(), newCall("cmd", "echo $$ > pids; echo part; "+cmd, "cwd", dir, "timeout", int64(1)))
			require.NoError(t, err)
			require.Equal(t, petrel.StatusTimeout, outcome.Status)
			require.Equal(t, int64(-9), member(t, outcome.Result, "return_code"))
			require.Equal(t, "part", member(t, outcome.Result, "stdout"))
			require.Contains(t, member(t, outcome.Result, "error"), "no end after 1s (parameter timeout)")
			require.Less(t, time.Since(begun), 10*time.Second)
			requireGone(t, dir)
		})
	}
}

func TestLocalCommandTimeoutLosesPipeHolders(t *testing.T) {
	// A process that has left the session cannot be found, but it must not
	// hold up the execution.
	dir := t.TempDir()
	r := runner.LocalShellCommand(runner.Shell{KillGrace: 100 * time.Millisecond})
	outcome, err := r.Run(t.Context(), newCall("cmd", `echo x; setsid sh -c 'echo $$ > pids; exec sleep 20' &`, "cwd", dir, "timeout", int64(2)))
	require.NoError(t, err)
	require.Equal(t, petrel.StatusTimeout, outcome.Status)
	require.Equal(t, "x", member(t, outcome.Result, "stdout"))
	for _, pid := range pids(t, dir) {
		require.NoError(t, syscall.Kill(-pid, syscall.SIGKILL))
	}
}

func TestLocalCommandTimeoutZero(t *testing.T) {
	status, result := run(t, runner.LocalShellCommand(runner.Shell{}), newCall("cmd", "echo x", "timeout", int64(0)))
	require.Equal(t, petrel.StatusTimeout, status)
	require.Contains(t, result, `"return_code":-9,"stdout":"","stderr":""`)
}

func TestLocalCommandDetachedProcessSurvives(t *testing.T) {
	dir := t.TempDir()
	status, _ := run(t, runner.LocalShellCommand(runner.Shell{}),
		newCall("cmd", `sleep 30 > /dev/null 2>&1 & echo $! > pids`, "cwd", dir))
	require.Equal(t, petrel.StatusSucceeded, status)
	for _, pid := range pids(t, dir) {
		require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	}
}

func TestLocalCommandCancel(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	call := newCall("cmd", "echo $$ > pids; echo begun; sleep 60", "cwd", dir)
	call.Output = func(string, []byte) { cancel() }
	begun := time.Now()
	outcome, err := runner.LocalShellCommand(runner.Shell{}).Run(ctx, call)
	require.NoError(t, err)
	require.Equal(t, petrel.StatusCanceled, outcome.Status)
	require.Equal(t, "begun", member(t, outcome.Result, "stdout"))
	require.Less(t, time.Since(begun), 10*time.Second)
	requireGone(t, dir)
}

func pids(t *testing.T, dir string) []int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "pids"))
	require.NoError(t, err)
	var pids []int
	for _, field := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(field)
		require.NoError(t, err)
		pids = append(pids, pid)
	}
	require.NotEmpty(t, pids)
	return pids
}

func requireGone(t *testing.T, dir string) {
	t.Helper()
	for _, pid := range pids(t, dir) {
		require.Eventually(t, func() bool {
			return syscall.Kill(pid, 0) == syscall.ESRCH || isZombie(pid)
		}, 5*time.Second, 20*time.Millisecond, "process %d is still there", pid)
	}
}

// isZombie reports whether a process has ended and only waits for whoever
// adopted it to notice.
func isZombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(rest, "Z")
}

// fakeSudo puts a program sudo into the path that shows how it was called.
func fakeSudo(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sudo"), []byte("#!/bin/bash\n"+script), 0o755))
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

func TestLocalCommandSudo(t *testing.T) {
	fakeSudo(t, `printf '<%s>' "$@"; [ "$1" = -S ] && { read -r p; printf '(%s)' "$p"; }; exit 0`)
	r := runner.LocalShellCommand(runner.Shell{})
	_, result := run(t, r, newCall("cmd", "echo it's", "sudo", true))
	require.Contains(t, result, encode(t, "<-E><--><bash><-c><echo it's>"))
	_, result = run(t, r, newCall("cmd", "id", "sudo", true, "sudo_password", "s3cret word"))
	require.Contains(t, result, encode(t, "<-S><-E><--><bash><-c><id>(s3cret word)"))
	_, result = run(t, runner.LocalShellCommand(runner.Shell{SystemUser: "stanley"}), newCall("cmd", "id"))
	require.Contains(t, result, encode(t, "<-E><-H><-u><stanley><--><bash><-c><id>"))
}

func TestLocalCommandWrongSudoPassword(t *testing.T) {
	fakeSudo(t, `echo 'sudo: 1 incorrect password attempt' >&2; exit 1`)
	status, result := run(t, runner.LocalShellCommand(runner.Shell{}), newCall("cmd", "id", "sudo", true, "sudo_password", "s3cret"))
	require.Equal(t, petrel.StatusFailed, status)
	require.Contains(t, result, `"return_code":-1`)
	require.Contains(t, result, `"error":"sudo_password is wrong`)
	require.NotContains(t, result, "s3cret")
}
