package petrel_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/store/sqlite"
)

// crashRounds is how often the process is killed. A quarter of the rounds runs
// in short mode.
const crashRounds = 60

// crashFile names the environment variable that makes the test binary the process that is killed.
const crashFile = "PETREL_CRASH_FILE"

func TestMain(m *testing.M) {
	if file := os.Getenv(crashFile); file != "" {
		if err := victim(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// crashContent registers a rule and an action that takes a moment.
func crashContent(eng *petrel.Engine) error {
	if err := eng.RegisterTriggerType(petrel.TriggerType{Pack: "crash", Name: "event"}); err != nil {
		return err
	}
	err := eng.RegisterAction(petrel.Action{Pack: "crash", Name: "work", Func: func(ctx context.Context, call *petrel.Call) (any, error) {
		select {
		case <-time.After(time.Duration(rand.IntN(5)) * time.Millisecond):
		case <-ctx.Done():
		}
		return call.Execution.TriggerInstance, nil
	}})
	if err != nil {
		return err
	}
	return eng.RegisterRule(petrel.Rule{Pack: "crash", Name: "rule", Trigger: petrel.RuleTrigger{Type: "crash.event"},
		Criteria: []petrel.Criterion{{Key: "trigger.n", Type: "exists"}},
		Action:   petrel.RuleAction{Ref: "crash.work"}})
}

func crashEngine(file string) (*petrel.Engine, error) {
	eng, err := petrel.New(petrel.WithStore(sqlite.Open(file)), petrel.WithLease(100*time.Millisecond))
	if err != nil {
		return nil, err
	}
	return eng, crashContent(eng)
}

// victim dispatches events as fast as it can and prints the id of each that
// was accepted, until it is killed.
func victim(file string) error {
	eng, err := crashEngine(file)
	if err != nil {
		return err
	}
	if err := eng.Start(context.Background()); err != nil {
		return err
	}
	var printing sync.Mutex
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for n := 0; ; n++ {
				instance, err := eng.Dispatch(context.Background(), "crash.event", map[string]any{"n": n})
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				printing.Lock()
				fmt.Println(instance.ID)
				printing.Unlock()
			}
		})
	}
	senders.Wait()
	return nil
}

// TestKilledProcessLosesNothing kills an engine under load at random moments
// and demands of the next one on the same file: every accepted event is there
// and gets its execution, and every execution ends.
func TestKilledProcessLosesNothing(t *testing.T) {
	rounds := crashRounds
	if testing.Short() {
		rounds /= 4
	}
	file := filepath.Join(t.TempDir(), "crash.db")
	accepted := map[string]bool{}
	for round := range rounds {
		acceptedBefore := len(accepted)
		killVictim(t, file, accepted)
		if round%10 == 9 || round == rounds-1 {
			verifySurvivors(t, file, accepted)
		}
		t.Logf("round %d: %d events accepted before the kill", round, len(accepted)-acceptedBefore)
	}
	require.NotEmpty(t, accepted)
}

// killVictim runs the victim for a moment, kills it, and notes what it had accepted.
func killVictim(t *testing.T, file string, accepted map[string]bool) {
	t.Helper()
	process := exec.Command(os.Args[0], "-test.run=^$")
	process.Env = append(os.Environ(), crashFile+"="+file, "GOMAXPROCS="+strconv.Itoa(2))
	var trouble strings.Builder
	process.Stderr = &trouble
	output, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	lines := bufio.NewScanner(output)
	require.True(t, lines.Scan(), "the process accepts nothing: %s", &trouble)
	accepted[lines.Text()] = true
	timer := time.AfterFunc(time.Duration(rand.IntN(60_000))*time.Microsecond, func() { _ = process.Process.Kill() })
	defer timer.Stop()
	for lines.Scan() {
		if id := lines.Text(); len(id) == 24 { // the last line may be cut
			accepted[id] = true
		}
	}
	require.Error(t, process.Wait(), "the process was not killed")
	require.Empty(t, trouble.String())
}

func verifySurvivors(t *testing.T, file string, accepted map[string]bool) {
	t.Helper()
	eng, err := crashEngine(file)
	require.NoError(t, err)
	defer func() { require.NoError(t, eng.Stop(context.Background())) }()
	require.NoError(t, eng.Start(t.Context()))
	ctx := t.Context()
	require.Eventually(t, func() bool {
		pending, err := eng.TriggerInstances(ctx, petrel.TriggerInstanceQuery{Status: petrel.InstancePending})
		require.NoError(t, err)
		unfinished, err := eng.Executions(ctx, petrel.ExecutionQuery{Statuses: []petrel.Status{petrel.StatusRequested,
			petrel.StatusDelayed, petrel.StatusScheduled, petrel.StatusRunning, petrel.StatusCanceling}})
		require.NoError(t, err)
		return len(pending) == 0 && len(unfinished) == 0
	}, 30*time.Second, 20*time.Millisecond)

	all := petrel.Page{Limit: -1}
	instances, err := eng.TriggerInstances(ctx, petrel.TriggerInstanceQuery{Page: all})
	require.NoError(t, err)
	executions, err := eng.Executions(ctx, petrel.ExecutionQuery{Page: all})
	require.NoError(t, err)
	enforcements, err := eng.Enforcements(ctx, petrel.EnforcementQuery{Page: all})
	require.NoError(t, err)

	stored := map[string]int{}
	for _, i := range instances {
		require.Equal(t, petrel.InstanceProcessed, i.Status)
		stored[i.ID] = 0
	}
	for id := range accepted {
		require.Contains(t, stored, id, "an accepted event is lost")
	}
	abandoned := 0
	for _, x := range executions {
		require.True(t, x.Status == petrel.StatusSucceeded || x.Status == petrel.StatusAbandoned, "%s is %s", x.ID, x.Status)
		if x.Status == petrel.StatusAbandoned {
			abandoned++
		}
		stored[x.TriggerInstance]++
	}
	for id, count := range stored {
		require.Equal(t, 1, count, "event %s has %d executions", id, count)
	}
	require.Len(t, enforcements, len(executions))
	t.Logf("%d events, %d accepted by word, %d abandoned", len(instances), len(accepted), abandoned)
}
