package schedule_test

import (
	"fmt"
	"time"

	"github.com/petrel-dev/petrel/schedule"
)

func ExampleParse() {
	_, err := schedule.Parse(schedule.CronTimer, map[string]any{"hour": "24", "day_of_week": "monday", "minuet": 5})
	fmt.Println(err)
	// Output:
	// parameters.minuet: there is no such parameter (did you mean "minute"?)
	// parameters.day_of_week: expression "monday": unknown weekday "monday" (did you mean "mon"?)
	// parameters.hour: expression "24": 24 is above the maximum of 23
}

func ExampleSchedule_Next() {
	timer, err := schedule.Parse(schedule.CronTimer, map[string]any{"day": "3rd fri", "hour": 12, "timezone": "America/New_York"})
	if err != nil {
		fmt.Println(err)
		return
	}
	added := time.Date(2024, 1, 10, 12, 0, 0, 0, time.UTC)
	fires, err := timer.Start(added, time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	next, ok := fires.Next(added)
	fmt.Println(next, ok)
	next, ok = fires.Next(next)
	fmt.Println(next, ok)
	// Output:
	// 2024-01-19 12:00:00 -0500 EST true
	// 2024-02-16 12:00:00 -0500 EST true
}

func ExampleSchedule_Due() {
	timer, err := schedule.Parse(schedule.IntervalTimer, map[string]any{"unit": "minutes", "delta": 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	added := time.Date(2024, 1, 10, 12, 0, 0, 0, time.UTC)
	fires, err := timer.Start(added, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	// The process was away from before 12:10 until 12:34.
	now := added.Add(34 * time.Minute)
	for _, policy := range []schedule.Policy{schedule.Skip, schedule.Once, schedule.All} {
		due := fires.Due(time.Time{}, now, schedule.Misfire{Policy: policy, Grace: schedule.DefaultGrace})
		fmt.Print(policy, ":")
		for _, fire := range due.Fires {
			fmt.Print(" ", fire.Format("15:04"))
		}
		fmt.Println(", next", due.Next.Format("15:04"))
	}
	// Output:
	// skip:, next 12:40
	// once: 12:30, next 12:40
	// all: 12:10 12:20 12:30, next 12:40
}
