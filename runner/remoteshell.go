package runner

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/parameters"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// RemoteShellCommand returns the runner remote-shell-cmd, which runs the shell
// command in the parameter cmd on other machines over SSH. It keeps connections
// open for later executions until it is closed; it is an [io.Closer].
//
// The result has a member for every host. When no host at all can be connected
// to, or a script cannot be copied to any, Run returns an error as well, for
// which [ErrUnreachable], [ErrHostKey] or [ErrAuthentication] holds.
func RemoteShellCommand(options SSH) petrel.Runner {
	return newRemoteShell(options, newConnections(options), false)
}

// RemoteShellScript returns the runner remote-shell-script, which copies the
// entry point of the action and the directory lib beside it to other machines,
// runs it there with the action's parameters as arguments, and removes it. For
// the rest see [RemoteShellCommand].
func RemoteShellScript(options SSH) petrel.Runner {
	return newRemoteShell(options, newConnections(options), true)
}

type remoteShell struct {
	options SSH
	script  bool
	spec    petrel.RunnerSpec
	*connections
}

func newRemoteShell(options SSH, shared *connections, script bool) *remoteShell {
	r := &remoteShell{options: options, connections: shared, script: script}
	if script {
		r.spec = petrel.RunnerSpec{
			Name:        "remote-shell-script",
			Description: "Runs a script of the pack on other machines over SSH.",
			Aliases:     []string{"run-remote-script"},
			Parameters:  schema.MustParseParameters(remoteScriptParameters),
		}
		return r
	}
	r.spec = petrel.RunnerSpec{
		Name:        "remote-shell-cmd",
		Description: "Runs a shell command on other machines over SSH.",
		Aliases:     []string{"run-remote"},
		Parameters:  schema.MustParseParameters(remoteCommandParameters),
	}
	return r
}

func (r *remoteShell) Spec() petrel.RunnerSpec { return r.spec }

func (r *remoteShell) Run(ctx context.Context, call *petrel.Call) (petrel.Outcome, error) {
	plan, err := r.plan(ctx, call)
	if err != nil {
		return petrel.Outcome{}, err
	}
	defer plan.release()
	parallel := optionalFlag(call.RunnerParameters, "parallel", false)
	slots := make(chan struct{}, r.options.parallel(len(plan.hosts), parallel))
	results := make([]hostResult, len(plan.hosts))
	var running sync.WaitGroup
	for i, h := range plan.hosts {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			results[i] = plan.runOn(ctx, h)
		})
	}
	running.Wait()
	return plan.outcome(ctx, results)
}

// remotePlan is what one execution does on each of its hosts.
type remotePlan struct {
	runner   *remoteShell
	call     *petrel.Call
	hosts    []host
	login    login // without the host
	env      environment
	sudo     sudo
	timeout  time.Duration
	cwd      string
	command  string  // of a runner for commands
	script   *script // of a runner for scripts
	argument []string
	dir      string // on the hosts, for the script's own directory
}

func (r *remoteShell) plan(ctx context.Context, call *petrel.Call) (*remotePlan, error) {
	p := &remotePlan{runner: r, call: call, cwd: "/tmp", dir: "/tmp"}
	port, err := portOf(call)
	if err != nil {
		return nil, err
	}
	hosts, err := optionalText(call.RunnerParameters, "hosts")
	if err != nil {
		return nil, err
	}
	if p.hosts = parseHosts(hosts, port); len(p.hosts) == 0 {
		return nil, invalid("hosts: the list is empty")
	}
	if p.login, err = r.options.loginOf(call, port); err != nil {
		return nil, err
	}
	if p.env, err = environmentOf(ctx, call, r.options.API); err != nil {
		return nil, err
	}
	if p.sudo, err = sudoOf(call); err != nil {
		return nil, err
	}
	if p.timeout, err = seconds(call.RunnerParameters, "timeout"); err != nil {
		return nil, err
	}
	for name, setting := range map[string]*string{"cwd": &p.cwd, "dir": &p.dir} {
		if text, err := optionalText(call.RunnerParameters, name); err != nil {
			return nil, err
		} else if text != "" {
			*setting = text
		}
	}
	if !r.script {
		p.command, err = commandText(call)
		return p, err
	}
	prefix, err := argumentPrefix(call)
	if err != nil {
		return nil, err
	}
	if p.argument, err = parameters.Arguments(call.Action.Parameters, call.Parameters, prefix); err != nil {
		return nil, err
	}
	p.script, err = openScript(ctx, call)
	return p, err
}

