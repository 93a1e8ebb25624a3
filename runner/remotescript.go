package runner

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"time"

	"golang.org/x/crypto/ssh"
)

const (
	uploadTimeout  = 10 * time.Minute
	cleanupTimeout = 15 * time.Second
	scriptMode     = 0o744

	// hurriedCleanupTimeout holds when somebody waits for the end.
	hurriedCleanupTimeout = 3 * time.Second
)

// runScript copies the script of the plan to a host, runs it and removes it.
func (p *remotePlan) runScript(ctx context.Context, l login, stdout, stderr *output) (code int, began bool, err error) {
	pool := p.runner.connections
	var files remoteFiles
	c, err := pool.session(ctx, l, func(c *connection) (err error) {
		files, err = pool.openFiles(ctx, c)
		return err
	})
	if err != nil {
		return 0, false, err
	}
	defer pool.release(c)
	dir := path.Join(p.dir, p.call.Execution.ID)
	if l.host.key != l.host.name {
		dir += "-" + fmt.Sprint(l.host.port) // it may be the same machine
	}
	made, err := p.upload(ctx, c, files, dir)
	if made {
		defer p.remove(ctx, c, dir)
	}
	if err != nil {
		return 0, false, fmt.Errorf("%s: copying the script to %s: %w", l.host.address(), dir, err)
	}
	session, err := pool.newSession(ctx, c)
	if err != nil {
		return 0, false, fmt.Errorf("%w: %s: %w", ErrUnreachable, l.host.address(), err)
	}
	defer session.Close()
	script := path.Join(dir, path.Base(p.script.name))
	code, err = p.execute(ctx, l, c, session, p.text(quote(p.cwd), scriptCommand(script, p.argument)), stdout, stderr)
	return code, true, err
}

// upload makes the directory of the script on the host and fills it. It reports
// whether the directory is there, and closes files.
func (p *remotePlan) upload(ctx context.Context, c *connection, files remoteFiles, dir string) (made bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	stop := p.runner.abortWith(ctx, c, files.abort)
	defer func() {
		files.Close()
		stop()
		if cause := ctx.Err(); cause != nil {
			err = cause
		}
	}()
	if err := files.makeDirectory(dir, 0o700); err != nil {
		return false, err
	}
	if err := p.copy(files, p.script.target, path.Join(dir, path.Base(p.script.name)), scriptMode); err != nil {
		return true, err
	}
	if p.script.lib == "" {
		return true, nil
	}
	return true, walkFiles(p.script.files, p.script.lib, path.Join(dir, libFolder), func(from, to string, info fs.FileInfo) error {
		if info.IsDir() {
			return files.makeDirectory(to, 0o755)
		}
		return p.copy(files, from, to, info.Mode().Perm())
	})
}

func (p *remotePlan) copy(files remoteFiles, from, to string, mode fs.FileMode) error {
	f, err := p.script.files.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	return files.writeFile(to, f, mode)
}

// remove removes the directory of the script, even if ctx has ended.
func (p *remotePlan) remove(ctx context.Context, c *connection, dir string) {
	limit := cleanupTimeout
	if ctx.Err() != nil {
		limit = hurriedCleanupTimeout
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	session, err := p.runner.newSession(ctx, c)
	if err == nil {
		defer session.Close()
		err = p.runner.runIn(ctx, c, session, "rm -rf "+quote(dir))
	}
	if err != nil && p.call.Logger != nil {
		p.call.Logger.Warn("script not removed", "host", c.target.address, "directory", dir, "error", err)
	}
}

// runIn runs a short command in a session.
func (p *connections) runIn(ctx context.Context, c *connection, session *ssh.Session, command string) error {
	defer p.abortWith(ctx, c, func() { session.Close() })()
	return session.Run(command)
}
