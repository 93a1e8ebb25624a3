package sqlite

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		commitUntilKilled(path)
		return
	}
	goleak.VerifyTestMain(m)
}