func portOf(call *petrel.Call) (int, error) {
	switch value := pyvalue.Canonical(optional(call.RunnerParameters, "port")).(type) {
	case nil:
		return 22, nil
	case int64:
		if value > 0 && value <= math.MaxUint16 {
			return int(value), nil
		}
		return 0, invalid("port: %d is not a port", value)
	default:
		return 0, invalid("port: must be an integer and not %s", pyvalue.TypeName(value))
	}
}

func (p *remotePlan) release() {
	if p.script != nil {
		p.script.release()
	}
}

// text returns the command line that runs a command in a directory, which is quoted already.
func (p *remotePlan) text(dir, command string) string {
	return p.sudo.wrap(p.env.export() + " && cd " + dir + " && " + command)
}

// hostResult is what became of the execution on one host.
type hostResult struct {
	result *pyvalue.Map
	// err says why the command did not run, or was cut short.
	err error
	// began is set when the command has been started.
	began   bool
	timeout bool
}

func (r hostResult) succeeded() bool {
	succeeded, _ := r.result.GetString("succeeded")
	return succeeded == true
}

// runOn runs the command or the script on one host.
func (p *remotePlan) runOn(ctx context.Context, h host) hostResult {
	stdout, stderr := outputsOf(p.call, p.runner.options.MaxOutput, len(p.hosts) == 1)
	var r hostResult
	var code int
	if h.err != nil {
		r.err = h.err
	} else {
		l := p.login
		l.host = h
		if p.runner.script {
			code, r.began, r.err = p.runScript(ctx, l, stdout, stderr)
		} else {
			code, r.began, r.err = p.runCommand(ctx, l, stdout, stderr)
		}
	}
	stdout.close()
	stderr.close()
	if r.err == nil {
		r.result = pyvalue.MapOf("stdout", stdout.value(), "stderr", stderr.value(),
			"return_code", int64(code), "succeeded", code == 0, "failed", code != 0)
		addTruncation(r.result, stdout, stderr)
		return r
	}
	r.timeout = errors.Is(r.err, errCommandTimeout)
	code = 255
	if r.timeout {
		code = killedCode
	}
	message := p.redact(r.err)
	r.result = pyvalue.MapOf("failed", true, "succeeded", false, "timeout", r.timeout, "return_code", int64(code),
		"stdout", stdout.value(), "stderr", stderr.value(), "error", message, "traceback", message)
	addTruncation(r.result, stdout, stderr)
	return r
}

func (p *remotePlan) redact(err error) string {
	return redact(err.Error(), p.env.token, p.sudo.password, p.login.credential.password, p.login.credential.passphrase)
}

// outcome puts together what happened on all hosts. Statuses of mixed results
// are StackStorm's: the first host that failed decides, and the execution timed
// out only if that host and all before it have.
func (p *remotePlan) outcome(ctx context.Context, results []hostResult) (petrel.Outcome, error) {
	if err := p.failure(results); err != nil && ctx.Err() == nil {
		text := p.redact(err)
		return petrel.Outcome{
			Status: petrel.StatusFailed,
			Result: pyvalue.MapOf("error", text, "traceback", text, "failed", true, "succeeded", false, "return_code", int64(255)),
		}, err
	}
	merged := pyvalue.NewMap(len(results))
	succeeded, timeout := !p.runner.options.AllowPartialFailure, true
	for i, r := range results {
		merged.SetString(p.hosts[i].key, r.result)
	}
	for _, r := range results {
		timeout = timeout && r.timeout
		if p.runner.options.AllowPartialFailure && r.succeeded() {
			succeeded = true
			break
		}
		if !p.runner.options.AllowPartialFailure && !r.succeeded() {
			succeeded = false
			break
		}
	}
	status := petrel.StatusFailed
	switch {
	case succeeded:
		status = petrel.StatusSucceeded
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		status = petrel.StatusCanceled
	case timeout || ctx.Err() != nil:
		status = petrel.StatusTimeout
	}
	return petrel.Outcome{Status: status, Result: merged}, nil
}

// failure returns the errors of all hosts if the command began on none of them.
func (p *remotePlan) failure(results []hostResult) error {
	var all []error
	for _, r := range results {
		if r.began || r.err == nil {
			return nil
		}
		all = append(all, &hostError{text: p.redact(r.err), err: r.err})
	}
	if len(all) == 1 {
		return all[0]
	}
	return fmt.Errorf("none of the %d hosts could be used:\n%w", len(all), errors.Join(all...))
}

// hostError is an error whose text holds no secrets.
type hostError struct {
	text string
	err  error
}

func (e *hostError) Error() string { return e.text }
func (e *hostError) Unwrap() error { return e.err }
