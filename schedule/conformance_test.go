package schedule_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schedule"
)

// TestConformanceTimers checks which parameters are refused and when cron and
// interval timers fire.
//
// Two classes are excepted: triggers that are no timers, whose parameters are
// not this package's subject, and negative intervals. Those count back in time
// without end in the original, which then hangs; here they are refused when the
// timer is started.
func TestConformanceTimers(t *testing.T) {
	var cases []conformance.Case
	for _, section := range []string{"params", "cron", "interval"} {
		cases = append(cases, conformance.Load(t, "rules", "timers.json", section)...)
	}
	conformance.Run(t, "timers.json", cases, checkTimer, func(c conformance.Case) string {
		if c.Has("trigger_type") && !schedule.IsTimer(c.String("trigger_type")) {
			return "not a timer"
		}
		if delta, ok := c.Value("delta").(int64); ok && delta < 0 {
			return "a negative interval: the fires go back in time"
		}
		return ""
	})
}

func checkTimer(c conformance.Case) error {
	switch {
	case c.Has("trigger_type"):
		return checkParameters(c)
	case c.Has("unit"):
		return checkInterval(c)
	}
	return checkFires(schedule.CronTimer, withZone(c.Value("parameters"), c.Value("timezone")), c.String("now"), c.Value("next"))
}

func checkParameters(c conformance.Case) error {
	_, err := schedule.Parse(c.String("trigger_type"), c.Value("parameters"))
	if valid := c.Value("valid") == true; valid != (err == nil) {
		return fmt.Errorf("valid: want %v, got error %w", valid, err)
	}
	if err != nil && !errors.Is(err, schedule.ErrInvalid) {
		return fmt.Errorf("not ErrInvalid: %w", err)
	}
	return nil
}

func checkInterval(c conformance.Case) error {
	parameters := pyvalue.NewMap(2)
	parameters.SetString("unit", c.Value("unit"))
	parameters.SetString("delta", c.Value("delta"))
	if c.Value("error") == nil {
		return checkFires(schedule.IntervalTimer, parameters, c.String("created"), c.Value("next"))
	}
	if _, err := schedule.Parse(schedule.IntervalTimer, parameters); err == nil {
		return errors.New("want an error")
	}
	return nil
}

func withZone(parameters, zone any) *pyvalue.Map {
	all := pyvalue.NewMap(8)
	for k, v := range pyvalue.Entries(parameters) {
		all.SetString(k.(string), v)
	}
	if zone != nil {
		all.SetString("timezone", zone)
	}
	return all
}

func checkFires(triggerType string, parameters any, added string, want any) error {
	timer, err := schedule.Parse(triggerType, parameters)
	if err != nil {
		return err
	}
	start, err := time.Parse(time.RFC3339Nano, added)
	if err != nil {
		return err
	}
	fires, err := timer.Start(start, time.UTC)
	if err != nil {
		return err
	}
	times, ok := pyvalue.Elements(want)
	if !ok {
		return errors.New("the case has no list of times")
	}
	var last time.Time
	for i, w := range times {
		next, ok := fires.Next(last)
		got := "never"
		if ok {
			got = next.UTC().Format(time.RFC3339Nano)
		}
		if w == nil {
			w = "never"
		} else if at, err := time.Parse(time.RFC3339Nano, w.(string)); err == nil {
			w = at.UTC().Format(time.RFC3339Nano)
		}
		if got != w {
			return fmt.Errorf("fire %d: want %v, got %v", i, w, got)
		}
		last = next
	}
	return nil
}
