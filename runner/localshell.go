package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"regexp"
	"time"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/parameters"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// Shell says how the local runners run commands. The zero value is ready for use.
type Shell struct {
	// Path is the shell that reads the commands. Empty means bash, which is what
	// packs are written for, or /bin/sh where there is no bash.
	Path string
	// SystemUser is the user that commands run as, by way of sudo, unless they
	// ask for sudo themselves. Empty means the user of this process.
	SystemUser string
	// MaxOutput is how many bytes of standard output, and as many of standard
	// error, are kept; 0 means 10 MiB. What is more is dropped and counted in
	// the member "truncated" of the result.
	MaxOutput int64
	// KillGrace is how long the processes of a command get to end by themselves
	// after SIGTERM, before SIGKILL; 0 means two seconds.
	KillGrace time.Duration
	API       API
}

const (
	defaultKillGrace  = 2 * time.Second
	drainTime         = time.Second // for killed processes to close their ends of pipes
	killedCode        = -9
	terminatedCode    = -15
	badPasswordCode   = -1
	maxPasswordLength = 4096
)

// LocalShellCommand returns the runner local-shell-cmd, which runs the shell
// command in the parameter cmd on this machine.
//
// A command runs in a session of its own, with an empty standard input. When
// its time is over or the execution is canceled, all its processes are ended.
// Bytes of output that are not UTF-8 become U+FFFD.
func LocalShellCommand(shell Shell) petrel.Runner {
	return &localShell{shell: shell, spec: petrel.RunnerSpec{
		Name:        "local-shell-cmd",
		Description: "Runs a shell command on this machine.",
		Aliases:     []string{"run-local"},
		Parameters:  schema.MustParseParameters(localCommandParameters),
	}}
}

// LocalShellScript returns the runner local-shell-script, which runs the entry
// point of the action with the action's parameters as arguments, as
// [LocalShellCommand] runs commands. A pack that is not on disk has its script,
// and the directory lib beside it, copied to a temporary directory.
func LocalShellScript(shell Shell) petrel.Runner {
	return &localShell{shell: shell, script: true, spec: petrel.RunnerSpec{
		Name:        "local-shell-script",
		Description: "Runs a script of the pack on this machine.",
		Aliases:     []string{"run-local-script"},
		Parameters:  schema.MustParseParameters(localScriptParameters),
	}}
}

type localShell struct {
	shell  Shell
	script bool
	spec   petrel.RunnerSpec
}

func (l *localShell) Spec() petrel.RunnerSpec { return l.spec }

func (l *localShell) Run(ctx context.Context, call *petrel.Call) (petrel.Outcome, error) {
	timeout, err := seconds(call.RunnerParameters, "timeout")
	if err != nil {
		return petrel.Outcome{}, err
	}
	cwd, err := optionalText(call.RunnerParameters, "cwd")
	if err != nil {
		return petrel.Outcome{}, err
	}
	if err := checkDirectory(cwd); err != nil {
		return petrel.Outcome{}, err
	}
	env, err := environmentOf(ctx, call, l.shell.API)
	if err != nil {
		return petrel.Outcome{}, err
	}
	rights, err := l.sudo(call)
	if err != nil {
		return petrel.Outcome{}, err
	}
	command, release, err := l.command(ctx, call, rights)
	if err != nil {
		return petrel.Outcome{}, err
	}
	defer release()

	stdout, stderr := outputsOf(call, l.shell.MaxOutput, true)
	p := &process{
		command: exec.Command(l.path(), "-c", rights.wrap(command)),
		stdin:   rights.stdin(),
		stdout:  stdout,
		stderr:  stderr,
		grace:   l.shell.KillGrace,
		sudo:    rights,
	}
	if p.grace <= 0 {
		p.grace = defaultKillGrace
	}
	p.command.Dir = cwd
	p.command.Env = env.list(os.Environ())

	code, cut := killedCode, true
	if timeout > 0 {
		limited, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		if code, cut, err = p.run(limited); err != nil {
			return petrel.Outcome{}, fmt.Errorf("starting %s: %w", l.path(), err)
		}
	}
	return localOutcome(ctx, code, cut, timeout, p, rights), nil
}

