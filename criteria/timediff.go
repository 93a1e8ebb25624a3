package criteria

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/dateutil"
	"github.com/petrel-dev/petrel/pyvalue"
)

// bindTimediff compares the age of a point in time, in seconds, with the pattern.
func bindTimediff(holds func(age, limit float64) bool) func(*Compiler, any) test {
	return func(_ *Compiler, pattern any) test {
		limit, err := seconds(pattern)
		if err != nil {
			return defective(patternError(err))
		}
		return test{holds: func(r *run, value any) (bool, error) {
			then, err := parseTime(value, r.in.Now)
			if err != nil {
				return false, err
			}
			age := pyvalue.TimedeltaBetween(then, r.in.Now).Seconds()
			return holds(age, limit), nil
		}}
	}
}

// seconds reads the pattern of a timediff operator as Python's float does.
func seconds(pattern any) (float64, error) {
	switch p := pyvalue.Canonical(pattern).(type) {
	case bool:
		if p {
			return 1, nil
		}
		return 0, nil
	case int64:
		return float64(p), nil
	case float64:
		return p, nil
	case *big.Int:
		f, _ := new(big.Float).SetInt(p).Float64()
		if math.IsInf(f, 0) {
			return 0, pyvalue.Errorf(pyvalue.KindOverflow, "the number of seconds is too large")
		}
		return f, nil
	case string:
		return parseSeconds(p)
	}
	return 0, pyvalue.Errorf(pyvalue.KindType, "needs a number of seconds, not %s", described(pattern))
}

func parseSeconds(text string) (float64, error) {
	refusal := pyvalue.Errorf(pyvalue.KindValue, "%q is not a number of seconds", text)
	digits := strings.TrimSpace(text)
	if strings.ContainsAny(digits, "xXpP") {
		return 0, refusal
	}
	for i := range len(digits) {
		if digits[i] == '_' && (!isDigit(digits, i-1) || !isDigit(digits, i+1)) {
			return 0, refusal
		}
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(digits, "_", ""), 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, refusal
	}
	return f, nil
}

func isDigit(s string, i int) bool {
	return i >= 0 && i < len(s) && '0' <= s[i] && s[i] <= '9'
}

// parseTime reads a point in time from the text of a value; without a zone it
// is in UTC.
func parseTime(value any, now time.Time) (time.Time, error) {
	if value == nil {
		return time.Time{}, refused(value)
	}
	text, err := pyvalue.StrWithin(value, maxDateText)
	if err != nil {
		return time.Time{}, err
	}
	days := 0
	switch m := endOfDay.FindStringSubmatch(text); {
	case m != nil:
		text, days = m[1]+m[2]+"00"+m[3], 1
	case monthOnly.MatchString(text):
		text += "-01"
	}
	then, err := dateutil.Parse(text, now.UTC())
	if err == nil && pyvalue.IsNaive(then) {
		then = time.Date(then.Year(), then.Month(), then.Day(), then.Hour(), then.Minute(), then.Second(), then.Nanosecond(), time.UTC)
	}
	return then.AddDate(0, 0, days), err
}

// StackStorm tries a strict reader of ISO 8601 first. It differs from the
// lenient one in two forms: hour 24 is the end of the day, and a year with a
// month is the first of the month, not today's day of it.
var (
	endOfDay  = regexp.MustCompile(`^(\d{4}-(?:0[1-9]|1[0-2])-\d{2}|\d{8})([Tt ])24((?::?00){0,2}(?:[.,]0+)?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?)$`)
	monthOnly = regexp.MustCompile(`^\d{4}-(?:0[1-9]|1[0-2])$`)
)

// maxDateText is the length in bytes of the longest text that is read as a date.
const maxDateText = 1 << 10
