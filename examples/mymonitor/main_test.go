package main

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/packloader"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// runDemo runs the program and returns what it printed.
func runDemo(t *testing.T, args ...string) string {
	t.Helper()
	var out, stderr strings.Builder
	err := run(t.Context(), args, &out, &stderr)
	require.NoError(t, err, "%s\n%s", out.String(), stderr.String())
	require.Empty(t, stderr.String(), "nothing to complain about")
	return out.String()
}

var id = regexp.MustCompile(`\b[0-9a-f]{24}\b`)

func TestWithoutFlags(t *testing.T) {
	out := runDemo(t)
	for _, part := range []string{
		"Trigger instances of mymonitor.service_trigger, newest first",
		"| processed | 192.168.10.15 | ftp ",
		"Enforcements of mymonitor.service_rule, newest first",
		"| mymonitor.service_start | stanley      | succeeded |",
		`"stdout": "running: service vsftpd start\nstarting vsftpd: ok"`,
		`By hand: core.remote cmd="service vsftpd status"`,
		`"stdout": "vsftpd is running"`,
	} {
		require.Contains(t, out, part)
	}
	require.NotContains(t, out, demoPassword)
	ids := id.FindAllString(out, -1)
	require.Len(t, ids, 6)
	instance, linkedInstance, linkedExecution, execution := ids[0], ids[2], ids[3], ids[4]
	require.Equal(t, instance, linkedInstance, "the enforcement names its trigger instance")
	require.Equal(t, execution, linkedExecution, "and its execution")
}

func TestVariantsOfTheRule(t *testing.T) {
	for rule, want := range map[string]string{
		"service_rule_datastore":   `"stdout": "running: service vsftpd start\nstarting vsftpd: ok"`,
		"service_rule_documented":  `"stdout": "running: service vsftpd start\nstarting vsftpd: ok"`,
		"service_rule_every_event": `"stdout": "running: service vsftpd start\nstarting vsftpd: ok"`,
		"service_rule_argument":    `"stdout": "argument: ftp\nrunning: service vsftpd start\nstarting vsftpd: ok"`,
	} {
		t.Run(rule, func(t *testing.T) {
			out := runDemo(t, "-rules", rule)
			require.Contains(t, out, "Enforcements of mymonitor."+rule)
			require.Contains(t, out, want)
		})
	}
}

func TestScriptInPython(t *testing.T) {
	if err := exec.Command("python3", "-c", "pass").Run(); err != nil {
		t.Skip("no Python 3 on this machine")
	}
	out := runDemo(t, "-rules", "service_rule_python")
	require.Contains(t, out, `"stdout": "running: service vsftpd start\nstarting vsftpd: ok"`)
}

func TestSensorAlone(t *testing.T) {
	out := runDemo(t, "-sensor")
	require.Contains(t, out, "| processed | 192.168.10.15 | ftp ")
	require.NotContains(t, out, "Enforcements")
}

func TestRecordsOutliveTheProcess(t *testing.T) {
	data := t.TempDir()
	first := id.FindString(runDemo(t, "-data", data))
	out := runDemo(t, "-data", data)
	ids := id.FindAllString(out, -1)
	require.NotEqual(t, first, ids[0], "newest first")
	require.Equal(t, first, ids[1], "the earlier one below")
	names, err := filepath.Glob(filepath.Join(data, "petrel.db"))
	require.NoError(t, err)
	require.Len(t, names, 1)
}

func TestMistakesOfTheCaller(t *testing.T) {
	err := run(t.Context(), []string{"-rules", "no_such_rule"}, io.Discard, io.Discard)
	require.ErrorContains(t, err, `the pack has no rule "no_such_rule"`)
	err = run(t.Context(), []string{"-dsn", "nonsense", "-timeout", "100ms"}, io.Discard, io.Discard)
	require.ErrorContains(t, err, "nothing has happened for 100ms")
	require.ErrorContains(t, err, "-dsn: ")
	require.Error(t, run(t.Context(), []string{"-nonsense"}, io.Discard, io.Discard))
}