// command returns the text for the shell.
func (l *localShell) command(ctx context.Context, call *petrel.Call, rights sudo) (text string, release func(), err error) {
	if !l.script {
		text, err := commandText(call)
		return text, func() {}, err
	}
	prefix, err := argumentPrefix(call)
	if err != nil {
		return "", nil, err
	}
	arguments, err := parameters.Arguments(call.Action.Parameters, call.Parameters, prefix)
	if err != nil {
		return "", nil, err
	}
	found, err := openScript(ctx, call)
	if err != nil {
		return "", nil, err
	}
	file, err := found.onDisk(rights.user != "")
	if err != nil {
		found.release()
		return "", nil, err
	}
	makeExecutable(file)
	return scriptCommand(file, arguments), found.release, nil
}

// commandText returns the parameter cmd of a runner that runs commands.
func commandText(call *petrel.Call) (string, error) {
	if call.Action.EntryPoint != "" {
		return "", invalid("action %s: has the entry_point %q, but the runner %s takes none; did you mean the runner for scripts?",
			call.Action.Ref(), call.Action.EntryPoint, call.Action.Runner)
	}
	if optional(call.RunnerParameters, "cmd") == nil {
		return "", invalid("action %s: cmd is missing", call.Action.Ref())
	}
	return optionalText(call.RunnerParameters, "cmd")
}

// argumentPrefix returns what stands before the names of a script's arguments.
func argumentPrefix(call *petrel.Call) (string, error) {
	if optional(call.RunnerParameters, "kwarg_op") == nil {
		return "--", nil
	}
	return optionalText(call.RunnerParameters, "kwarg_op")
}

func (l *localShell) sudo(call *petrel.Call) (sudo, error) {
	rights, err := sudoOf(call)
	if err != nil || rights.enabled || l.shell.SystemUser == "" {
		return rights, err
	}
	current, err := user.Current()
	if err != nil {
		return rights, err
	}
	if current.Username != l.shell.SystemUser {
		rights.user = l.shell.SystemUser
	}
	return rights, nil
}

func sudoOf(call *petrel.Call) (sudo, error) {
	password, err := optionalText(call.RunnerParameters, "sudo_password")
	if err == nil && len(password) > maxPasswordLength {
		err = invalid("sudo_password: longer than %d bytes", maxPasswordLength)
	}
	return sudo{
		enabled:  optionalFlag(call.RunnerParameters, "sudo", false),
		password: petrel.Secret(password),
	}, err
}

func (l *localShell) path() string {
	if l.shell.Path != "" {
		return l.shell.Path
	}
	if bash, err := exec.LookPath("bash"); err == nil {
		return bash
	}
	return "/bin/sh"
}

func checkDirectory(dir string) error {
	if dir == "" {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return invalid("cwd: %w", err)
	}
	if !info.IsDir() {
		return invalid("cwd: %s is not a directory", dir)
	}
	return nil
}

var wrongPassword = regexp.MustCompile(`sudo: \d+ incorrect password attempt`)

func localOutcome(ctx context.Context, code int, cut bool, timeout time.Duration, p *process, rights sudo) petrel.Outcome {
	status, problem := petrel.StatusFailed, ""
	switch {
	case cut && ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		status, problem = petrel.StatusCanceled, "canceled; the command was ended"
	case cut:
		code, status = killedCode, petrel.StatusTimeout
		problem = fmt.Sprintf("no end after %s (parameter timeout); the command was ended", timeout)
	case code == killedCode:
		status, problem = petrel.StatusTimeout, "the command was killed by SIGKILL, which counts as a timeout"
	case code == terminatedCode:
		status = petrel.StatusAbandoned
	case code == 0:
		status = petrel.StatusSucceeded
	case rights.stdin() != "" && wrongPassword.Match(p.stderr.kept):
		code, problem = badPasswordCode, "sudo_password is wrong, or sudo is not set up for this user"
	}
	result := pyvalue.MapOf(
		"failed", code != 0,
		"succeeded", code == 0,
		"return_code", int64(code),
		"stdout", p.stdout.value(),
		"stderr", p.stderr.value(),
	)
	if problem != "" {
		result.SetString("error", problem)
	}
	addTruncation(result, p.stdout, p.stderr)
	return petrel.Outcome{Status: status, Result: result}
}
