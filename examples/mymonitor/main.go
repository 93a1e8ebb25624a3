// Mymonitor starts a service on another host when a row of a table asks for it.
// The pack is in packs/mymonitor, as files that StackStorm would understand;
// only its sensor is Go, in sensor.go.
//
// Without flags it needs nothing but /bin/sh: the table is in SQLite, and the
// other host is an SSH server within the process. With -dsn it polls MariaDB or
// MySQL, with -ssh it starts the service on a host that has an SSH server.
package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/packloader"
	"github.com/petrel-dev/petrel/runner"
	"github.com/petrel-dev/petrel/store/sqlite"
)

//go:embed packs configs
var content embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "mymonitor:", err)
		os.Exit(1)
	}
}

// settings is what the flags say.
type settings struct {
	dsn        string
	create     bool
	ssh        string
	user       string
	password   string
	keyFile    string
	packs      string
	configs    string
	data       string
	rules      string
	check      string
	sensorOnly bool
	watch      bool
	timeout    time.Duration
}

func parseFlags(args []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("mymonitor", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.dsn, "dsn", "", `MariaDB or MySQL with the table monitor, such as "root@tcp(127.0.0.1:3306)/test", `+
		`or "config" for what configs/mymonitor.yaml says; empty means a table of the demonstration`)
	flags.BoolVar(&s.create, "create", false, "with -dsn: create and fill the table monitor if it is missing")
	flags.StringVar(&s.ssh, "ssh", "", "host:port of the SSH server to start services on; empty means a server of the demonstration")
	flags.StringVar(&s.user, "user", os.Getenv("USER"), "with -ssh: user to log in as")
	flags.StringVar(&s.keyFile, "key", "", "with -ssh: file of the private key to log in with; empty means the password in $MYMONITOR_PASSWORD")
	flags.StringVar(&s.packs, "packs", "", "directory to read packs from; empty means the packs that are built in")
	flags.StringVar(&s.configs, "configs", "", "directory to read configurations from; empty means the one that is built in")
	flags.StringVar(&s.data, "data", "", "directory to keep the records in; empty means one that is removed at the end")
	flags.StringVar(&s.rules, "rules", "", "rules of the pack to switch on instead of service_rule, separated by commas")
	flags.StringVar(&s.check, "check", "", "command to run by hand with core.remote afterwards")
	flags.BoolVar(&s.sensorOnly, "sensor", false, "run the sensor alone: show its first event and start nothing")
	flags.BoolVar(&s.watch, "watch", false, "go on until interrupted")
	flags.DurationVar(&s.timeout, "timeout", time.Minute, "how long to wait for the first event")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	s.password = os.Getenv("MYMONITOR_PASSWORD")
	if s.ssh == "" {
		s.user, s.password, s.keyFile = demoUser, demoPassword, ""
		if s.check == "" && s.dsn == "" {
			s.check = "service vsftpd status"
		}
	}
	if s.rules == "" && s.keyFile != "" {
		s.rules = "service_rule_key"
	}
	return s, nil
}

// run is the whole program. It returns nil once a service was started, or with
// -watch, once ctx has ended.
func run(ctx context.Context, args []string, out, stderr io.Writer) (err error) {
	s, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	if s.data == "" {
		if s.data, err = os.MkdirTemp("", "mymonitor"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(s.data)) }()
	}
	ssh, stopHost, err := s.host()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopHost()) }()
	open, err := s.table(ctx)
	if err != nil {
		return err
	}
	eng, err := s.engine(ssh, slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, eng.Stop(context.WithoutCancel(ctx))) }()
	if err := s.load(ctx, eng, &mysqlSensor{open: open}, stderr); err != nil {
		return err
	}
	err = s.watchAndReport(ctx, out, eng)
	if s.watch && ctx.Err() != nil {
		return nil // an interruption is how watching ends
	}
	return err
}

// host returns how to reach the host on which services are started.
func (s *settings) host() (ssh runner.SSH, stop func() error, err error) {
	if s.ssh == "" {
		return startHost(filepath.Join(s.data, "host"))
	}
	known := filepath.Join(s.data, "known_hosts")
	ssh = runner.SSH{HostKeys: runner.TrustOnFirstUse, KnownHosts: []string{known}, Dial: dialOnly(s.ssh)}
	return ssh, func() error { return nil }, nil
}

// table returns how the sensor opens the database with the table monitor.
func (s *settings) table(ctx context.Context) (open func(account) (*sql.DB, error), err error) {
	definition := mysqlTable
	switch s.dsn {
	case "":
		definition, s.create = sqliteTable, true
		open = func(account) (*sql.DB, error) { return openSQLite(filepath.Join(s.data, "monitor.db")) }
	case "config":
		if s.create {
			return nil, errors.New("-create needs a -dsn that names the database")
		}
		open = openMySQL
	default:
		open = func(account) (*sql.DB, error) { return openDSN(s.dsn) }
	}
	if !s.create {
		return open, nil
	}
	db, err := open(account{})
	if err != nil {
		return nil, err
	}
	return open, errors.Join(createTable(ctx, db, definition), db.Close())
}

// engine makes an engine whose records are in SQLite.
func (s *settings) engine(ssh runner.SSH, logger *slog.Logger) (*petrel.Engine, error) {
	key, err := s.cryptoKey()
	if err != nil {
		return nil, err
	}
	return petrel.New(
		petrel.WithStore(sqlite.Open(filepath.Join(s.data, "petrel.db"))),
		petrel.WithRunners(runner.Configured(runner.Shell{}, ssh, runner.HTTP{})...),
		petrel.WithCryptoKey(key),
		petrel.WithLogger(logger),
	)
}

