package schedule

import "math/bits"

// civilDate is a day of the Gregorian calendar.
type civilDate struct{ year, month, day int }

// following returns the day after d.
func (d civilDate) following() civilDate {
	d.day++
	if d.day > daysIn(d.year, d.month) {
		d.day = 1
		d.month++
	}
	if d.month > 12 {
		d.month = 1
		d.year++
	}
	return d
}

// dayNumber returns the number of days since 1970-01-01.
func (d civilDate) dayNumber() int {
	// Years begin in March here, so that the day of a leap year comes last.
	y, m := d.year, d.month-3
	if m < 0 {
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*m+2)/5 + d.day - 1 - 719468
}

// weekday returns 0 for Monday to 6 for Sunday. Day 0 was a Thursday.
func weekday(dayNumber int) int { return ((dayNumber+3)%7 + 7) % 7 }

// isoWeek returns the number of the week that holds the day: week 1 is the one
// with the year's first Thursday.
func isoWeek(year, dayNumber int) int {
	thursday := dayNumber - weekday(dayNumber) + 3
	newYear := civilDate{year, 1, 1}.dayNumber()
	switch {
	case thursday < newYear:
		newYear = civilDate{year - 1, 1, 1}.dayNumber()
	case thursday >= (civilDate{year + 1, 1, 1}).dayNumber():
		return 1
	}
	return (thursday-newYear)/7 + 1
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year, month int) int {
	switch month {
	case 2:
		if leap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// calendarCycle is the number of years after which dates fall on the same
// weekdays and weeks again.
const calendarCycle = 400

// nextDate returns the first day from d on that the date fields allow.
func (c *cron) nextDate(d civilDate) (civilDate, bool) {
	end := lastYear
	if c.everyYear {
		end = min(end, max(d.year, fieldSpecs()[fieldYear].min)+calendarCycle)
	}
	for year, ok := c.nextYear(d.year); ok && year <= end; year, ok = c.nextYear(year + 1) {
		if year > d.year {
			d = civilDate{year, 1, 1}
		}
		for months := c.fields[fieldMonth].bits >> d.month << d.month; months != 0; months &= months - 1 {
			month := bits.TrailingZeros64(months)
			if month > d.month {
				d.day = 1
			}
			if days := c.daysOf(year, month) >> d.day << d.day; days != 0 {
				return civilDate{year, month, bits.TrailingZeros64(days)}, true
			}
		}
	}
	return civilDate{}, false
}

// nextYear returns the first allowed year from year on.
func (c *cron) nextYear(year int) (int, bool) {
	best, found := 0, false
	for _, s := range c.fields[fieldYear].spans {
		if y, ok := s.next(year); ok && (!found || y < best) {
			best, found = y, true
		}
	}
	return best, found
}

// daysOf returns the allowed days of a month as bits.
func (c *cron) daysOf(year, month int) uint64 {
	days, last := c.fields[fieldDay].bits, daysIn(year, month)
	before := civilDate{year, month, 1}.dayNumber() - 1
	for _, w := range c.fields[fieldDay].weekdays {
		if day := w.day(weekday(before+1), last); day <= last {
			days |= 1 << day
		}
	}
	if c.fields[fieldDay].lastDay {
		days |= 1 << last
	}
	days &= 1<<(last+1) - 1
	if c.everyDayOfWeek && c.everyWeek {
		return days
	}
	for rest := days; rest != 0; rest &= rest - 1 {
		day := bits.TrailingZeros64(rest)
		if c.fields[fieldWeekday].bits>>weekday(before+day)&1 == 0 ||
			!c.everyWeek && c.fields[fieldWeek].bits>>isoWeek(year, before+day)&1 == 0 {
			days &^= 1 << day
		}
	}
	return days
}

// day returns the day of a month that begins with the weekday first and has the
// given last day. It may lie beyond.
func (w weekdayOfMonth) day(first, last int) int {
	day := 1 + (w.weekday-first+7)%7
	if w.nth == lastOfMonth {
		return day + (last-day)/7*7
	}
	return day + 7*(w.nth-1)
}
