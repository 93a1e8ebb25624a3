package petrel_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/petreltest/storetest"
)

// BenchmarkEvent takes events through an engine on the store in memory.
// Package store/sqlite has the same for the durable one.
func BenchmarkEvent(b *testing.B) {
	open := func(context.Context) (petrel.Store, error) { return petrel.NewMemoryStore(), nil }
	for _, rules := range []int{10, 1000} {
		for _, dispatchers := range []int{1, 16, 256, 1024} {
			b.Run(fmt.Sprintf("rules=%d/dispatchers=%d", rules, dispatchers), func(b *testing.B) {
				storetest.BenchmarkEngine(b, open, rules, dispatchers)
			})
		}
	}
}
