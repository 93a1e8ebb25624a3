package schedule

import "time"

// wallClock is a reading of the clock on the wall of a time zone: a count of
// seconds that would be Unix time if the zone were UTC, and how far the zone is
// ahead of UTC then. The reading may be one that does not exist there because
// clocks go forward over it.
type wallClock struct {
	seconds int64
	ahead   int64
}

const secondsADay = 24 * 60 * 60

func wallClockAt(unix int64, zone *time.Location) wallClock {
	ahead := aheadAt(unix, zone)
	return wallClock{unix + ahead, ahead}
}

// wallClockReading finds the time at which the clock has a reading: the second
// one if there are two, and if there is none, the time at which it would be if
// clocks had not gone forward.
func wallClockReading(seconds int64, zone *time.Location) wallClock {
	before := aheadAt(seconds-secondsADay, zone)
	after := aheadAt(seconds+secondsADay, zone)
	// The second of two readings belongs to the smaller distance.
	for _, ahead := range [2]int64{min(before, after), max(before, after)} {
		if aheadAt(seconds-ahead, zone) == ahead {
			return wallClock{seconds, ahead}
		}
	}
	return wallClock{seconds, before}
}

func (w wallClock) unix() int64 { return w.seconds - w.ahead }

// later returns the reading that follows if the clock goes on to a reading
// without being set forward or back, and is then looked at again.
func (w wallClock) later(seconds int64, zone *time.Location) wallClock {
	return wallClockAt(seconds-w.ahead, zone)
}

// date returns the day of the reading and the seconds since its midnight.
func (w wallClock) date() (civilDate, int) {
	t := time.Unix(w.seconds, 0).UTC()
	year, month, day := t.Date()
	return civilDate{year, int(month), day}, int((w.seconds%secondsADay + secondsADay) % secondsADay)
}

func (d civilDate) midnight() int64 { return int64(d.dayNumber()) * secondsADay }

func aheadAt(unix int64, zone *time.Location) int64 {
	_, offset := time.Unix(unix, 0).In(zone).Zone()
	return int64(offset)
}

// beforeChange returns a time two seconds before the readings of the clock that
// a change of the clock makes missing or ambiguous, if the given time has one of
// these; otherwise the time itself.
func beforeChange(unix int64, zone *time.Location) int64 {
	ahead := aheadAt(unix+1, zone)
	start, end := time.Unix(unix+1, 0).In(zone).ZoneBounds()
	if !start.IsZero() {
		forward := ahead - aheadAt(start.Unix()-1, zone)
		if unix < start.Unix()+forward {
			return start.Unix() - 2
		}
	}
	if !end.IsZero() {
		back := ahead - aheadAt(end.Unix(), zone)
		if unix+1 >= end.Unix()-back {
			return end.Unix() - back - 2
		}
	}
	return unix
}
