package criteria

import (
	"math"
	"math/big"
	"strconv"
	"strings"

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
		if digits[i] == '_' && !(isDigit(digits, i-1) && isDigit(digits, i+1)) {
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
