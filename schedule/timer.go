package schedule

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/internal/suggest"
	"github.com/petrel-dev/petrel/pyvalue"
)

// The types of triggers that are timers.
const (
	IntervalTimer = "core.st2.IntervalTimer" // every so many seconds, minutes, hours, days or weeks
	DateTimer     = "core.st2.DateTimer"     // once
	CronTimer     = "core.st2.CronTimer"     // at times of the calendar
)

// IsTimer reports whether a trigger type is one of the three timers.
func IsTimer(triggerType string) bool {
	return triggerType == IntervalTimer || triggerType == DateTimer || triggerType == CronTimer
}

// Timer is the checked parameters of a timer. It never changes and may be used
// by any number of goroutines.
type Timer struct {
	triggerType string
	timezone    string // "" if none is given
	delta       any    // int64 or *big.Int
	unit        time.Duration
	date        string
	cron        *cron
}

// Parse checks the parameters of a timer: a dict of one of the forms of package
// pyvalue. The error is an [*Error] that lists all problems, or says that the
// trigger type is none of a timer.
//
// As in StackStorm, what is only wrong when the timer is started is left to
// [Timer.Start]: the text of a date, the time zone of an interval or a date, and
// an interval that is negative.
func Parse(triggerType string, parameters any) (*Timer, error) {
	p := parser{parameters: parameters, timer: &Timer{triggerType: triggerType}}
	if !IsTimer(triggerType) {
		p.wrong.add("", fmt.Sprintf("%q is not a timer", triggerType),
			suggest.DidYouMean(triggerType, slices.Values([]string{CronTimer, DateTimer, IntervalTimer})))
		return nil, p.wrong.err()
	}
	if pyvalue.TypeName(parameters) != "dict" {
		p.wrong.add("", fmt.Sprintf("must be an object, not %s", pyvalue.TypeName(parameters)), "")
		return nil, p.wrong.err()
	}
	switch triggerType {
	case IntervalTimer:
		p.checkNames("delta", "timezone", "unit")
		p.parseInterval()
	case DateTimer:
		p.checkNames("date", "timezone")
		p.parseDate()
	case CronTimer:
		names := []string{"timezone"}
		for _, spec := range fieldSpecs() {
			names = append(names, spec.name)
		}
		p.checkNames(names...)
		p.parseCron()
	}
	p.timer.timezone = p.timezone()
	if err := p.wrong.err(); err != nil {
		return nil, err
	}
	return p.timer, nil
}

// Type returns the type of trigger, such as [CronTimer].
func (t *Timer) Type() string { return t.triggerType }

// parser reads the parameters of one timer.
type parser struct {
	parameters any
	timer      *Timer
	wrong      problems
}

// checkNames reports the parameters that do not exist.
func (p *parser) checkNames(names ...string) {
	slices.Sort(names)
	for key := range pyvalue.Entries(p.parameters) {
		name, isText := key.(string)
		if !isText {
			name = pyvalue.Repr(key)
		}
		if isText && slices.Contains(names, name) {
			continue
		}
		hint := suggest.DidYouMean(name, slices.Values(names))
		if hint == "" {
			hint = "there are " + strings.Join(names, ", ")
		}
		p.wrong.add(name, "there is no such parameter", hint)
	}
}

// required returns a parameter that must be given and not be null.
func (p *parser) required(name, hint string) (any, bool) {
	value, _ := pyvalue.LookupString(p.parameters, name)
	if value == nil {
		p.wrong.add(name, "required, but not given", hint)
	}
	return value, value != nil
}

const unitNames = "seconds, minutes, hours, days or weeks"

func units() map[string]time.Duration {
	const day = 24 * time.Hour
	return map[string]time.Duration{"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": day, "weeks": 7 * day}
}

func (p *parser) parseInterval() {
	if value, ok := p.required("unit", unitNames); ok {
		name, isText := value.(string)
		unit, known := units()[name]
		switch {
		case !isText:
			p.wrong.add("unit", "must be a text, not "+pyvalue.TypeName(value), unitNames)
		case !known:
			hint := suggest.DidYouMean(name, slices.Values([]string{"days", "hours", "minutes", "seconds", "weeks"}))
			if hint == "" {
				hint = unitNames
			}
			p.wrong.add("unit", fmt.Sprintf("unknown unit %q", name), hint)
		}
		p.timer.unit = unit
	}
	if value, ok := p.required("delta", "a number of units"); ok {
		if n, isInt := integer(value); isInt {
			p.timer.delta = n
		} else {
			p.wrong.add("delta", "must be an integer, not "+describe(value), "")
		}
	}
}

func (p *parser) parseDate() {
	if value, ok := p.required("date", ""); ok {
		text, isText := value.(string)
		if !isText {
			p.wrong.add("date", "must be a text, not "+describe(value), "put the date in quotes")
		}
		p.timer.date = text
	}
}

func (p *parser) parseCron() {
	var fields [fieldCount]fieldSet
	var given [fieldCount]bool
	g := newGrammar()
	for i, spec := range fieldSpecs() {
		value, _ := pyvalue.LookupString(p.parameters, spec.name)
		if value == nil {
			continue
		}
		text, isText := value.(string)
		if n, isInt := integer(value); isInt {
			if below, above := outside(n, spec.min, spec.max); below || above {
				limit := fmt.Sprintf("below the minimum of %d", spec.min)
				if above {
					limit = fmt.Sprintf("above the maximum of %d", spec.max)
				}
				p.wrong.add(spec.name, pyvalue.Str(n)+" is "+limit, "")
				continue
			}
			text = pyvalue.Str(n)
		} else if !isText {
			p.wrong.add(spec.name, "must be an integer or a text, not "+describe(value), fieldHint(i))
			continue
		}
		set, wrong := g.parse(i, text)
		fields[i], given[i] = set, true
		p.wrong = append(p.wrong, wrong...)
	}
	p.timer.cron = newCron(fields, given)
}

// timezone returns the name of the time zone, which is only checked for cron.
func (p *parser) timezone() string {
	value, _ := pyvalue.LookupString(p.parameters, "timezone")
	if value == nil {
		return ""
	}
	name, isText := value.(string)
	if !isText {
		p.wrong.add("timezone", "must be a text, not "+describe(value), "")
		return ""
	}
	if p.timer.triggerType == CronTimer && name != "" {
		if _, message, hint := loadZone(name); message != "" {
			p.wrong.add("timezone", message, hint)
		}
	}
	return name
}

// integer returns an integer in its canonical form. A bool is none.
func integer(value any) (any, bool) {
	if pyvalue.TypeName(value) != "int" {
		return nil, false
	}
	n, err := pyvalue.ToInt(value)
	return n, err == nil
}

// outside tells whether an integer of any size is below or above limits.
func outside(n any, low, high int) (below, above bool) {
	switch n := n.(type) {
	case int64:
		return n < int64(low), n > int64(high)
	case *big.Int:
		return n.Sign() < 0, n.Sign() > 0
	}
	return true, false
}

// describe returns a value as text, cut if it is long.
func describe(value any) string {
	text, err := pyvalue.ReprWithin(value, 60)
	if err != nil {
		return pyvalue.TypeName(value)
	}
	return pyvalue.TypeName(value) + " " + text
}
