//go:build !unix

package runner

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

type process struct {
	command        *exec.Cmd
	stdin          string
	stdout, stderr *output
	grace          time.Duration
	sudo           sudo
}

func (*process) run(context.Context) (int, bool, error) {
	return 0, false, fmt.Errorf("%w: local shell commands on %s; use a remote runner or an action written in Go", ErrUnsupported, runtime.GOOS)
}
