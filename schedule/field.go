package schedule

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/petrel-dev/petrel/internal/suggest"
)

// fieldSpec describes one of the fields of a cron timer.
type fieldSpec struct {
	name     string
	min, max int
}

const (
	fieldYear = iota
	fieldMonth
	fieldDay
	fieldWeek
	fieldWeekday
	fieldHour
	fieldMinute
	fieldSecond
	fieldCount
)

// fieldSpecs returns the fields from the most to the least significant.
func fieldSpecs() [fieldCount]fieldSpec {
	return [fieldCount]fieldSpec{
		fieldYear:    {"year", 1970, lastYear},
		fieldMonth:   {"month", 1, 12},
		fieldDay:     {"day", 1, 31},
		fieldWeek:    {"week", 1, 53},
		fieldWeekday: {"day_of_week", 0, 6},
		fieldHour:    {"hour", 0, 23},
		fieldMinute:  {"minute", 0, 59},
		fieldSecond:  {"second", 0, 59},
	}
}

// lastYear is the last year in which a timer fires.
const lastYear = 9999

// span is the values first, first+step, ... up to last.
type span struct{ first, last, step int }

// next returns the smallest value of the span that is at least v.
func (s span) next(v int) (int, bool) {
	v = max(v, s.first)
	v += (s.step - (v-s.first)%s.step) % s.step
	return v, v <= s.last
}

// weekdayOfMonth is the nth weekday (0 is Monday) of a month, from 1, or the
// last one if nth is lastOfMonth.
type weekdayOfMonth struct{ nth, weekday int }

const lastOfMonth = -1

// fieldSet is the values that a field allows: the union of its expressions.
type fieldSet struct {
	spans    []span
	bits     uint64 // the spans, unless the field is the year
	weekdays []weekdayOfMonth
	lastDay  bool
}

func (f *fieldSet) addSpan(spec fieldSpec, s span) {
	f.spans = append(f.spans, s)
	if spec.max < 64 {
		for v := s.first; v <= s.last; v += s.step {
			f.bits |= 1 << v
		}
	}
}

// every reports whether the field allows all values.
func (f *fieldSet) every(spec fieldSpec) bool {
	return slices.Contains(f.spans, span{spec.min, spec.max, 1})
}

// grammar holds the forms of expressions, which are tried in order.
type grammar struct {
	all, numbers, weekdayOfMonth, names *regexp.Regexp
}

func newGrammar() *grammar {
	return &grammar{
		all:            regexp.MustCompile(`^\*(?:/([0-9]+))?\n?$`),
		numbers:        regexp.MustCompile(`^([0-9]+)(?:-([0-9]+))?(?:/([0-9]+))?\n?$`),
		weekdayOfMonth: regexp.MustCompile(`(?i)^(1st|2nd|3rd|4th|5th|last) +([\pL\pN_]+)`),
		names:          regexp.MustCompile(`(?i)^([a-z]+)(?:-([a-z]+))?`),
	}
}

// parse reads the comma list of a field. It returns one message for each
// expression that is wrong.
func (g *grammar) parse(field int, text string) (set fieldSet, wrong []Problem) {
	spec := fieldSpecs()[field]
	for expression := range strings.SplitSeq(strings.TrimSpace(text), ",") {
		expression = strings.Trim(expression, " ")
		if message, hint := g.parseOne(&set, field, spec, expression); message != "" {
			wrong = append(wrong, Problem{Field: spec.name, Message: fmt.Sprintf("expression %q: %s", expression, message), Hint: hint})
		}
	}
	return set, wrong
}

func (g *grammar) parseOne(set *fieldSet, field int, spec fieldSpec, expression string) (message, hint string) {
	if m := g.all.FindStringSubmatch(expression); m != nil {
		s := span{spec.min, spec.max, 1}
		if m[1] != "" {
			s.step = number(m[1])
		}
		if message := checkStep(spec, s.step, m[1] != "", spec.max-spec.min); message != "" {
			return message, ""
		}
		set.addSpan(spec, s)
		return "", ""
	}
	if m := g.numbers.FindStringSubmatch(expression); m != nil {
		return parseNumbers(set, spec, m[1], m[2], m[3]), ""
	}
	if field == fieldDay {
		if m := g.weekdayOfMonth.FindStringSubmatch(expression); m != nil {
			weekday, message, hint := nameIndex(weekdayNames(), "weekday", m[2])
			if message != "" {
				return message, hint
			}
			nth := lastOfMonth
			if c := m[1][0]; c <= '9' {
				nth = int(c - '0')
			}
			set.weekdays = append(set.weekdays, weekdayOfMonth{nth, weekday})
			return "", ""
		}
		if len(expression) >= 4 && strings.EqualFold(expression[:4], "last") {
			set.lastDay = true
			return "", ""
		}
	}
	if field == fieldMonth || field == fieldWeekday {
		if m := g.names.FindStringSubmatch(expression); m != nil {
			return parseNames(set, field, spec, m[1], m[2])
		}
	}
	return "not understood", fieldHint(field)
}

