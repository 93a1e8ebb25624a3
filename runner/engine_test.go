//go:build unix

package runner_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/internal/sshtest"
	"github.com/petrel-dev/petrel/runner"
	"github.com/petrel-dev/petrel/schema"
)

// The runners see parameters the way the engine hands them over: those of the
// pack's action cast and merged with those of the runner.
func TestRunnersInAnEngine(t *testing.T) {
	server := startServer(t, sshtest.Config{})
	web, seen := echoServer(t, nil)
	eng, err := petrel.New(petrel.WithRunners(runner.Configured(runner.Shell{}, known(t, server), runner.HTTP{})...))
	require.NoError(t, err)
	require.NoError(t, eng.RegisterPack(petrel.Pack{
		Ref:   "demo",
		Files: packFiles,
		Actions: []petrel.Action{
			{Pack: "demo", Name: "echo", Runner: "local-shell-cmd", Parameters: schema.MustParseParameters(`{
				"message": {"type": "string", "required": true},
				"cmd": {"default": "echo \"{{ message }}\"", "immutable": true},
				"sudo": {"immutable": true}}`)},
			{Pack: "demo", Name: "remote", Runner: "remote-shell-cmd", Parameters: schema.MustParseParameters(`{"cmd": {"required": true}}`)},
			{Pack: "demo", Name: "show", Runner: "local-shell-script", EntryPoint: "show.sh", Parameters: schema.MustParseParameters(showParameters)},
			{Pack: "demo", Name: "missing", Runner: "local-shell-script", EntryPoint: "missing.sh"},
			{Pack: "demo", Name: "http", Runner: "http-request", Parameters: schema.MustParseParameters(`{
				"method": {"type": "string", "enum": ["GET", "POST"]},
				"body": {"type": "string"},
				"timeout": {"type": "number", "default": 60}}`)},
			{Pack: "demo", Name: "noop", Runner: "noop"},
		},
	}))
	require.NoError(t, eng.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, eng.Stop(context.Background())) })

	tests := []struct {
		action     string
		parameters map[string]any
		status     petrel.Status
		result     string // a part of it
	}{
		{"demo.echo", map[string]any{"message": "hello"}, petrel.StatusSucceeded, `"stdout":"hello"`},
		{"demo.echo", map[string]any{"message": "late; sleep 9", "timeout": 0}, petrel.StatusTimeout, `"return_code":-9`},
		{"demo.echo", map[string]any{"message": "x", "env": map[string]any{"A": 1}}, petrel.StatusFailed, `env.A: must be a string`},
		{"demo.remote", map[string]any{"cmd": "exit 4", "hosts": server.Address(), "password": testPassword}, petrel.StatusFailed, `"127.0.0.1":{"stdout":"","stderr":"","return_code":4`},
		{"demo.remote", map[string]any{"cmd": "exit 4", "hosts": "127.0.0.1:1", "password": testPassword}, petrel.StatusFailed, `{"error":"host unreachable: 127.0.0.1:1`},
		{"demo.show", map[string]any{"first": "1", "second": []any{"2"}, "flag": true}, petrel.StatusSucceeded, `<--flag><1><2>`},
		{"demo.missing", nil, petrel.StatusFailed, `script not found: actions/missing.sh`},
		{"demo.http", map[string]any{"url": web.URL, "body": "ping"}, petrel.StatusSucceeded, `"status_code":200`},
		{"demo.noop", nil, petrel.StatusSucceeded, `{"failed":false,"succeeded":true,"return_code":0}`},
	}
	for _, test := range tests {
		t.Run(test.action, func(t *testing.T) {
			x, err := eng.Execute(t.Context(), test.action, test.parameters)
			require.NoError(t, err)
			x, err = eng.Wait(t.Context(), x.ID)
			require.NoError(t, err)
			require.Equal(t, test.status, x.Status, string(x.Result))
			require.Contains(t, string(x.Result), test.result)
		})
	}
	require.Equal(t, "ping", seen.Body)
}
