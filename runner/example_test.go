package runner_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing/fstest"
	"time"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/runner"
)

// show prints status and result of a run.
func show(outcome petrel.Outcome) {
	result, err := json.Marshal(outcome.Result)
	fmt.Println(outcome.Status, string(result), err)
}

func ExampleStandard() {
	for _, r := range runner.Standard() {
		fmt.Println(r.Spec().Name)
	}
	// Output:
	// local-shell-cmd
	// local-shell-script
	// remote-shell-cmd
	// remote-shell-script
	// http-request
	// noop
}

func ExampleConfigured() {
	runners := runner.Configured(
		runner.Shell{MaxOutput: 1 << 20},
		runner.SSH{User: "ops", KeyFile: "~/.ssh/ops", HostKeys: runner.TrustOnFirstUse, MaxParallelHosts: 10},
		runner.HTTP{UserAgent: "mymonitor/1.0"},
	)
	fmt.Println(len(runners))
	// Output: 6
}

func ExampleLocalShellCommand() {
	r := runner.LocalShellCommand(runner.Shell{})
	outcome, err := r.Run(context.Background(), &petrel.Call{
		RunnerParameters: pyvalue.MapOf("cmd", `echo '{"load": 0.5}'`, "timeout", int64(5)),
	})
	if err != nil {
		fmt.Println(err)
	}
	show(outcome)
	// Output: succeeded {"failed":false,"succeeded":true,"return_code":0,"stdout":{"load":0.5},"stderr":""} <nil>
}

func ExampleLocalShellScript() {
	r := runner.LocalShellScript(runner.Shell{})
	pack := &petrel.Pack{Ref: "demo", Files: fstest.MapFS{
		"actions/greet.sh": {Data: []byte("#!/bin/sh\necho hello from $ST2_ACTION_PACK_NAME\n")},
	}}
	outcome, err := r.Run(context.Background(), &petrel.Call{
		Action: petrel.Action{Pack: "demo", Name: "greet", EntryPoint: "greet.sh"},
		Pack:   pack,
	})
	if err != nil {
		fmt.Println(err)
	}
	show(outcome)

	_, err = r.Run(context.Background(), &petrel.Call{
		Action: petrel.Action{Pack: "demo", Name: "part", EntryPoint: "part.sh"},
		Pack:   pack,
	})
	fmt.Println(errors.Is(err, runner.ErrScriptNotFound), err)
	// Output:
	// succeeded {"failed":false,"succeeded":true,"return_code":0,"stdout":"hello from demo","stderr":""} <nil>
	// true script not found: actions/part.sh
}

func ExampleRemoteShellCommand() {
	r := runner.RemoteShellCommand(runner.SSH{ConnectTimeout: time.Second})
	_, err := r.Run(context.Background(), &petrel.Call{
		RunnerParameters: pyvalue.MapOf("hosts", "127.0.0.1:1", "cmd", "uptime", "username", "ops", "password", "secret"),
	})
	fmt.Println(errors.Is(err, runner.ErrUnreachable))
	// Output: true
}

func ExampleRemoteShellScript() {
	r := runner.RemoteShellScript(runner.SSH{User: "ops", KeyFile: "~/.ssh/ops"})
	fmt.Println(r.Spec().Name)
	// Output: remote-shell-script
}

func ExampleHTTPRequest() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"method": %q}`, r.Method)
	}))
	defer server.Close()
	outcome, err := runner.HTTPRequest(runner.HTTP{}).Run(context.Background(), &petrel.Call{
		RunnerParameters: pyvalue.MapOf("url", server.URL),
		Parameters:       pyvalue.MapOf("body", "ping"),
	})
	if err != nil {
		fmt.Println(err)
	}
	show(outcome)
	// Output: succeeded {"status_code":200,"body":{"method":"POST"},"parsed":true,"headers":{"Content-Length":"18","Content-Type":"application/json"}} <nil>
}

func ExampleNoop() {
	outcome, err := runner.Noop().Run(context.Background(), &petrel.Call{})
	if err != nil {
		fmt.Println(err)
	}
	show(outcome)
	// Output: succeeded {"failed":false,"succeeded":true,"return_code":0} <nil>
}