// newEngine makes an engine that has the pack and knows a host that accepts the demonstration's password.
func newEngine(t *testing.T, sensor petrel.PollingSensor) (*petrel.Engine, *settings) {
	t.Helper()
	s := &settings{data: t.TempDir(), user: demoUser, password: demoPassword}
	ssh, stop, err := s.host()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stop()) })
	key, err := s.cryptoKey()
	require.NoError(t, err)
	eng, err := petrel.New(petrel.WithRunners(runner.Configured(runner.Shell{}, ssh, runner.HTTP{})...), petrel.WithCryptoKey(key))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, eng.Stop(context.Background())) })
	require.NoError(t, s.load(t.Context(), eng, sensor, io.Discard))
	return eng, s
}

func openTestTable(path string) func(account) (*sql.DB, error) {
	return func(account) (*sql.DB, error) { return openSQLite(path) }
}

func TestPollFailsAndTheNextOneComes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "monitor.db")
	sensor := &mysqlSensor{open: openTestTable(path)}
	eng, _ := newEngine(t, sensor)
	pack := findPack(t, eng)
	spec := pack.Sensors[0]
	require.Equal(t, 20*time.Second, spec.PollInterval)
	spec.PollInterval = 10 * time.Millisecond
	require.NoError(t, eng.RegisterPollingSensor(spec, sensor))
	require.NoError(t, eng.Start(t.Context()))

	require.Eventually(t, func() bool { return eng.Sensors()[0].State == petrel.SensorFailing }, 10*time.Second, 5*time.Millisecond)
	require.ErrorContains(t, eng.Sensors()[0].Err, "reading the table monitor")
	host, err := eng.Datastore().Get(t.Context(), "HOSTNAME")
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1", host, "what setup has written")

	db, err := openTestTable(path)(account{})
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, createTable(t.Context(), db, sqliteTable))
	require.Eventually(t, func() bool { return eng.Sensors()[0].State == petrel.SensorRunning }, 10*time.Second, 5*time.Millisecond)
	require.NoError(t, eng.Sensors()[0].Err)
	require.Zero(t, eng.Sensors()[0].Restarts, "a failed poll does not restart the sensor")
	for key, want := range map[string]string{"HOSTNAME": "192.168.10.15", "OPERATIONCOMMAND": "service vsftpd start"} {
		require.Eventually(t, func() bool {
			got, err := eng.Datastore().Get(t.Context(), key)
			return err == nil && got == want
		}, 10*time.Second, 5*time.Millisecond, key)
	}
	require.NoError(t, eng.UnregisterSensor(spec.Ref()))
}

func findPack(t *testing.T, eng *petrel.Engine) petrel.Pack {
	t.Helper()
	for _, p := range eng.Packs() {
		if p.Ref == "mymonitor" {
			return p
		}
	}
	t.Fatal("the pack is not registered")
	return petrel.Pack{}
}

func TestSensorNamesWhatIsNotConfigured(t *testing.T) {
	_, err := accountOf(pyvalue.MapOf("mysql_accounts", pyvalue.MapOf("hosts", "a", "username", "b", "password", "")))
	require.ErrorContains(t, err, "lacks mysql_accounts.database: set it in configs/mymonitor.yaml")
	a, err := accountOf(pyvalue.MapOf("mysql_accounts", pyvalue.MapOf("hosts", "h", "username", "u", "password", "p", "database", "d")))
	require.NoError(t, err)
	require.Equal(t, account{"h", "u", "p", "d"}, a)
}

