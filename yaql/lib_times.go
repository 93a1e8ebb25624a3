package yaql

import (
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

const zeroSpan = pyvalue.Timedelta(0)

func defineTimes(s *FunctionSet) {
	s.define("datetime", asFunction, "year:int, month:int, day:int, hour:int=0, minute:int=0, second:int=0, microsecond:int=0, offset:timespan=zero",
		func(ev *evaluator, _ *scope, a []any) (any, error) {
			zone, err := zoneOf(a[7])
			if err != nil {
				return nil, err
			}
			return newTime(a[:7], zone)
		})
	s.define("datetime", asFunction, "timestamp:number, offset:timespan=zero", func(ev *evaluator, _ *scope, a []any) (any, error) {
		zone, err := zoneOf(a[1])
		if err != nil {
			return nil, err
		}
		return fromTimestamp(a[0], zone)
	})
	s.define("datetime", asFunction, "string:string, format:string?=null", func(ev *evaluator, _ *scope, a []any) (any, error) {
		layout, _ := a[1].(string)
		t, err := ev.parseTime(a[0].(string), layout)
		if err != nil {
			return nil, err
		}
		return zoned(t), nil
	})
	s.define("timespan", asFunction, "days:int=0, hours:int=0, minutes:int=0, seconds:whole=0, milliseconds:whole=0, microseconds:whole=0", newTimespan)
	s.define("now", asFunction, "offset:timespan?=zero", func(ev *evaluator, _ *scope, a []any) (any, error) {
		if ev.env.Now == nil {
			return nil, fail(KindEvaluation, "no clock")
		}
		now := ev.env.Now().Truncate(time.Microsecond)
		if a[0] == nil {
			return pyvalue.NaiveTime(now.In(ev.location())), nil
		}
		zone, err := zoneOf(a[0])
		if err != nil {
			return nil, err
		}
		return now.In(zone), nil
	})
	s.define("localtz", asFunction, "", func(ev *evaluator, _ *scope, _ []any) (any, error) {
		t := time.Unix(0, 0)
		if ev.env.Now != nil {
			t = ev.env.Now()
		}
		_, seconds := t.In(ev.location()).Zone()
		return pyvalue.Timedelta(seconds) * pyvalue.Second, nil
	})
	s.define("utctz", asFunction, "", constant(zeroSpan))
	s.define("isDatetime", asFunction, "value:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		_, ok := a[0].(time.Time)
		return ok, nil
	})
	s.define("isTimespan", asFunction, "value:any", func(ev *evaluator, _ *scope, a []any) (any, error) {
		_, ok := a[0].(pyvalue.Timedelta)
		return ok, nil
	})

	s.define("#operator_+", asFunction, "dt:datetime, ts:timespan", func(ev *evaluator, _ *scope, a []any) (any, error) { return shift(a[0], a[1], 1) })
	s.define("#operator_+", asFunction, "ts:timespan, dt:datetime", func(ev *evaluator, _ *scope, a []any) (any, error) { return shift(a[1], a[0], 1) })
	s.define("#operator_-", asFunction, "dt:datetime, ts:timespan", func(ev *evaluator, _ *scope, a []any) (any, error) { return shift(a[0], a[1], -1) })
	s.define("#operator_-", asFunction, "dt1:datetime, dt2:datetime", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return pyvalue.TimedeltaBetween(zoned(a[1].(time.Time)), zoned(a[0].(time.Time))), nil
	})
	s.define("#operator_+", asFunction, "ts1:timespan, ts2:timespan", pure2(pyvalue.Add))
	s.define("#operator_-", asFunction, "ts1:timespan, ts2:timespan", pure2(pyvalue.Sub))
	s.define("#operator_*", asFunction, "ts:timespan, n:number", func(ev *evaluator, _ *scope, a []any) (any, error) { return scaleSpan(a[0], a[1]) })
	s.define("#operator_*", asFunction, "n:number, ts:timespan", func(ev *evaluator, _ *scope, a []any) (any, error) { return scaleSpan(a[1], a[0]) })
	s.define("#operator_/", asFunction, "ts1:timespan, ts2:timespan", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return pyvalue.Div(float64(a[0].(pyvalue.Timedelta)), int64(a[1].(pyvalue.Timedelta)))
	})
	s.define("#operator_/", asFunction, "ts:timespan, n:number", func(ev *evaluator, _ *scope, a []any) (any, error) {
		q, err := pyvalue.Div(int64(a[0].(pyvalue.Timedelta)), a[1])
		if err != nil {
			return nil, err
		}
		return spanOf(q)
	})
	s.define("#unary_operator_-", asFunction, "ts:timespan", func(ev *evaluator, _ *scope, a []any) (any, error) {
		return -a[0].(pyvalue.Timedelta), nil
	})
	s.define("#unary_operator_+", asFunction, "ts:timespan", func(ev *evaluator, _ *scope, a []any) (any, error) { return a[0], nil })

	s.define("replace", asMethod, "dt:datetime, year:int?=null, month:int?=null, day:int?=null, hour:int?=null, minute:int?=null, second:int?=null, microsecond:int?=null, offset:timespan?=null",
		func(ev *evaluator, _ *scope, a []any) (any, error) {
			t := zoned(a[0].(time.Time))
			parts := clockParts(t)
			for i := range parts {
				if a[i+1] != nil {
					parts[i] = a[i+1]
				}
			}
			zone := t.Location()
			if a[8] != nil {
				var err error
				if zone, err = zoneOf(a[8]); err != nil {
					return nil, err
				}
			}
			return newTime(parts, zone)
		})
	s.define("format", asMethod, "dt:datetime, format:string", func(ev *evaluator, _ *scope, a []any) (any, error) {
		text, err := formatTime(zoned(a[0].(time.Time)), a[1].(string))
		if err != nil {
			return nil, err
		}
		return text, ev.text(len(text))
	})
	for name, p := range properties {
		s.define("#property#"+name, asFunction, "obj:"+p.typ, func(ev *evaluator, _ *scope, a []any) (any, error) { return p.get(a[0]) })
	}
}

