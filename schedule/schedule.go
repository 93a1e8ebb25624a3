package schedule

import (
	"fmt"
	"math/big"
	"time"

	"github.com/petrel-dev/petrel/dateutil"
	"github.com/petrel-dev/petrel/pyvalue"
)

// Schedule is the fires of a timer that was started. It never changes and may be
// used by any number of goroutines. Times are returned in the timer's zone.
type Schedule struct {
	zone  *time.Location
	start time.Time // nothing fires before
	rule  rule
}

// rule returns the first fire that is later than a time, which is not before
// the start of the schedule by more than a nanosecond.
type rule func(after time.Time) (time.Time, bool)

// Start returns the schedule of a timer that is added at a time, in the zone
// given by the timer's parameters or else in local; nil is UTC. Nothing fires
// before the timer is added.
//
// An interval timer fires one interval after it was added and then at every
// further one, so its phase is kept by starting it with the same time again. An
// interval of 0 counts as a second and fires first when it is added. A date
// timer whose date is past never fires. Parts that the date leaves out are taken
// from the day on which the timer is added.
//
// The error is an [*Error]: an unknown time zone, a date that cannot be read, an
// interval that is negative or does not end before the year 10000.
func (t *Timer) Start(added time.Time, local *time.Location) (*Schedule, error) {
	if local == nil {
		local = time.UTC
	}
	if t.timezone != "" {
		zone, message, hint := loadZone(t.timezone)
		if message != "" {
			return nil, problems{{"timezone", message, hint}}.err()
		}
		local = zone
	}
	s := &Schedule{zone: local, start: added.Round(0)}
	var err error
	switch t.triggerType {
	case IntervalTimer:
		s.rule, err = t.intervalRule(s.start)
	case DateTimer:
		s.rule, err = t.dateRule(s.start, local)
	default:
		s.rule = t.cronRule(local)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Next returns the first fire that is later than a time, and whether there is
// one. The zero time asks for the very first fire, which may be at the time the
// timer was added.
func (s *Schedule) Next(after time.Time) (time.Time, bool) {
	if after.Before(s.start) {
		after = s.start.Add(-1)
	}
	next, ok := s.rule(after)
	if !ok {
		return time.Time{}, false
	}
	return next.In(s.zone), true
}

// Location returns the time zone of the schedule.
func (s *Schedule) Location() *time.Location { return s.zone }

func (t *Timer) cronRule(zone *time.Location) rule {
	return func(after time.Time) (time.Time, bool) {
		unix, ok := t.cron.next(after.Unix(), zone)
		return time.Unix(unix, 0), ok
	}
}

func (t *Timer) dateRule(added time.Time, zone *time.Location) (rule, error) {
	date, err := dateutil.Parse(t.date, added.In(zone))
	if err != nil {
		return nil, problems{{"date", fmt.Sprintf("%q cannot be read as a date", t.date), "write it as 2024-01-10T12:00:00Z"}}.err()
	}
	if pyvalue.IsNaive(date) {
		_, offset := date.Zone()
		reading := wallClockReading(date.Unix()+int64(offset), zone)
		date = time.Unix(reading.unix(), int64(date.Nanosecond()))
	}
	return func(after time.Time) (time.Time, bool) { return date, date.After(after) }, nil
}

// endOfTime is the Unix time at which the year after the last one begins.
func endOfTime() int64 { return civilDate{lastYear + 1, 1, 1}.midnight() }

func (t *Timer) intervalRule(added time.Time) (rule, error) {
	var delta big.Int
	switch n := t.delta.(type) {
	case int64:
		delta.SetInt64(n)
	case *big.Int:
		delta.Set(n)
	}
	if delta.Sign() < 0 {
		return nil, problems{{"delta", "a negative interval never comes", fmt.Sprintf("did you mean %s?", new(big.Int).Neg(&delta))}}.err()
	}
	end := endOfTime()
	delta.Mul(&delta, big.NewInt(int64(t.unit/time.Second)))
	if delta.Cmp(big.NewInt(end-added.Unix())) >= 0 {
		return nil, problems{{"delta", fmt.Sprintf("the interval does not end before the year %d", lastYear+1), ""}}.err()
	}
	step, first := delta.Int64(), added
	if step == 0 {
		step = 1
	} else {
		first = time.Unix(added.Unix()+step, int64(added.Nanosecond()))
	}
	return func(after time.Time) (time.Time, bool) {
		if after.Before(first) {
			return first, true
		}
		elapsed := after.Unix() - first.Unix()
		if after.Nanosecond() < first.Nanosecond() {
			elapsed--
		}
		next := first.Unix() + (elapsed/step+1)*step
		return time.Unix(next, int64(first.Nanosecond())), next < end
	}, nil
}
