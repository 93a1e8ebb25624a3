package dateutil

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// maxLength is the longest text that is looked at, in bytes.
const maxLength = 1000

// Parse reads a date, a time or both. What the text leaves out is taken from
// now: the date, and midnight for the time. A slash date is month first unless
// that is impossible. Without a zone, or with one of unknown name, the result is
// a datetime without zone (see [pyvalue.IsNaive]). The error is of kind
// [pyvalue.KindDateParse].
func Parse(text string, now time.Time) (time.Time, error) {
	fail := func(reason string) (time.Time, error) {
		return time.Time{}, pyvalue.Errorf(pyvalue.KindDateParse, "cannot read %s as a date: %s", pyvalue.Repr(text[:min(len(text), maxLength)]), reason)
	}
	if len(text) > maxLength {
		return fail("the text is too long")
	}
	p := parser{tokens: tokenize(text), date: calendar{year: -1, month: -1, day: -1}, hour: -1, minute: -1, second: -1, micro: -1, weekday: -1}
	if err := p.run(); err != nil {
		return fail("unknown format")
	}
	year, month, day, err := p.date.resolve()
	if err != nil {
		return fail("unknown format")
	}
	if year < 0 && month < 0 && day < 0 && p.hour < 0 && p.minute < 0 && p.second < 0 && p.weekday < 0 && p.zone == "" && !p.hasOffset {
		return fail("it holds no date")
	}
	if year >= 0 {
		year = fullYear(year, p.date.century, now.Year())
	}
	return p.build(year, month, day, now, fail)
}

// fullYear adds the century that lies nearest to now.
func fullYear(year int, century bool, now int) int {
	if year >= 100 || century {
		return year
	}
	year += now / 100 * 100
	switch {
	case year >= now+50:
		return year - 100
	case year < now-50:
		return year + 100
	}
	return year
}

func (p *parser) build(year, month, day int, now time.Time, fail func(string) (time.Time, error)) (time.Time, error) {
	givenDay := day > 0
	if year < 0 {
		year = now.Year()
	}
	if month < 0 {
		month = int(now.Month())
	}
	if year < 1 || year > 9999 || month < 1 || month > 12 {
		return fail("year or month is out of range")
	}
	if day < 0 {
		day = min(now.Day(), daysIn(year, month))
	}
	if day < 1 || day > daysIn(year, month) {
		return fail("day is out of range for the month")
	}
	hour, minute, second := max(p.hour, 0), max(p.minute, 0), max(p.second, 0)
	if hour > 23 || minute > 59 || second > 59 {
		return fail("the time is out of range")
	}
	if p.weekday >= 0 && !givenDay {
		at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		day += (p.weekday - int(at.Weekday()+6)%7 + 7) % 7
	}
	at := time.Date(year, time.Month(month), day, hour, minute, second, max(p.micro, 0)*1000, time.UTC)
	if at.Year() > 9999 {
		return fail("the year is out of range")
	}
	if p.zone == "Z" || p.zone == "z" || p.hasOffset && p.offset != 0 && isUTCName(p.zone) {
		p.offset, p.hasOffset = 0, true
	}
	switch {
	case !p.hasOffset:
		return pyvalue.NaiveTime(at), nil
	case p.offset == 0:
		return at, nil
	case p.offset <= -86400 || p.offset >= 86400:
		return fail("the zone is out of range")
	}
	return time.Unix(at.Unix()-int64(p.offset), int64(at.Nanosecond())).In(time.FixedZone(p.zone, p.offset)), nil
}

// parser holds what was read so far; -1 is not given.
type parser struct {
	tokens                      []string
	date                        calendar
	hour, minute, second, micro int
	weekday                     int
	zone                        string
	offset                      int
	hasOffset                   bool
}

// token returns the token at i, "" beyond the end.
func (p *parser) token(i int) string {
	if i >= 0 && i < len(p.tokens) {
		return p.tokens[i]
	}
	return ""
}

