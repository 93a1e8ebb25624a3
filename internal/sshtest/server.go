// Package sshtest is an SSH server inside the process, for tests and
// demonstrations: it runs commands with /bin/sh and serves files by SFTP, with
// the rights of the process.
package sshtest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"

	"github.com/gliderlabs/ssh"
	"github.com/pkg/sftp"
	"github.com/skeema/knownhosts"
	gossh "golang.org/x/crypto/ssh"
)

// Config says what a server is like. The zero value lets nobody in.
type Config struct {
	// Passwords of users by name.
	Passwords map[string]string
	// Questions makes the server ask for the password in a dialogue instead of
	// taking it as such.
	Questions bool
	// Keys that let every user in.
	Keys []gossh.PublicKey
	// HostKey is the server's own key; nil means a new one.
	HostKey gossh.Signer
	// Dir is where commands and transfers of files start; empty means the
	// directory of the process.
	Dir string
	// MaxSessions is how many sessions a connection may have at a time; 0 means any number.
	MaxSessions int
	// NoSFTP makes the server refuse SFTP.
	NoSFTP bool
	// IgnoreSignals makes commands deaf to the signals that clients send.
	IgnoreSignals bool
}

// Server is a running server.
type Server struct {
	config   Config
	listener net.Listener
	server   *ssh.Server
	key      gossh.PublicKey
	running  sync.WaitGroup

	mu          sync.Mutex
	open        []net.Conn
	connections int
	commands    []string
	sessions    map[string]int // by connection
}

// Start starts a server on a free port of the loopback interface.
func Start(config Config) (*Server, error) {
	if config.HostKey == nil {
		key, _, err := NewKey()
		if err != nil {
			return nil, err
		}
		config.HostKey = key
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, listener: listener, key: config.HostKey.PublicKey(), sessions: map[string]int{}}
	s.server = &ssh.Server{
		Handler: s.run,
		PasswordHandler: func(ctx ssh.Context, password string) bool {
			known, ok := config.Passwords[ctx.User()]
			return ok && known == password
		},
		PublicKeyHandler: func(_ ssh.Context, key ssh.PublicKey) bool {
			return slices.ContainsFunc(config.Keys, func(known gossh.PublicKey) bool { return ssh.KeysEqual(key, known) })
		},
		PtyCallback:                 func(ssh.Context, ssh.Pty) bool { return true },
		LocalPortForwardingCallback: func(ssh.Context, string, uint32) bool { return true },
		ChannelHandlers: map[string]ssh.ChannelHandler{
			"session":      s.limited,
			"direct-tcpip": ssh.DirectTCPIPHandler,
		},
		ConnCallback: s.accept,
	}
	if config.Questions {
		check := s.server.PasswordHandler
		s.server.PasswordHandler = nil
		s.server.KeyboardInteractiveHandler = func(ctx ssh.Context, ask gossh.KeyboardInteractiveChallenge) bool {
			answers, err := ask(ctx.User(), "", []string{"Language? ", "Password: "}, []bool{true, false})
			return err == nil && len(answers) == 2 && answers[0] == "" && check(ctx, answers[1])
		}
	}
	s.server.AddHostKey(config.HostKey)
	if !config.NoSFTP {
		s.server.SubsystemHandlers = map[string]ssh.SubsystemHandler{"sftp": s.serveFiles}
	}
	s.running.Go(func() {
		_ = s.server.Serve(listener) // it ends when Close closes the listener, and says so
	})
	return s, nil
}

// Close stops the server and everything that it runs.
func (s *Server) Close() error {
	err := s.server.Close()
	s.Disconnect()
	s.running.Wait()
	return err
}

// Address returns the server's host and port.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Port returns the server's port.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// KnownHost returns the line that makes the server known in a file known_hosts.
func (s *Server) KnownHost() string {
	return knownhosts.Line([]string{s.Address()}, s.key) + "\n"
}

// Connections returns how many connections the server has accepted so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// Commands returns the commands that the server was asked to run so far.
func (s *Server) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// Disconnect cuts all connections.
func (s *Server) Disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.open {
		conn.Close()
	}
	s.open = nil
}

