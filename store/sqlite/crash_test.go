package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/petreltest/storetest"
)

const (
	// crashFile names the environment variable that turns the test program
	// into the victim: it commits to the file that the variable names.
	crashFile = "PETREL_SQLITE_CRASH_FILE"
	// crashFirst gives the number of the victim's first event.
	crashFirst = "PETREL_SQLITE_CRASH_FIRST"

	crashRounds = 24
	crashEvents = 1 << 20 // per round, more than can be done in one
)

// commitUntilKilled is the victim: it prints every acknowledged transition.
func commitUntilKilled(path string) {
	ctx := context.Background()
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	first, err := strconv.Atoi(os.Getenv(crashFirst))
	if err != nil {
		fail(err)
	}
	s, err := New(ctx, path)
	if err != nil {
		fail(err)
	}
	var event atomic.Int64
	event.Store(int64(first))
	for range 32 {
		go func() {
			for {
				n := int(event.Add(1))
				for step, t := range storetest.EventTransitions(n) {
					if err := s.Commit(ctx, t); err != nil {
						fail(err)
					}
					// One short write to a pipe is whole or not there.
					fmt.Fprintf(os.Stdout, "%d %d\n", n, step)
				}
			}
		}()
	}
	select {}
}

// TestCrash kills a process that commits with 32 goroutines, at random moments
// and again and again on the same file. All it has acknowledged must be there,
// and nothing by halves.
func TestCrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "petrel.db")
	random := rand.New(rand.NewPCG(rand.Uint64(), 1))
	acknowledged := map[int]int{} // event: last step
	total := 0
	for round := range crashRounds {
		for event, step := range killedRun(t, path, round*crashEvents, random) {
			acknowledged[event] = step
			total += step + 1
		}
		checkAfterCrash(t, path, acknowledged)
	}
	require.Greater(t, total, crashRounds, "the rounds were too short to test anything")
	t.Logf("%d transitions acknowledged in %d rounds", total, crashRounds)
}

// killedRun runs the victim for a random time and returns what it acknowledged.
func killedRun(t *testing.T, path string, first int, random *rand.Rand) map[int]int {
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	victim.Env = append(os.Environ(), crashFile+"="+path, fmt.Sprintf("%s=%d", crashFirst, first))
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())

	acknowledged := map[int]int{}
	lines := bufio.NewScanner(out)
	var killed *time.Timer
	for lines.Scan() {
		if killed == nil { // the clock starts with the first acknowledgement
			killed = time.AfterFunc(time.Duration(random.IntN(60_000))*time.Microsecond, func() { _ = victim.Process.Kill() })
		}
		var event, step int
		_, err := fmt.Sscanf(lines.Text(), "%d %d", &event, &step)
		require.NoError(t, err)
		acknowledged[event] = max(step, acknowledged[event])
	}
	require.NoError(t, lines.Err())
	require.Error(t, victim.Wait(), "the victim was killed")
	require.False(t, victim.ProcessState.Exited(), "the victim ended by itself")
	killed.Stop()
	return acknowledged
}

func checkAfterCrash(t *testing.T, path string, acknowledged map[int]int) {
	ctx := context.Background()
	s, err := New(ctx, path)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	var verdict string
	require.NoError(t, s.reader.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict))
	require.Equal(t, "ok", verdict)

	all := petrel.Page{Limit: -1}
	instances, err := s.TriggerInstances(ctx, petrel.TriggerInstanceQuery{Page: all})
	require.NoError(t, err)
	enforcements, err := s.Enforcements(ctx, petrel.EnforcementQuery{Page: all})
	require.NoError(t, err)
	executions, err := s.Executions(ctx, petrel.ExecutionQuery{Page: all})
	require.NoError(t, err)
	enforced := map[string]bool{}
	for _, e := range enforcements {
		enforced[e.ID] = true
	}
	stage := map[string]int{} // of every event that is stored at all, by id
	for _, i := range instances {
		stage[i.ID] = 0
		if i.Status == petrel.InstanceProcessed {
			stage[i.ID] = 1
		}
		require.Equal(t, i.Status == petrel.InstanceProcessed, enforced[i.ID], "instance and enforcement are stored together")
	}
	processed := 0
	for _, e := range executions {
		require.Equal(t, 1, stage[e.ID], "instance and execution are stored together")
		require.Equal(t, e.Status == petrel.StatusSucceeded, e.Result != nil, "status and result are stored together")
		stage[e.ID] = e.Revision
		processed++
	}
	require.Len(t, enforcements, processed)
	for event, step := range acknowledged {
		id := storetest.EventTransitions(event)[0].Instances[0].ID
		require.GreaterOrEqual(t, stage[id], step, "event %s was acknowledged up to step %d", id, step)
		require.Contains(t, stage, id)
	}
}
