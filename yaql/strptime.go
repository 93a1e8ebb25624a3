package yaql

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// datePatterns are the directives of strptime.
var datePatterns = map[byte]string{
	'd': `3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9]`,
	'f': `[0-9]{1,6}`,
	'H': `2[0-3]|[0-1]\d|\d`,
	'I': `1[0-2]|0[1-9]|[1-9]`,
	'G': `\d\d\d\d`,
	'j': `36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9]`,
	'm': `1[0-2]|0[1-9]|[1-9]`,
	'M': `[0-5]\d|\d`,
	'S': `6[0-1]|[0-5]\d|\d`,
	'U': `5[0-3]|[0-4]\d|\d`,
	'W': `5[0-3]|[0-4]\d|\d`,
	'w': `[0-6]`,
	'u': `[1-7]`,
	'V': `5[0-3]|0[1-9]|[1-4]\d|\d`,
	'y': `\d\d`,
	'Y': `\d\d\d\d`,
	'z': `[+-]\d\d:?[0-5]\d(?::?[0-5]\d(?:\.\d{1,6})?)?|(?-i:Z)`,
	'A': `monday|tuesday|wednesday|thursday|friday|saturday|sunday`,
	'a': `mon|tue|wed|thu|fri|sat|sun`,
	'B': `january|february|march|april|may|june|july|august|september|october|november|december`,
	'b': `jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec`,
	'p': `am|pm`,
	'Z': `utc|gmt`,
}

var combinedDates = strings.NewReplacer("%c", "%a %b %d %H:%M:%S %Y", "%x", "%m/%d/%y", "%X", "%H:%M:%S")

const maxDateLayout = 1000

// parseWithLayout reads a time by a strptime layout, as Python does it: white
// space matches any white space, letters in either case.
func parseWithLayout(text, layout string) (time.Time, error) {
	fields, err := dateFields(text, combinedDates.Replace(layout))
	if err != nil {
		return time.Time{}, err
	}
	return fields.time()
}

