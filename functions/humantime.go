package functions

import (
	"math/big"
	"strconv"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// ToHumanTime writes a number of seconds as StackStorm does: 3661 as "1h1m1s",
// numbers below one as microseconds. Like upstream it counts years and days from
// the start of the calendar, so that whole months vanish. What is no number is an
// error of kind [pyvalue.KindAssertion].
func ToHumanTime(seconds any) (any, error) {
	seconds = pyvalue.Canonical(seconds)
	switch n := seconds.(type) {
	case bool:
		seconds = int64(0)
		if n {
			seconds = int64(1)
		}
	case int64, float64, *big.Int:
	default:
		return nil, pyvalue.Errorf(pyvalue.KindAssertion, "seconds must be a number, not %s", pyvalue.TypeName(seconds))
	}
	if pyvalue.Equal(seconds, int64(0)) {
		return "0s", nil
	}
	if below, err := pyvalue.CompareLess(seconds, int64(1)); err != nil || below {
		return pyvalue.Str(seconds) + "μs", err
	}
	rounded, err := pyvalue.Round(seconds, nil)
	if err != nil {
		return nil, err
	}
	// Python's calendar ends with the year 9999.
	const lastSecond = 315537897599
	n, ok := rounded.(int64)
	if !ok || n > lastSecond {
		return nil, pyvalue.Errorf(pyvalue.KindOverflow, "%s seconds are beyond the calendar", pyvalue.Str(rounded))
	}
	first := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	moved := time.Unix(first.Unix()+n, 0).UTC()
	text := ""
	for _, part := range []struct {
		n    int
		unit string
	}{
		{moved.Year() - 1, "y"}, {moved.Day() - 1, "d"}, {moved.Hour(), "h"}, {moved.Minute(), "m"}, {moved.Second(), "s"},
	} {
		if part.n > 0 || text != "" || part.unit == "s" {
			text += strconv.Itoa(part.n) + part.unit
		}
	}
	return text, nil
}