func (ev *evaluator) location() *time.Location {
	if ev.env.Location == nil {
		return time.UTC
	}
	return ev.env.Location
}

// zoned gives a point in time without a zone the zone UTC.
func zoned(t time.Time) time.Time {
	if pyvalue.IsNaive(t) {
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	}
	return t
}

func zoneOf(offset any) (*time.Location, error) {
	d := offset.(pyvalue.Timedelta)
	if d == 0 {
		return time.UTC, nil
	}
	if d <= -pyvalue.Day || d >= pyvalue.Day {
		return nil, fail(KindValue, "a zone offset of a day or more")
	}
	return time.FixedZone("", int(d/pyvalue.Second)), nil
}

// clockParts returns year, month, day, hour, minute, second, microsecond.
func clockParts(t time.Time) []any {
	return []any{
		int64(t.Year()), int64(t.Month()), int64(t.Day()),
		int64(t.Hour()), int64(t.Minute()), int64(t.Second()), int64(t.Nanosecond() / 1000),
	}
}

func newTime(parts []any, zone *time.Location) (any, error) {
	var n [7]int
	for i, p := range parts {
		v, err := intOf(p)
		if err != nil {
			return nil, err
		}
		n[i] = v
	}
	limits := [...]struct {
		name     string
		from, to int
	}{{"year", 1, 9999}, {"month", 1, 12}, {"day", 1, 31}, {"hour", 0, 23}, {"minute", 0, 59}, {"second", 0, 59}, {"microsecond", 0, 999999}}
	for i, l := range limits {
		if n[i] < l.from || n[i] > l.to {
			return nil, fail(KindValue, "%s %d is out of range", l.name, n[i])
		}
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6]*1000, zone)
	if t.Day() != n[2] {
		return nil, fail(KindValue, "day %d is out of range for the month", n[2])
	}
	return t, nil
}

func inRange(t time.Time) (any, error) {
	if t.Year() < 1 || t.Year() > 9999 {
		return nil, fail(KindOverflow, "a date beyond the years 1 to 9999")
	}
	return t, nil
}

func fromTimestamp(v any, zone *time.Location) (any, error) {
	var micros *big.Int
	switch v := v.(type) {
	case int64:
		micros = new(big.Int).Mul(big.NewInt(v), big.NewInt(1e6))
	case float64:
		if math.IsNaN(v) {
			return nil, fail(KindValue, "NaN is no timestamp")
		}
		if math.Abs(v) >= 1<<62 {
			return nil, fail(KindOverflow, "timestamp out of range")
		}
		whole, fraction := math.Modf(v)
		micros = new(big.Int).Mul(big.NewInt(int64(whole)), big.NewInt(1e6))
		micros.Add(micros, big.NewInt(int64(math.RoundToEven(fraction*1e6))))
	default:
		return nil, fail(KindOverflow, "timestamp out of range")
	}
	if !micros.IsInt64() || micros.CmpAbs(big.NewInt(400_000_000_000_000_000)) > 0 {
		return nil, fail(KindValue, "a timestamp beyond the years 1 to 9999")
	}
	t := time.UnixMicro(micros.Int64()).In(zone)
	if t.Year() < 1 || t.Year() > 9999 {
		return nil, fail(KindValue, "a timestamp beyond the years 1 to 9999")
	}
	return t, nil
}

func newTimespan(_ *evaluator, _ *scope, a []any) (any, error) {
	units := [...]pyvalue.Timedelta{pyvalue.Day, pyvalue.Hour, pyvalue.Minute, pyvalue.Second, pyvalue.Millisecond, pyvalue.Microsecond}
	total := new(big.Int)
	for i, unit := range units {
		var n *big.Int
		switch v := asInteger(a[i]).(type) {
		case int64:
			n = big.NewInt(v)
		case *big.Int:
			n = v
		}
		total.Add(total, new(big.Int).Mul(n, big.NewInt(int64(unit))))
	}
	return spanOf(total)
}

