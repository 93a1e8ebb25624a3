package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// remoteFiles writes files on a host.
type remoteFiles interface {
	// makeDirectory fails if there is such a directory already.
	makeDirectory(name string, mode fs.FileMode) error
	writeFile(name string, content io.Reader, mode fs.FileMode) error
	// abort makes calls that have not ended fail.
	abort()
	Close() error
}

// openFiles returns access to the files of a host: by SFTP, or by commands of
// the shell if the server has no SFTP.
func (p *connections) openFiles(ctx context.Context, c *connection) (remoteFiles, error) {
	session, err := p.newSession(ctx, c)
	if err != nil {
		return nil, err
	}
	defer p.abortWith(ctx, c, func() { session.Close() })()
	files, err := startSFTP(session)
	if err == nil {
		return files, nil
	}
	session.Close()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	open, closeFiles := context.WithCancel(context.Background())
	return &shellFiles{connections: p, connection: c, open: open, close: closeFiles}, nil
}

func startSFTP(session *ssh.Session) (remoteFiles, error) {
	w, err := session.StdinPipe()
	if err != nil {
		return nil, err
	}
	r, err := session.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := session.RequestSubsystem("sftp"); err != nil {
		return nil, err
	}
	client, err := sftp.NewClientPipe(r, w)
	if err != nil {
		return nil, err
	}
	return &sftpFiles{client: client, session: session}, nil
}

type sftpFiles struct {
	client  *sftp.Client
	session *ssh.Session
}

func (f *sftpFiles) abort() { f.session.Close() }

func (f *sftpFiles) Close() error {
	// The session goes first: the client waits for the end of its input.
	f.session.Close()
	f.client.Close()
	return nil
}

func (f *sftpFiles) makeDirectory(name string, mode fs.FileMode) error {
	if err := f.client.Mkdir(name); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return f.client.Chmod(name, mode)
}

func (f *sftpFiles) writeFile(name string, content io.Reader, mode fs.FileMode) error {
	file, err := f.client.Create(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	_, err = file.ReadFrom(content)
	// Until the file is closed the host refuses to run it.
	err = errors.Join(err, file.Chmod(mode), file.Close())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// shellFiles writes files with commands, one session each.
type shellFiles struct {
	*connections
	connection *connection
	open       context.Context
	close      context.CancelFunc
}

func (f *shellFiles) abort() { f.close() }

func (f *shellFiles) Close() error {
	f.close()
	return nil
}

func (f *shellFiles) makeDirectory(name string, mode fs.FileMode) error {
	return f.run(fmt.Sprintf("mkdir -m %o %s", mode, quote(name)), nil)
}

func (f *shellFiles) writeFile(name string, content io.Reader, mode fs.FileMode) error {
	return f.run(fmt.Sprintf("cat > %[1]s && chmod %[2]o %[1]s", quote(name), mode), content)
}

func (f *shellFiles) run(command string, stdin io.Reader) error {
	session, err := f.newSession(f.open, f.connection)
	if err != nil {
		return err
	}
	defer session.Close()
	var problem bytes.Buffer
	session.Stdin, session.Stderr = stdin, &problem
	if err := f.runIn(f.open, f.connection, session, command); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(problem.String()))
	}
	return nil
}
