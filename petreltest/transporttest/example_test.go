package transporttest_test

import (
	"testing"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/petreltest/transporttest"
)

// A transport of your own is tested like the one of the library.
func ExampleRun() {
	test := func(t *testing.T) {
		transporttest.Run(t, func(testing.TB) petrel.Transport { return petrel.NewMemoryTransport() })
	}
	_ = test // go test runs it as TestTransport
}