func TestConfigurationIsChecked(t *testing.T) {
	eng, err := petrel.New(petrel.WithRunners(runner.Standard()...))
	require.NoError(t, err)
	defer eng.Stop(context.Background())
	packs, err := directory("", "packs")
	require.NoError(t, err)
	configs := fstest.MapFS{"mymonitor.yaml": {Data: []byte("mysql_accounts:\n  hosts: 10\n")}}
	err = packloader.Load(t.Context(), eng, packs, packloader.WithConfigs(configs))
	require.ErrorContains(t, err, "configs/mymonitor.yaml:2: mysql_accounts.hosts: ")
}

// TestChangedFilesTakeEffect changes rule and action on disk and registers the pack again.
func TestChangedFilesTakeEffect(t *testing.T) {
	eng, s := newEngine(t, &mysqlSensor{open: openTestTable(filepath.Join(t.TempDir(), "monitor.db"))})
	require.NoError(t, eng.UnregisterSensor("mymonitor.MySQLSensor"))
	require.NoError(t, eng.Start(t.Context()))
	host := "10.0.0.7"
	event := monitorRow{ID: 1, Hosts: &host}

	require.Empty(t, executionsOf(t, eng, event), "the rule is for another host")

	s.packs = t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(s.packs, "mymonitor"), os.DirFS("packs/mymonitor")))
	edit := func(file, old, new string) {
		path := filepath.Join(s.packs, "mymonitor", file)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(text), old)
		require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(string(text), old, new)), 0o600))
	}
	edit("rules/service_rule.yaml", `"192.168.10.15"`, host)
	edit("rules/service_rule.yaml", "mymonitor.service_start", "core.local")
	edit("rules/service_rule.yaml", `hosts: "{{trigger.hosts|use_none}}"`, `cmd: "echo {{trigger.hosts}}"`)
	edit("rules/service_rule.yaml", "    username: \"{{st2kv.system.SSH_USERNAME}}\"\n    password: \"{{st2kv.system.SSH_PASSWORD|decrypt_kv}}\"\n", "")
	edit("rules/service_rule.yaml", "{{trigger.operation_command}}", "none")
	edit("actions/service_start.yaml", "Start a service on another host.", "Changed.")
	require.NoError(t, s.load(t.Context(), eng, &mysqlSensor{open: openTestTable("unused")}, io.Discard))
	require.NoError(t, eng.UnregisterSensor("mymonitor.MySQLSensor"))

	for _, a := range eng.Actions() {
		if a.Ref() == "mymonitor.service_start" {
			require.Equal(t, "Changed.", a.Description)
		}
	}
	executions := executionsOf(t, eng, event)
	require.Len(t, executions, 1)
	require.Equal(t, "core.local", executions[0].Action)
	require.Contains(t, string(executions[0].Result), host)
}

// executionsOf dispatches an event and returns the executions it led to, once they have ended.
func executionsOf(t *testing.T, eng *petrel.Engine, event monitorRow) []petrel.Execution {
	t.Helper()
	instance, err := eng.Dispatch(t.Context(), trigger, event)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		now, err := eng.TriggerInstance(t.Context(), instance.ID)
		return err == nil && now.Status == petrel.InstanceProcessed
	}, 10*time.Second, 2*time.Millisecond)
	executions, err := eng.Executions(t.Context(), petrel.ExecutionQuery{TriggerInstance: instance.ID})
	require.NoError(t, err)
	for n := range executions {
		executions[n], err = eng.Wait(t.Context(), executions[n].ID)
		require.NoError(t, err)
		require.Equal(t, petrel.StatusSucceeded, executions[n].Status, "%s", executions[n].Result)
	}
	return executions
}

func TestWatchGoesOnUntilInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"-watch"}, writer, io.Discard)
		writer.Close()
		done <- err
	}()
	buffer := make([]byte, 1<<16)
	var out strings.Builder
	for !strings.Contains(out.String(), "vsftpd is running") {
		n, err := reader.Read(buffer)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		out.Write(buffer[:n])
	}
	cancel()
	go io.Copy(io.Discard, reader)
	require.NoError(t, <-done)
	require.Contains(t, out.String(), "vsftpd is running")
}
