package storetest_test

import (
	"testing"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/petreltest/storetest"
)

// A store of your own is tested like those of the library.
func ExampleRun() {
	test := func(t *testing.T) {
		storetest.Run(t, func(testing.TB) petrel.Store { return petrel.NewMemoryStore() })
	}
	_ = test // go test runs it as TestStore
}
