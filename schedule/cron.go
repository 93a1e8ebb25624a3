package schedule

import (
	"math/bits"
	"time"
)

// cron is the fields of a cron timer.
type cron struct {
	fields                               [fieldCount]fieldSet
	everyYear, everyWeek, everyDayOfWeek bool
}

// newCron completes the fields: those not given are open if one that is less
// significant is given, or if none is, else at their default.
func newCron(fields [fieldCount]fieldSet, given [fieldCount]bool) *cron {
	least := fieldCount
	for i := range given {
		if given[i] {
			least = i
		}
	}
	specs := fieldSpecs()
	for i, spec := range specs {
		if given[i] {
			continue
		}
		s := span{spec.min, spec.max, 1}
		if i > least && i != fieldWeek && i != fieldWeekday {
			s.last = s.first
		}
		fields[i].addSpan(spec, s)
	}
	return &cron{
		fields:         fields,
		everyYear:      fields[fieldYear].every(specs[fieldYear]),
		everyWeek:      fields[fieldWeek].every(specs[fieldWeek]),
		everyDayOfWeek: fields[fieldWeekday].every(specs[fieldWeekday]),
	}
}

// next returns the first full second after a time, both in Unix seconds, whose
// reading in the zone the fields allow.
//
// Where clocks are changed, what fires depends on where the search begins. It
// begins before the change then, so that every time is followed by the same.
func (c *cron) next(after int64, zone *time.Location) (int64, bool) {
	from := beforeChange(after, zone)
	for {
		found, ok := c.search(from, zone)
		if !ok || found > after {
			return found, ok
		}
		from = found
	}
}

func (c *cron) search(after int64, zone *time.Location) (int64, bool) {
	clock := wallClockAt(after+1, zone)
	date, _ := clock.date()
	if first, ok := c.nextDate(date); !ok {
		return 0, false
	} else if first != date {
		date, clock = first, wallClockReading(first.midnight(), zone)
	}
	for {
		if found, ok := c.nextOnDate(&clock, date, zone); ok && found > after {
			return found, true
		}
		following, ok := c.nextDate(date.following())
		if !ok {
			return 0, false
		}
		date, clock = following, wallClockReading(following.midnight(), zone)
	}
}

// stepsADay is more than a search needs within a day; a zone whose clocks are
// changed many times a day does not keep it from ending.
const stepsADay = 500

// nextOnDate looks for a time from the clock's on, which is on the date.
//
// Whether a reading that exists twice is met the first or the second time, and
// one that does not exist is met at all, depends on how it is reached: by
// setting a field to a value that the timer names, or by a field running on.
func (c *cron) nextOnDate(clock *wallClock, date civilDate, zone *time.Location) (int64, bool) {
	midnight := date.midnight()
	for range stepsADay {
		sinceMidnight := int(clock.seconds - midnight)
		if sinceMidnight < 0 || sinceMidnight >= secondsADay {
			return 0, false
		}
		h, m, s := sinceMidnight/3600, sinceMidnight/60%60, sinceMidnight%60
		switch hour, ok := c.nextValue(fieldHour, h); {
		case !ok:
			*clock = clock.later(midnight+secondsADay, zone)
			continue
		case hour > h:
			*clock = wallClockReading(midnight+int64(hour)*3600, zone)
			h, m, s = hour, 0, 0
		}
		hourStart := midnight + int64(h)*3600
		switch minute, ok := c.nextValue(fieldMinute, m); {
		case !ok:
			*clock = clock.later(hourStart+3600, zone)
			continue
		case minute > m:
			*clock = wallClockReading(hourStart+int64(minute)*60, zone)
			m, s = minute, 0
		}
		minuteStart := hourStart + int64(m)*60
		switch second, ok := c.nextValue(fieldSecond, s); {
		case !ok:
			*clock = clock.later(minuteStart+60, zone)
			continue
		case second > s:
			*clock = wallClockReading(minuteStart+int64(second), zone)
		}
		return clock.unix(), true
	}
	return 0, false
}

// nextValue returns the first allowed value of a field from value on.
func (c *cron) nextValue(field, value int) (int, bool) {
	rest := c.fields[field].bits >> value << value
	return bits.TrailingZeros64(rest), rest != 0
}
