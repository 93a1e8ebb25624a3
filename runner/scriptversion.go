package runner

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
)

const gitTimeout = time.Minute

// openVersion finds the entry point in the pack as it was at a revision, in a
// temporary worktree of the pack's git repository. The parameter debug keeps the worktree.
func openVersion(ctx context.Context, call *petrel.Call, revision string) (*script, error) {
	repository := call.Pack.Dir
	if strings.HasPrefix(revision, "-") {
		return nil, invalid("content_version: %q is not a revision", revision)
	}
	parent, err := os.MkdirTemp("", "petrel-worktree-")
	if err != nil {
		return nil, err
	}
	worktree := filepath.Join(parent, call.Action.Pack)
	if err := git(ctx, repository, "worktree", "add", "--detach", "--", worktree, revision); err != nil {
		os.RemoveAll(parent)
		return nil, invalid("content_version: pack %s at %q: %w", call.Action.Pack, revision, err)
	}
	release := func() {
		if pyvalue.Truth(optional(call.RunnerParameters, "debug")) {
			call.Logger.Info("worktree kept", "directory", worktree)
			return
		}
		// The run may have ended because ctx has. What git leaves is removed here,
		// and its record of the worktree lapses.
		_ = git(context.WithoutCancel(ctx), repository, "worktree", "remove", "--force", "--", worktree)
		os.RemoveAll(parent)
	}
	found, err := findScript(os.DirFS(worktree), worktree, call.Action.EntryPoint)
	if err != nil {
		release()
		return nil, err
	}
	found.release = release
	return found, nil
}

func git(ctx context.Context, dir string, arguments ...string) error {
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, "git", arguments...)
	command.Dir = dir
	command.WaitDelay = time.Second
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %s", arguments[0], err, strings.TrimSpace(string(out)))
	}
	return nil
}