// spanOf makes a timespan of a number of microseconds.
func spanOf(micros any) (any, error) {
	switch v := micros.(type) {
	case int64:
		return pyvalue.Timedelta(v), nil
	case *big.Int:
		if v.IsInt64() {
			return pyvalue.Timedelta(v.Int64()), nil
		}
	case float64:
		if math.IsNaN(v) {
			return nil, fail(KindValue, "NaN is no timespan")
		}
		if r := math.RoundToEven(v); math.Abs(r) < 1<<63 {
			return pyvalue.Timedelta(r), nil
		}
	}
	return nil, fail(KindOverflow, "a timespan out of range")
}

func scaleSpan(span, factor any) (any, error) {
	v, err := pyvalue.Mul(int64(span.(pyvalue.Timedelta)), factor)
	if err != nil {
		return nil, err
	}
	return spanOf(v)
}

func shift(t, span any, sign pyvalue.Timedelta) (any, error) {
	d := span.(pyvalue.Timedelta)
	const most = 10_000 * 366 * pyvalue.Day
	if d < -most || d > most {
		return nil, fail(KindOverflow, "a date beyond the years 1 to 9999")
	}
	return inRange((sign * d).AddTo(zoned(t.(time.Time))))
}

// properties are what can stand behind a dot after a time or timespan.
var properties = map[string]struct {
	typ string
	get func(v any) (any, error)
}{
	"year":         {"datetime", clockPart(0)},
	"month":        {"datetime", clockPart(1)},
	"day":          {"datetime", clockPart(2)},
	"hour":         {"datetime", clockPart(3)},
	"minute":       {"datetime", clockPart(4)},
	"second":       {"datetime", clockPart(5)},
	"microsecond":  {"datetime", clockPart(6)},
	"weekday":      {"datetime", func(v any) (any, error) { return int64(v.(time.Time).Weekday()+6) % 7, nil }},
	"offset":       {"datetime", func(v any) (any, error) { return offsetOf(v.(time.Time)), nil }},
	"date":         {"datetime", func(v any) (any, error) { return startOfDay(v.(time.Time)), nil }},
	"time":         {"datetime", func(v any) (any, error) { return timeOfDay(v.(time.Time)), nil }},
	"utc":          {"datetime", func(v any) (any, error) { return inRange(shiftedToUTC(zoned(v.(time.Time)))) }},
	"timestamp":    {"datetime", func(v any) (any, error) { return timestamp(zoned(v.(time.Time))), nil }},
	"days":         {"timespan", spanIn(pyvalue.Day)},
	"hours":        {"timespan", spanIn(pyvalue.Hour)},
	"minutes":      {"timespan", spanIn(pyvalue.Minute)},
	"seconds":      {"timespan", spanIn(pyvalue.Second)},
	"milliseconds": {"timespan", spanIn(pyvalue.Millisecond)},
	"microseconds": {"timespan", func(v any) (any, error) { return int64(v.(pyvalue.Timedelta)), nil }},
}

func clockPart(i int) func(any) (any, error) {
	return func(v any) (any, error) { return clockParts(v.(time.Time))[i], nil }
}

func spanIn(unit pyvalue.Timedelta) func(any) (any, error) {
	return func(v any) (any, error) { return float64(v.(pyvalue.Timedelta)) / float64(unit), nil }
}

func offsetOf(t time.Time) pyvalue.Timedelta {
	if pyvalue.IsNaive(t) {
		return 0
	}
	_, seconds := t.Zone()
	return pyvalue.Timedelta(seconds) * pyvalue.Second
}

// shiftedToUTC moves the clock reading to that of UTC but keeps the zone, an
// oddity of the original.
func shiftedToUTC(t time.Time) time.Time { return (-offsetOf(t)).AddTo(t) }

// timestamp counts seconds from 1970, in the same odd way.
func timestamp(t time.Time) float64 {
	return pyvalue.TimedeltaBetween(time.Unix(0, 0), shiftedToUTC(t)).Seconds()
}

func startOfDay(t time.Time) time.Time {
	t = zoned(t)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func timeOfDay(t time.Time) pyvalue.Timedelta {
	return pyvalue.TimedeltaBetween(startOfDay(t), zoned(t))
}

// property returns a property of a time or timespan.
func property(v any, name string) (any, error) {
	p, ok := properties[strings.TrimRight(name, "_")]
	if !ok {
		return nil, fail(KindUnknownFunction, "%s has no attribute %q", typeName(v), name)
	}
	if !(&param{typ: typeNames[p.typ]}).accepts(v) {
		return nil, fail(KindNoMatchingFunction, "%s has no attribute %q", typeName(v), name)
	}
	return p.get(v)
}
