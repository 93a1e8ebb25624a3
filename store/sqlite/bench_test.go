package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/petreltest/storetest"
)

func openBench(b testing.TB) *Store {
	s, err := New(context.Background(), filepath.Join(b.TempDir(), "petrel.db"))
	require.NoError(b, err)
	return s
}

func BenchmarkEvents(b *testing.B) {
	storetest.BenchmarkEvents(b, func(b testing.TB) petrel.Store { return openBench(b) })
}

// BenchmarkEngine takes events through a whole engine on the store; its peer is
// BenchmarkBareLoop.
func BenchmarkEngine(b *testing.B) {
	for _, rules := range []int{10, 1000} {
		for _, dispatchers := range []int{1, 16, 256, 1024} {
			b.Run(fmt.Sprintf("rules=%d/dispatchers=%d", rules, dispatchers), func(b *testing.B) {
				storetest.BenchmarkEngine(b, Open(filepath.Join(b.TempDir(), "petrel.db")), rules, dispatchers)
			})
		}
	}
}

// BenchmarkBareLoop does the same SQL as BenchmarkEvents in one goroutine
// without a store around it: transactions of as many transitions as there are
// committers, a quarter of each kind.
func BenchmarkBareLoop(b *testing.B) {
	for _, committers := range []int{1, 16, 256, 1024} {
		b.Run(fmt.Sprintf("committers=%d", committers), func(b *testing.B) {
			s := openBench(b)
			defer func() { require.NoError(b, s.Close()) }()
			w, group := s.writer, min(max(committers/4, 1), batchTransitions/4)
			const steps = 4
			prepared := map[int][steps][]operation{}
			exec := func(event, step int) {
				if event < 1 || event > b.N {
					return
				}
				if step == 0 {
					var all [steps][]operation
					for k, t := range storetest.EventTransitions(event) {
						ops, err := operations(t)
						require.NoError(b, err)
						all[k] = ops
					}
					prepared[event] = all
				}
				for _, op := range prepared[event][step] {
					if _, err := w.statements[op.statement].Exec(op.args...); err != nil {
						b.Fatal(err)
					}
				}
				if step == steps-1 {
					delete(prepared, event)
				}
			}
			b.ResetTimer()
			for first := 1; first <= b.N+(steps-1)*group; first += group {
				require.NoError(b, w.exec(begin))
				for step := range steps {
					if alone := committers == 1; alone && step > 0 {
						require.NoError(b, w.exec(commit))
						require.NoError(b, w.exec(begin))
					} else if !alone {
						for n := range group {
							exec(first+n-step*group, step)
						}
						continue
					}
					exec(first, step)
				}
				require.NoError(b, w.exec(commit))
			}
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
