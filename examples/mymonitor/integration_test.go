//go:build integration

package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/internal/sshdtest"
)

const testDSN = "root@tcp(127.0.0.1:3306)/test"

// dropTable removes the table monitor now and at the end of the test.
func dropTable(t *testing.T) {
	t.Helper()
	db, err := openDSN(testDSN)
	require.NoError(t, err)
	drop := func() {
		_, err := db.Exec("DROP TABLE IF EXISTS monitor")
		require.NoError(t, err)
	}
	drop()
	t.Cleanup(func() {
		drop()
		require.NoError(t, db.Close())
	})
}

// TestIntegrationDatabaseAndHost polls a real MariaDB and starts the "service" on a real sshd.
func TestIntegrationDatabaseAndHost(t *testing.T) {
	dropTable(t)
	sshd := sshdtest.Start(t, "")
	db, err := openDSN(testDSN)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec(mysqlTable)
	require.NoError(t, err)
	proof := filepath.Join(t.TempDir(), "started")
	_, err = db.Exec("INSERT INTO monitor VALUES (1, '127.0.0.1', 'ftp', 1, 2, ?)", "echo vsftpd started | tee "+proof)
	require.NoError(t, err)

	for _, dsn := range []string{testDSN, "config"} {
		out := runDemo(t, "-dsn", dsn, "-ssh", sshd.Address, "-user", sshd.User, "-key", sshd.KeyFile, "-check", "cat "+proof)
		require.Contains(t, out, "Enforcements of mymonitor.service_rule_key")
		require.Contains(t, out, `\nvsftpd started"`)
		require.Contains(t, out, `"stdout": "vsftpd started"`, "core.remote by hand reads what the script has written")
		text, err := os.ReadFile(proof)
		require.NoError(t, err)
		require.Equal(t, "vsftpd started\n", string(text))
		require.NoError(t, os.Remove(proof))
	}
}

func TestIntegrationTableIsCreatedOnlyOnRequest(t *testing.T) {
	dropTable(t)
	var out strings.Builder
	err := run(t.Context(), []string{"-dsn", testDSN, "-timeout", "2s"}, &out, io.Discard)
	require.ErrorContains(t, err, "reading the table monitor")
	require.ErrorContains(t, err, "1146", "MariaDB says that the table does not exist")
	require.Contains(t, runDemo(t, "-dsn", testDSN, "-create"), "| processed | 192.168.10.15 | ftp ")
	require.Contains(t, runDemo(t, "-dsn", testDSN, "-create"), "| processed | 192.168.10.15 | ftp ", "a table that is there is left alone")
}
