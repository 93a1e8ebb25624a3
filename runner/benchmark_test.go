//go:build unix

package runner_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/internal/sshtest"
	"github.com/petrel-dev/petrel/runner"
)

func BenchmarkLocalCommand(b *testing.B) {
	benchmarkCommand(b, runner.LocalShellCommand(runner.Shell{}), newCall("cmd", ":"))
}

func BenchmarkRemoteCommand(b *testing.B) {
	server := startServer(b, sshtest.Config{})
	call := newCall("hosts", server.Address(), "password", testPassword, "cmd", ":")
	b.Run("connection reused", func(b *testing.B) {
		benchmarkCommand(b, remoteCommand(b, known(b, server)), call)
	})
	b.Run("connection each", func(b *testing.B) {
		benchmarkConnectionEach(b, known(b, server), call)
	})
	b.Run("connection reused by many", func(b *testing.B) {
		r := remoteCommand(b, known(b, server))
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if outcome, err := r.Run(b.Context(), call); err != nil || outcome.Status != petrel.StatusSucceeded {
					b.Errorf("%v %v", outcome, err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
	})
}

func benchmarkCommand(b *testing.B, r petrel.Runner, call *petrel.Call) {
	b.Helper()
	for b.Loop() {
		outcome, err := r.Run(b.Context(), call)
		require.NoError(b, err)
		require.Equal(b, petrel.StatusSucceeded, outcome.Status)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}

func benchmarkConnectionEach(b *testing.B, options runner.SSH, call *petrel.Call) {
	b.Helper()
	for b.Loop() {
		r := runner.RemoteShellCommand(options)
		outcome, err := r.Run(b.Context(), call)
		require.NoError(b, err)
		require.Equal(b, petrel.StatusSucceeded, outcome.Status)
		require.NoError(b, r.(io.Closer).Close())
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}