// cryptoKey reads the key for secrets, and makes one the first time.
func (s *settings) cryptoKey() (petrel.CryptoKey, error) {
	path := filepath.Join(s.data, "crypto.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if text, err = petrel.GenerateCryptoKey(rand.Reader); err == nil {
			err = os.WriteFile(path, text, 0o600)
		}
	}
	if err != nil {
		return petrel.CryptoKey{}, err
	}
	return petrel.ParseCryptoKey(text)
}

// load registers the pack with its sensor and stores what its rules need to log in.
func (s *settings) load(ctx context.Context, eng *petrel.Engine, sensor petrel.PollingSensor, stderr io.Writer) error {
	packs, err := directory(s.packs, "packs")
	if err != nil {
		return err
	}
	configs, err := directory(s.configs, "configs")
	if err != nil {
		return err
	}
	err = packloader.Load(ctx, eng, packs,
		packloader.WithConfigs(configs),
		packloader.WithPollingSensor("mymonitor.MySQLSensor", sensor),
		packloader.WithWarnings(func(p packloader.Problem) { fmt.Fprintln(stderr, p) }),
	)
	if err != nil {
		return err
	}
	if err := s.switchRules(eng); err != nil {
		return err
	}
	keys := eng.Datastore()
	return errors.Join(
		keys.Set(ctx, "SSH_USERNAME", s.user),
		keys.Set(ctx, "SSH_PASSWORD", s.password, petrel.Encrypted()),
		keys.Set(ctx, "SSH_KEY_FILE", s.keyFile),
	)
}

// directory opens a directory on disk, or if none is given, one that is built in.
func directory(path, builtIn string) (fs.FS, error) {
	if path != "" {
		return os.DirFS(path), nil
	}
	return fs.Sub(content, builtIn)
}

// switchRules switches the rules on that -rules names, and all others off.
func (s *settings) switchRules(eng *petrel.Engine) error {
	if s.rules == "" && !s.sensorOnly {
		return nil
	}
	wanted := strings.Split(s.rules, ",")
	if s.sensorOnly {
		wanted = nil
	}
	var known []string
	for _, rule := range eng.Rules() {
		if rule.Pack != "mymonitor" {
			continue
		}
		known = append(known, rule.Name)
		rule.Disabled = !slices.Contains(wanted, rule.Name)
		if err := eng.RegisterRule(rule); err != nil {
			return err
		}
	}
	for _, name := range wanted {
		if !slices.Contains(known, name) {
			return fmt.Errorf("-rules: the pack has no rule %q, only %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// watchAndReport runs the engine and prints what happens.
func (s *settings) watchAndReport(ctx context.Context, out io.Writer, eng *petrel.Engine) error {
	watch, cancel := context.WithCancel(ctx)
	defer cancel()
	filter := petrel.EventFilter{Kind: petrel.EventExecution}
	if s.sensorOnly {
		filter = petrel.EventFilter{Kind: petrel.EventTriggerInstance, Ref: trigger}
	}
	news, err := eng.Watch(watch, filter)
	if err != nil {
		return err
	}
	if err := eng.Start(ctx); err != nil {
		return err
	}
	late := time.NewTimer(s.timeout)
	defer late.Stop()
	for {
		select {
		case event, open := <-news.Events():
			if !open {
				return ctx.Err()
			}
			handled, err := s.report(ctx, out, eng, event)
			if handled {
				late.Stop()
			}
			if err != nil || handled && !s.watch {
				return err
			}
		case <-late.C:
			return s.silence(eng)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// report prints what an event tells; handled says whether it told the end of something.
func (s *settings) report(ctx context.Context, out io.Writer, eng *petrel.Engine, event petrel.Event) (handled bool, err error) {
	if s.sensorOnly {
		if petrel.TriggerInstanceStatus(event.Status) != petrel.InstanceProcessed {
			return false, nil
		}
		return true, printInstances(ctx, out, eng)
	}
	if !petrel.Status(event.Status).Completed() {
		return false, nil
	}
	x, err := eng.Execution(ctx, event.ID)
	if err != nil || x.Rule.ID == "" {
		return false, err
	}
	if err := printTrail(ctx, out, eng, x); err != nil {
		return true, err
	}
	if x.Status != petrel.StatusSucceeded && !s.watch {
		return true, fmt.Errorf("the service was not started: %s %s", x.Action, x.Status)
	}
	return true, s.runByHand(ctx, out, eng)
}

// runByHand runs the command of -check on the host, as a person would.
func (s *settings) runByHand(ctx context.Context, out io.Writer, eng *petrel.Engine) error {
	if s.check == "" {
		return nil
	}
	parameters := map[string]any{
		"hosts": "{{ st2kv.system.HOSTNAME }}", "username": s.user, "cmd": s.check,
	}
	if s.keyFile != "" {
		parameters["private_key"] = s.keyFile
	} else {
		parameters["password"] = "{{ st2kv.system.SSH_PASSWORD | decrypt_kv }}"
	}
	x, err := eng.Execute(ctx, "core.remote", parameters)
	if err != nil {
		return err
	}
	if x, err = eng.Wait(ctx, x.ID); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nBy hand: core.remote cmd=%q", s.check)
	if err := printExecution(out, x); err != nil {
		return err
	}
	if x.Status != petrel.StatusSucceeded {
		return fmt.Errorf("%q on the host: %s", s.check, x.Status)
	}
	return nil
}

// silence explains why nothing has happened.
func (s *settings) silence(eng *petrel.Engine) error {
	err := fmt.Errorf("nothing has happened for %v", s.timeout)
	for _, sensor := range eng.Sensors() {
		if sensor.Err != nil {
			err = fmt.Errorf("%w: sensor %s is %s: %w", err, sensor.Ref, sensor.State, sensor.Err)
		}
	}
	return err
}
