package storetest_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/petreltest/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemoryStore(t *testing.T) {
	storetest.Run(t, func(testing.TB) petrel.Store { return petrel.NewMemoryStore() })
}
