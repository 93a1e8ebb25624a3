package yaql_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// readCorpus decodes a file of recorded verdicts, numbers as written.
func readCorpus(t testing.TB, name string, into any) {
	t.Helper()
	dir := os.Getenv("PETREL_CONFORMANCE")
	if dir == "" {
		dir = "testdata"
	}
	f, err := os.Open(filepath.Join(dir, "expressions", name))
	require.NoError(t, err)
	defer f.Close()
	d := json.NewDecoder(f)
	d.UseNumber()
	require.NoError(t, d.Decode(into))
}