func parseNumbers(set *fieldSet, spec fieldSpec, first, last, step string) (message string) {
	s := span{first: number(first), last: spec.max, step: 1}
	switch {
	case last != "":
		s.last = number(last)
	case step == "":
		s.last = s.first
	}
	if step != "" {
		s.step = number(step)
	}
	total := s.last - s.first
	if s.last == 0 { // a range that ends with 0 is checked as if it had no end
		total = spec.max - s.first
	}
	switch {
	case step != "" && s.step == 0:
		return "the step must be at least 1"
	case s.first > s.last && last != "":
		return fmt.Sprintf("the range begins with %d, after its end %d", s.first, s.last)
	case s.first < spec.min:
		return fmt.Sprintf("%d is below the minimum of %d", s.first, spec.min)
	case s.last > spec.max:
		return fmt.Sprintf("%d is above the maximum of %d", s.last, spec.max)
	case s.first > spec.max:
		return fmt.Sprintf("%d is above the maximum of %d", s.first, spec.max)
	}
	if message := checkStep(spec, s.step, step != "", total); message != "" {
		return message
	}
	set.addSpan(spec, s)
	return ""
}

// checkStep returns what is wrong with a step, if one is given, over a range of
// a total width.
func checkStep(spec fieldSpec, step int, given bool, total int) (message string) {
	switch {
	case !given:
		return ""
	case step == 0:
		return "the step must be at least 1"
	case step > min(total, spec.max-spec.min):
		return fmt.Sprintf("the step of %d is wider than the range, which spans %d", step, min(total, spec.max-spec.min))
	}
	return ""
}

// parseNames reads a name or a range of names. Other text after it is ignored.
func parseNames(set *fieldSet, field int, spec fieldSpec, first, last string) (message, hint string) {
	names, what := weekdayNames(), "weekday"
	if field == fieldMonth {
		names, what = monthNames(), "month"
	}
	from, message, hint := nameIndex(names, what, first)
	if message != "" {
		return message, hint
	}
	to := from
	if last != "" {
		if to, message, hint = nameIndex(names, what, last); message != "" {
			return message, hint
		}
	}
	if from > to {
		return fmt.Sprintf("the range begins with %s, after its end %s", first, last),
			fmt.Sprintf("write it as two: %s,%s", nameRange(first, names[len(names)-1]), nameRange(names[0], last))
	}
	set.addSpan(spec, span{from + spec.min, to + spec.min, 1})
	return "", ""
}

func nameRange(first, last string) string {
	if strings.EqualFold(first, last) {
		return first
	}
	return first + "-" + last
}

func nameIndex(names []string, what, name string) (index int, message, hint string) {
	lower := strings.ToLower(name)
	if i := slices.Index(names, lower); i >= 0 {
		return i, "", ""
	}
	message = fmt.Sprintf("unknown %s %q", what, name)
	for _, short := range names {
		if strings.HasPrefix(lower, short) {
			return 0, message, fmt.Sprintf("did you mean %q?", short)
		}
	}
	return 0, message, suggest.DidYouMean(lower, slices.Values(names))
}

// fieldHint says what may be written in a field.
func fieldHint(field int) string {
	switch field {
	case fieldDay:
		return "a day, a range, */step, 1st mon, last fri or last"
	case fieldMonth:
		return "a month, a range, */step or a name as jan"
	case fieldWeekday:
		return "a day from 0 for Monday, a range, */step or a name as mon"
	}
	return "a number, a range, */step or *"
}

func weekdayNames() []string { return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

func monthNames() []string {
	return []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
}

// number reads digits; what is far beyond every field's maximum stays so.
func number(digits string) int {
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil {
		return 1 << 30
	}
	return int(n)
}