func dateFields(text, layout string) (dateValues, error) {
	if len(layout) > maxDateLayout {
		return nil, fail(KindValue, "a layout longer than %d bytes", maxDateLayout)
	}
	var pattern strings.Builder
	pattern.WriteString(`^(?i)`)
	var order []byte
	for i := 0; i < len(layout); i++ {
		c := layout[i]
		switch {
		case c == '%' && i+1 >= len(layout):
			return nil, fail(KindValue, "stray %% in the layout %s", pyvalue.Repr(layout))
		case c == '%' && layout[i+1] == '%':
			i++
			pattern.WriteByte('%')
		case c == '%':
			i++
			p, ok := datePatterns[layout[i]]
			if !ok {
				return nil, fail(KindValue, "%q is a bad directive in the layout %s", layout[i:i+1], pyvalue.Repr(layout))
			}
			if strings.IndexByte(string(order), layout[i]) >= 0 {
				return nil, fail(KindRegex, "directive %%%c occurs twice", layout[i])
			}
			order = append(order, layout[i])
			pattern.WriteString("(" + p + ")")
		case isSpace(rune(c)):
			for i+1 < len(layout) && isSpace(rune(layout[i+1])) {
				i++
			}
			pattern.WriteString(`\s+`)
		default:
			pattern.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	re, err := regexp.Compile(pattern.String())
	if err != nil {
		return nil, fail(KindValue, "bad layout %s", pyvalue.Repr(layout))
	}
	m := re.FindStringSubmatch(latin1(text))
	if m == nil {
		return nil, fail(KindValue, "%s does not match the layout %s", pyvalue.Repr(clip(text)), pyvalue.Repr(layout))
	}
	if rest := latin1(text)[len(m[0]):]; rest != "" {
		return nil, fail(KindValue, "unconverted data remains: %s", pyvalue.Repr(clip(rest)))
	}
	values := dateValues{}
	for i, c := range order {
		values[c] = strings.ToLower(m[i+1])
	}
	return values, nil
}

// latin1 makes each byte a character, so that the bytes of the layout and
// those of the text meet in either form.
func latin1(s string) string {
	if isASCII(s) {
		return s
	}
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

// dateValues are the texts that the directives matched, in lower case.
type dateValues map[byte]string

func (v dateValues) number(c byte, otherwise int) int {
	s, ok := v[c]
	if !ok {
		return otherwise
	}
	n, _ := strconv.Atoi(strings.TrimSpace(s))
	return n
}

func (v dateValues) has(c byte) bool { _, ok := v[c]; return ok }

// name returns the position of a matched name among those of its directive.
func (v dateValues) name(c byte) int {
	for i, name := range strings.Split(datePatterns[c], "|") {
		if name == v[c] {
			return i
		}
	}
	return 0
}

func (v dateValues) time() (time.Time, error) {
	year := v.number('Y', 1900)
	if v.has('y') && !v.has('Y') {
		if year = v.number('y', 0) + 2000; year > 2068 {
			year -= 100
		}
	}
	month, day := v.number('m', 1), v.number('d', 1)
	switch {
	case v.has('B'):
		month = v.name('B') + 1
	case v.has('b'):
		month = v.name('b') + 1
	}
	hour := v.number('H', 0)
	if v.has('I') {
		hour = v.number('I', 12) % 12
		if v['p'] == "pm" {
			hour += 12
		}
	}
	micros, _ := strconv.Atoi((v['f'] + "000000")[:6])
	weekday := -1 // from Monday
	switch {
	case v.has('A'):
		weekday = v.name('A')
	case v.has('a'):
		weekday = v.name('a')
	case v.has('w'):
		weekday = (v.number('w', 0) + 6) % 7
	case v.has('u'):
		weekday = v.number('u', 1) - 1
	}
	if v.has('G') != v.has('V') || v.has('G') && weekday < 0 || v.has('G') && v.has('j') {
		return time.Time{}, fail(KindValue, "%%G, %%V and a weekday belong together")
	}
	if v.has('G') && v.has('V') {
		first := time.Date(v.number('G', 1900), 1, 4, 0, 0, 0, 0, time.UTC)
		monday := first.AddDate(0, 0, -int(first.Weekday()+6)%7)
		date := monday.AddDate(0, 0, 7*(v.number('V', 1)-1)+weekday)
		year, month, day = date.Year(), int(date.Month()), date.Day()
	} else if yearDay := v.yearDay(year, weekday); yearDay > 0 || v.has('j') {
		date := time.Date(year, 1, yearDay, 0, 0, 0, 0, time.UTC)
		year, month, day = date.Year(), int(date.Month()), date.Day()
	}
	zone, err := v.zone()
	if err != nil {
		return time.Time{}, err
	}
	parts := []any{int64(year), int64(month), int64(day), int64(hour), int64(v.number('M', 0)), int64(v.number('S', 0)), int64(micros)}
	t, err := newTime(parts, zone)
	if err != nil {
		return time.Time{}, err
	}
	return t.(time.Time), nil
}

// yearDay returns the day of the year that %j, or a week and a weekday, give;
// 0 if they do not.
func (v dateValues) yearDay(year, weekday int) int {
	if v.has('j') {
		return v.number('j', 1)
	}
	if weekday < 0 || !v.has('U') && !v.has('W') || !v.has('Y') && !v.has('y') {
		return 0
	}
	week := v.number('W', 0)
	first := int(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Weekday()+6) % 7
	if v.has('U') {
		week = v.number('U', 0)
		first = (first + 1) % 7
		weekday = (weekday + 1) % 7
	}
	start := (7 - first) % 7 // days before the first full week
	if week == 0 {
		return 1 + weekday - first
	}
	return 1 + start + 7*(week-1) + weekday
}

func (v dateValues) zone() (*time.Location, error) {
	s := v['z']
	if s == "" || s == "z" {
		return time.UTC, nil
	}
	digits := strings.ReplaceAll(s[1:], ":", "")
	digits, _, _ = strings.Cut(digits, ".")
	n := func(i int) int {
		if i+2 > len(digits) {
			return 0
		}
		x, _ := strconv.Atoi(digits[i : i+2])
		return x
	}
	seconds := n(0)*3600 + n(2)*60 + n(4)
	if s[0] == '-' {
		seconds = -seconds
	}
	return zoneOf(pyvalue.Timedelta(seconds) * pyvalue.Second)
}