// NewKey returns a new key and its text in the form of OpenSSH.
func NewKey() (gossh.Signer, []byte, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	block, err := gossh.MarshalPrivateKey(private, "")
	if err != nil {
		return nil, nil, err
	}
	signer, err := gossh.NewSignerFromKey(private)
	return signer, pem.EncodeToMemory(block), err
}

func (s *Server) accept(_ ssh.Context, conn net.Conn) net.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections++
	s.open = append(s.open, conn)
	return conn
}

// limited refuses sessions beyond the limit.
func (s *Server) limited(server *ssh.Server, conn *gossh.ServerConn, channel gossh.NewChannel, ctx ssh.Context) {
	id := conn.RemoteAddr().String()
	s.mu.Lock()
	full := s.config.MaxSessions > 0 && s.sessions[id] >= s.config.MaxSessions
	if !full {
		s.sessions[id]++
	}
	s.mu.Unlock()
	if full {
		_ = channel.Reject(gossh.ConnectionFailed, "too many sessions")
		return
	}
	ssh.DefaultSessionHandler(server, conn, &countedChannel{NewChannel: channel, done: func() {
		s.mu.Lock()
		s.sessions[id]--
		s.mu.Unlock()
	}}, ctx)
}

// countedChannel tells when the channel that it becomes is closed.
type countedChannel struct {
	gossh.NewChannel
	done func()
}

func (c *countedChannel) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	channel, requests, err := c.NewChannel.Accept()
	if err != nil {
		c.done()
		return channel, requests, err
	}
	watched := make(chan *gossh.Request)
	go func() {
		defer c.done()
		defer close(watched)
		for request := range requests {
			watched <- request
		}
	}()
	return channel, watched, nil
}

func (s *Server) serveFiles(session ssh.Session) {
	s.running.Add(1)
	defer s.running.Done()
	server, err := sftp.NewServer(session, sftp.WithServerWorkingDirectory(s.config.Dir))
	if err != nil {
		return
	}
	_ = server.Serve() // a client that has gone is no concern of the server's
	server.Close()
}

// run runs a command, or a shell if there is none.
func (s *Server) run(session ssh.Session) {
	s.running.Add(1)
	defer s.running.Done()
	s.mu.Lock()
	s.commands = append(s.commands, session.RawCommand())
	s.mu.Unlock()

	command := exec.Command("/bin/sh")
	if text := session.RawCommand(); text != "" {
		command.Args = append(command.Args, "-c", text)
	}
	command.Dir = s.config.Dir
	command.Env = append(os.Environ(), session.Environ()...)
	command.Stdout, command.Stderr = session, session.Stderr()
	if _, _, terminal := session.Pty(); terminal {
		merged := &terminalWriter{w: session}
		command.Stdout, command.Stderr = merged, merged
	}
	stdin, err := command.StdinPipe()
	if err == nil {
		inGroup(command)
		err = command.Start()
	}
	if err != nil {
		fmt.Fprintln(session.Stderr(), err)
		_ = session.Exit(127)
		return
	}
	go func() {
		_, _ = io.Copy(stdin, session) // the command need not read all its input
		stdin.Close()
	}()
	ended := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { s.watch(session, command, ended) })
	err = command.Wait()
	close(ended)
	watching.Wait()

	var exit *exec.ExitError
	switch {
	case err == nil:
		_ = session.Exit(0)
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		_ = session.Exit(exit.ExitCode())
	default:
		_, _ = session.SendRequest("exit-signal", false, gossh.Marshal(struct {
			Signal string
			Core   bool
			Error  string
			Lang   string
		}{Signal: "KILL"}))
		session.Close()
	}
}

// watch ends the command when the client asks for it or has gone.
func (s *Server) watch(session ssh.Session, command *exec.Cmd, ended <-chan struct{}) {
	// Room for signals that come when nobody listens any more.
	signals := make(chan ssh.Signal, 64)
	session.Signals(signals)
	gone := session.Context().Done()
	for {
		select {
		case signal := <-signals:
			if !s.config.IgnoreSignals {
				sendSignal(command, string(signal))
			}
		case <-gone:
			sendSignal(command, "KILL")
			gone = nil
		case <-ended:
			return
		}
	}
}

// terminalWriter ends lines as a terminal does.
type terminalWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (t *terminalWriter) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := io.WriteString(t.w, strings.ReplaceAll(string(p), "\n", "\r\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}
