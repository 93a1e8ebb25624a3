package transporttest_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/petreltest/transporttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemoryTransport(t *testing.T) {
	transporttest.Run(t, func(testing.TB) petrel.Transport { return petrel.NewMemoryTransport() })
}
