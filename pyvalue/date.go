package pyvalue

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// naiveZone marks a time.Time that stands for a datetime without a time zone.
var naiveZone = time.FixedZone("naive", 0)

// NaiveTime returns t's clock reading as a datetime without a time zone.
func NaiveTime(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), naiveZone)
}

// IsNaive reports whether t came from [NaiveTime].
func IsNaive(t time.Time) bool { return t.Location() == naiveZone }

// Date is a calendar day without a time.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day of t's clock reading.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// Time returns the start of the day as a datetime without a time zone.
func (d Date) Time() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, naiveZone)
}

// String returns the day in the form 2006-01-02.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

func (d Date) ordinal() int64 { return d.Time().Unix() / 86400 }

// Timedelta is a span of time in microseconds.
type Timedelta int64

// Units of Timedelta.
const (
	Microsecond Timedelta = 1
	Millisecond           = 1000 * Microsecond
	Second                = 1000 * Millisecond
	Minute                = 60 * Second
	Hour                  = 60 * Minute
	Day                   = 24 * Hour
)

// TimedeltaOf returns d in microseconds, the rest cut off.
func TimedeltaOf(d time.Duration) Timedelta { return Timedelta(d.Microseconds()) }

// TimedeltaBetween returns the span from start to end, which unlike a
// time.Duration does not saturate after 292 years.
func TimedeltaBetween(start, end time.Time) Timedelta {
	return Timedelta(end.Unix()-start.Unix())*Second +
		Timedelta(end.Nanosecond()/1000-start.Nanosecond()/1000)
}

// AddTo returns t moved by the span.
func (d Timedelta) AddTo(t time.Time) time.Time {
	seconds, rest := floorDivInt(int64(d), int64(Second))
	moved := time.Unix(t.Unix()+seconds, int64(t.Nanosecond())+rest*1000)
	return moved.In(t.Location())
}

// Seconds returns the span in seconds.
func (d Timedelta) Seconds() float64 { return float64(d) / float64(Second) }

// String returns the span as Python prints it: "1 day, 2:00:00".
func (d Timedelta) String() string {
	days, rest := floorDivInt(int64(d), int64(Day))
	hours := rest / int64(Hour)
	minutes := rest / int64(Minute) % 60
	seconds := rest / int64(Second) % 60
	micros := rest % int64(Second)
	text := fmt.Sprintf("%d:%02d:%02d", hours, minutes, seconds)
	if micros != 0 {
		text += fmt.Sprintf(".%06d", micros)
	}
	switch days {
	case 0:
		return text
	case 1, -1:
		return strconv.FormatInt(days, 10) + " day, " + text
	}
	return strconv.FormatInt(days, 10) + " days, " + text
}

func (d Timedelta) repr() string {
	days, rest := floorDivInt(int64(d), int64(Day))
	seconds, micros := rest/int64(Second), rest%int64(Second)
	text := ""
	for _, part := range []struct {
		name string
		n    int64
	}{{"days", days}, {"seconds", seconds}, {"microseconds", micros}} {
		if part.n != 0 {
			if text != "" {
				text += ", "
			}
			text += part.name + "=" + strconv.FormatInt(part.n, 10)
		}
	}
	if text == "" {
		text = "0"
	}
	return "datetime.timedelta(" + text + ")"
}

func timeText(t time.Time) string {
	layout := "2006-01-02 15:04:05"
	if t.Nanosecond()/1000 != 0 {
		layout += ".000000"
	}
	text := t.Format(layout)
	if IsNaive(t) {
		return text
	}
	return text + offsetText(t)
}

// offsetText returns the zone offset of t as +hh:mm, with seconds if there are
// any.
func offsetText(t time.Time) string {
	_, offset := t.Zone()
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	text := fmt.Sprintf("%c%02d:%02d", sign, offset/3600, offset/60%60)
	if offset%60 != 0 {
		text += fmt.Sprintf(":%02d", offset%60)
	}
	return text
}

func timeRepr(t time.Time) string {
	text := fmt.Sprintf("datetime.datetime(%d, %d, %d, %d, %d", t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute())
	micros := t.Nanosecond() / 1000
	if t.Second() != 0 || micros != 0 {
		text += ", " + strconv.Itoa(t.Second())
	}
	if micros != 0 {
		text += ", " + strconv.Itoa(micros)
	}
	if IsNaive(t) {
		return text + ")"
	}
	if _, offset := t.Zone(); offset != 0 {
		return text + ", tzinfo=datetime.timezone(" + (Timedelta(offset) * Second).repr() + "))"
	}
	return text + ", tzinfo=datetime.timezone.utc)"
}

// floorDivInt divides rounding down; the remainder has the divisor's sign.
func floorDivInt(a, b int64) (quotient, remainder int64) {
	quotient, remainder = a/b, a%b
	if remainder != 0 && (remainder < 0) != (b < 0) {
		quotient--
		remainder += b
	}
	return quotient, remainder
}

// spanFromFloat rounds a number of microseconds half to even.
func spanFromFloat(micros float64) (Timedelta, error) {
	rounded := math.RoundToEven(micros)
	if math.IsNaN(rounded) {
		return 0, Errorf(KindValue, "cannot convert NaN to a time span")
	}
	if math.Abs(rounded) >= 1<<63 {
		return 0, Errorf(KindOverflow, "time span is too large")
	}
	return Timedelta(rounded), nil
}