func (p *parser) run() error {
	for i := 0; i < len(p.tokens); i++ {
		token := p.tokens[i]
		var err error
		switch {
		case token[0] >= '0' && token[0] <= '9':
			i, err = p.number(i)
		case weekday(token) >= 0:
			p.weekday = weekday(token)
		case month(token) > 0:
			i, err = p.monthName(i)
		case halfDay(token) >= 0:
			err = p.half(halfDay(token))
		case p.couldBeZone(token):
			p.zoneName(i)
		case p.hour >= 0 && (token == "+" || token == "-"):
			i, err = p.zoneOffset(i)
		case !skipped(token):
			err = errFormat
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) monthName(i int) (int, error) {
	if err := p.date.add(month(p.tokens[i]), 'M'); err != nil {
		return i, err
	}
	switch separator := p.token(i + 1); {
	case separator == "-" || separator == "/":
		if err := p.date.addText(p.token(i+2), 0); err != nil {
			return i, err
		}
		if p.token(i+3) == separator {
			return i + 4, p.date.addText(p.token(i+4), 0)
		}
		return i + 2, nil
	case separator == " " && p.token(i+3) == " " && strings.EqualFold(p.token(i+2), "of") && i+4 < len(p.tokens):
		if year, err := strconv.Atoi(p.token(i + 4)); err == nil {
			return i + 4, p.date.addText(strconv.Itoa(year), 'Y')
		}
		return i + 4, nil
	}
	return i, nil
}

func (p *parser) half(half int) error {
	if p.hour < 0 || p.hour > 12 {
		return errFormat
	}
	p.hour = adjustHour(p.hour, half)
	return nil
}

func adjustHour(hour, half int) int {
	switch {
	case hour < 12 && half == 1:
		return hour + 12
	case hour == 12 && half == 0:
		return 0
	}
	return hour
}

func (p *parser) couldBeZone(token string) bool {
	if p.hour < 0 || p.zone != "" || p.hasOffset || len(token) > 5 {
		return false
	}
	return isUTCName(token) || strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func (p *parser) zoneName(i int) {
	p.zone = p.tokens[i]
	p.hasOffset = isUTCName(p.zone)
	// "GMT+3" means three hours ahead of GMT, not behind it.
	if next := p.token(i + 1); next == "+" || next == "-" {
		p.tokens[i+1] = map[string]string{"+": "-", "-": "+"}[next]
		p.hasOffset = false
		if isUTCName(p.zone) {
			p.zone = ""
		}
	}
}

func (p *parser) zoneOffset(i int) (int, error) {
	sign := 1
	if p.tokens[i] == "-" {
		sign = -1
	}
	digits := p.token(i + 1)
	var hours, minutes int
	var err error
	switch {
	case len(digits) == 4:
		if minutes, err = strconv.Atoi(digits[2:]); err != nil {
			return i, errFormat
		}
		digits = digits[:2]
	case p.token(i+2) == ":":
		if minutes, err = strconv.Atoi(p.token(i + 3)); err != nil {
			return i, errFormat
		}
		i += 2
		digits = p.token(i - 1)
	case len(digits) > 2:
		return i, errFormat
	}
	if hours, err = strconv.Atoi(digits); err != nil || hours < 0 {
		return i, errFormat
	}
	p.offset, p.hasOffset = sign*(hours*3600+minutes*60), true
	if i+5 < len(p.tokens) && skipped(p.token(i+2)) && p.token(i+3) == "(" && p.token(i+5) == ")" && len(p.token(i+4)) >= 3 {
		i += 4
	}
	return i + 1, nil
}

// number reads a token that begins with a digit.
func (p *parser) number(i int) (int, error) {
	token := p.tokens[i]
	value, err := strconv.ParseFloat(token, 64)
	if err != nil || math.IsInf(value, 0) {
		return i, errFormat
	}
	next := p.token(i + 1)
	switch n := len(token); {
	case len(p.date.values) == 3 && (n == 2 || n == 4) && p.hour < 0 && (next == "" || next != ":" && clockUnit(next) < 0):
		return i, p.clock(token)
	case n == 6 || n > 6 && strings.IndexByte(token, '.') == 6:
		if len(p.date.values) == 0 && n == 6 {
			return i, p.dateDigits(token[:2], token[2:4], token[4:])
		}
		return i, p.clock(token)
	case n == 8 || n == 12 || n == 14:
		if strings.Contains(token, ".") {
			return i, errFormat
		}
		if err := p.date.addText(token[:4], 'Y'); err != nil {
			return i, err
		}
		if err := p.date.addText(token[4:6], 0); err != nil {
			return i, err
		}
		if err := p.date.addText(token[6:8], 0); err != nil {
			return i, err
		}
		if n > 8 {
			return i, p.clock(token[8:])
		}
		return i, nil
	}
	if end, unit := p.unitNear(i); unit >= 0 {
		return end, p.withUnit(token, value, unit)
	}
	switch {
	case next == ":" && i+2 < len(p.tokens):
		return p.colonTime(i, value)
	case next == "-" || next == "/" || next == ".":
		return p.separated(i, next)
	case next == "" || skipped(next):
		if half := halfDay(p.token(i + 2)); half >= 0 {
			p.hour = adjustHour(int(value), half)
			return i + 2, nil
		}
		return i + 1, p.date.addNumber(int(value))
	case halfDay(next) >= 0 && value < 24:
		p.hour = adjustHour(int(value), halfDay(next))
		return i + 1, nil
	case p.date.couldBeDay(value):
		return i, p.date.addNumber(int(value))
	}
	return i, errFormat
}

func (p *parser) dateDigits(parts ...string) error {
	for _, part := range parts {
		if err := p.date.addText(part, 0); err != nil {
			return err
		}
	}
	return nil
}

// clock reads a time without colons: HH, HHMM or HHMMSS with a fraction.
func (p *parser) clock(digits string) error {
	hour, err := strconv.Atoi(digits[:2])
	if err != nil {
		return errFormat
	}
	p.hour = hour
	if len(digits) >= 4 {
		if p.minute, err = strconv.Atoi(digits[2:4]); err != nil {
			return errFormat
		}
	}
	if len(digits) > 4 {
		return p.seconds(digits[4:])
	}
	return nil
}

// seconds reads seconds with an optional fraction, cut to microseconds.
func (p *parser) seconds(text string) error {
	whole, fraction, _ := strings.Cut(text, ".")
	second, err := strconv.Atoi(whole)
	if err != nil {
		return errFormat
	}
	micro, err := strconv.Atoi((fraction + "000000")[:6])
	if err != nil {
		return errFormat
	}
	p.second, p.micro = second, micro
	return nil
}

func (p *parser) minutes(value float64) {
	whole, rest := math.Modf(value)
	p.minute, p.second = int(whole), -1
	if rest != 0 {
		p.second = int(60 * rest)
	}
}

// unitNear finds a unit such as "h" behind a number, or before it, and returns
// the index of the last token that belongs to it.
func (p *parser) unitNear(i int) (end, unit int) {
	switch {
	case clockUnit(p.token(i+1)) >= 0:
		return i + 1, clockUnit(p.token(i + 1))
	case p.token(i+1) == " " && clockUnit(p.token(i+2)) >= 0:
		return i + 2, clockUnit(p.token(i + 2))
	case i > 0 && clockUnit(p.token(i-1)) >= 0:
		return i, clockUnit(p.token(i-1)) + 1
	case i > 1 && i == len(p.tokens)-1 && p.token(i-1) == " " && clockUnit(p.token(i-2)) >= 0:
		return i, clockUnit(p.token(i-2)) + 1
	}
	return i, -1
}

func (p *parser) withUnit(token string, value float64, unit int) error {
	switch unit {
	case 0:
		whole, rest := math.Modf(value)
		p.hour = int(whole)
		if rest != 0 {
			p.minute = int(60 * rest)
		}
	case 1:
		p.minutes(value)
	case 2:
		return p.seconds(token)
	}
	return nil
}

// colonTime reads HH:MM[:SS[.ss]].
func (p *parser) colonTime(i int, hours float64) (int, error) {
	p.hour = int(hours)
	value, err := strconv.ParseFloat(p.token(i+2), 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return i, errFormat
	}
	p.minutes(value)
	if p.token(i+3) == ":" && i+4 < len(p.tokens) {
		return i + 4, p.seconds(p.token(i + 4))
	}
	return i + 2, nil
}

// separated reads a date such as 01-02-03 or 01-Jan-03.
func (p *parser) separated(i int, separator string) (int, error) {
	if err := p.date.addText(p.tokens[i], 0); err != nil {
		return i, err
	}
	second := p.token(i + 2)
	if second == "" || skipped(second) {
		return i + 1, nil
	}
	if n := month(second); n > 0 {
		if err := p.date.add(n, 'M'); err != nil {
			return i, err
		}
	} else if err := p.date.addText(second, 0); err != nil {
		return i, err
	}
	if p.token(i+3) != separator {
		return i + 2, nil
	}
	third := p.token(i + 4)
	if n := month(third); n > 0 {
		return i + 4, p.date.add(n, 'M')
	}
	return i + 4, p.date.addText(third, 0)
}
