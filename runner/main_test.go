package runner_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testID is the id of all executions. It differs from that of other test
// processes, since remote commands are found by it to be ended.
var testID = fmt.Sprintf("5f3c%08x", os.Getpid())

// newCall returns a call with parameters of the runner.
func newCall(runnerParameters ...any) *petrel.Call {
	return &petrel.Call{
		Execution:        petrel.Execution{ID: testID},
		Action:           petrel.Action{Pack: "demo", Name: "act", Runner: "some-runner"},
		Parameters:       pyvalue.NewMap(0),
		RunnerParameters: pyvalue.MapOf(runnerParameters...),
		Logger:           slog.New(slog.DiscardHandler),
	}
}

// withParameters gives the call an action with these parameters.
func withParameters(call *petrel.Call, specs string, values ...any) *petrel.Call {
	call.Action.Parameters = schema.MustParseParameters(specs)
	call.Parameters = pyvalue.MapOf(values...)
	return call
}

// closedAtEnd closes a runner when the test ends.
func closedAtEnd(t testing.TB, r petrel.Runner) petrel.Runner {
	t.Helper()
	t.Cleanup(func() { require.NoError(t, r.(io.Closer).Close()) })
	return r
}

// recorder collects what is published while an action runs.
type recorder struct {
	mu     sync.Mutex
	pieces []string
}

func (r *recorder) record(stream string, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pieces = append(r.pieces, stream+":"+string(data))
}

// run runs the call and returns its status and its result as JSON.
func run(t *testing.T, r petrel.Runner, call *petrel.Call) (petrel.Status, string) {
	t.Helper()
	outcome, err := r.Run(t.Context(), call)
	require.NoError(t, err)
	return outcome.Status, encode(t, outcome.Result)
}

func encode(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

// member returns a member of a result, by its path.
func member(t *testing.T, result any, path ...string) any {
	t.Helper()
	for _, name := range path {
		value, ok := pyvalue.LookupString(result, name)
		require.True(t, ok, "no member %q in %s", name, pyvalue.Repr(result))
		result = value
	}
	return result
}
