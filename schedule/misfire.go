package schedule

import "time"

// Policy tells what becomes of fires whose time went by before they could be
// fired.
type Policy int

// The policies for late fires.
const (
	// Skip fires the latest one only if it is within the grace. It is
	// StackStorm's way, with a grace of a second.
	Skip Policy = iota
	// Once fires the latest one, however late, in place of all.
	Once
	// All fires every single one, oldest first.
	All
)

// String returns the policy's name in lower case.
func (p Policy) String() string {
	switch p {
	case Skip:
		return "skip"
	case Once:
		return "once"
	case All:
		return "all"
	}
	return "unknown"
}

// DefaultGrace is how late StackStorm still fires.
const DefaultGrace = time.Second

// DefaultBatch is the number of fires returned at once if [Misfire.Batch] is 0.
const DefaultBatch = 1000

// Misfire is the treatment of late fires. The zero value fires the latest one if
// it is due this very moment.
type Misfire struct {
	Policy Policy
	// Grace is how late a fire may be under the policy Skip. Fires at most so
	// late are on time.
	Grace time.Duration
	// Batch is the largest number of fires returned at once under the policy
	// All; 0 means DefaultBatch.
	Batch int
}

// Due is what a schedule asks for at one moment.
type Due struct {
	// Fires is what to fire now, oldest first: at most one time, except under
	// the policy All.
	Fires []time.Time
	// Last is the time to hand in as the last fire when asking again: the latest
	// of the times dealt with, whether fired or not.
	Last time.Time
	// More reports that the batch was full: ask again at once.
	More bool
	// Next is the first fire after now, or the zero time if there is none.
	Next time.Time
}

// Due returns what to fire now, if everything up to last has been dealt with.
// The zero time stands for a timer that has never fired.
func (s *Schedule) Due(last, now time.Time, m Misfire) Due {
	due := Due{Last: last}
	due.Next, _ = s.Next(now)
	if m.Policy == All {
		s.fillBatch(&due, now, m.Batch)
		return due
	}
	latest, ok := s.latest(last, now)
	if !ok {
		return due
	}
	due.Last = latest
	if m.Policy == Once || now.Sub(latest) <= m.Grace {
		due.Fires = []time.Time{latest}
	}
	return due
}

// fillBatch adds the fires up to now, oldest first, until the batch is full.
func (s *Schedule) fillBatch(due *Due, now time.Time, batch int) {
	if batch <= 0 {
		batch = DefaultBatch
	}
	for {
		fire, ok := s.Next(due.Last)
		if !ok || fire.After(now) {
			return
		}
		if len(due.Fires) == batch {
			due.More = true
			return
		}
		due.Fires = append(due.Fires, fire)
		due.Last = fire
	}
}

// latest returns the last fire after one time and up to another. It halves the
// time between until nothing is left, so it is quick however many fires there
// are.
func (s *Schedule) latest(after, now time.Time) (time.Time, bool) {
	latest, ok := s.Next(after)
	if !ok || latest.After(now) {
		return time.Time{}, false
	}
	for end := now; end.After(latest); {
		middle := latest.Add((end.Sub(latest)) / 2)
		if fire, ok := s.Next(middle); ok && !fire.After(now) {
			latest = fire
		} else {
			end = middle
		}
	}
	return latest, true
}
