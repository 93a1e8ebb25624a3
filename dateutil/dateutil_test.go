package dateutil_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/dateutil"
	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyvalue"
)

func now() time.Time { return time.Date(2024, 1, 31, 12, 34, 56, 0, time.UTC) }

// TestPython checks against what python-dateutil did with now as default.
func TestPython(t *testing.T) {
	t.Setenv(conformance.Variable, "")
	cases := conformance.Load(t, "", "python.json")
	conformance.Run(t, "python.json", cases, func(c conformance.Case) error {
		got, err := dateutil.Parse(c.String("text"), now())
		if err := conformance.Verdict(c, got, err); err != nil {
			return fmt.Errorf("%q: %w", c.String("text"), err)
		}
		return nil
	}, func(c conformance.Case) string {
		if strings.ContainsFunc(c.String("text"), func(r rune) bool { return r > unicode.MaxASCII && unicode.IsDigit(r) }) {
			return "digits of other scripts are not read"
		}
		return ""
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"2024-01-10T11:59:00Z", "Wed, 10 Jan 2024 11:59:00 GMT", "10h36m28.5s", "12 am", "1.2.2003", "3rd of May 2001"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := dateutil.Parse(text, now())
		if err != nil {
			require.Equal(t, pyvalue.KindDateParse, pyvalue.KindOf(err))
			return
		}
		require.True(t, at.Year() >= 0 && at.Year() <= 10000)
	})
}

func Example() {
	now := time.Date(2024, 1, 31, 12, 0, 0, 0, time.UTC)
	at, err := dateutil.Parse("Wed, 10 Jan 2024 11:59:00 GMT", now)
	fmt.Println(at.Format(time.RFC3339), err)
	// Output: 2024-01-10T11:59:00Z <nil>
}
