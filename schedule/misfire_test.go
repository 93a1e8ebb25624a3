package schedule_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/petrel-dev/petrel/schedule"
)

func TestDue(t *testing.T) {
	s := start(t, schedule.CronTimer, map[string]any{"minute": "*/10"}, "2024-01-10T12:00:00Z")
	for name, c := range map[string]struct {
		last, now string
		misfire   schedule.Misfire
		fires     []string
		lastAfter string
		more      bool
	}{
		"on time":               {"12:00:00", "12:10:00", schedule.Misfire{}, []string{"12:10:00"}, "12:10:00", false},
		"within the grace":      {"12:00:00", "12:10:01", schedule.Misfire{Grace: schedule.DefaultGrace}, []string{"12:10:00"}, "12:10:00", false},
		"too late":              {"12:00:00", "12:10:02", schedule.Misfire{Grace: schedule.DefaultGrace}, nil, "12:10:00", false},
		"several, last on time": {"12:00:00", "12:30:01", schedule.Misfire{Grace: schedule.DefaultGrace}, []string{"12:30:00"}, "12:30:00", false},
		"several, grace covers": {"12:00:00", "12:35:00", schedule.Misfire{Grace: time.Hour}, []string{"12:30:00"}, "12:30:00", false},
		"once":                  {"12:00:00", "12:35:00", schedule.Misfire{Policy: schedule.Once}, []string{"12:30:00"}, "12:30:00", false},
		"all":                   {"12:00:00", "12:35:00", schedule.Misfire{Policy: schedule.All}, []string{"12:10:00", "12:20:00", "12:30:00"}, "12:30:00", false},
		"all, in batches":       {"12:00:00", "12:35:00", schedule.Misfire{Policy: schedule.All, Batch: 2}, []string{"12:10:00", "12:20:00"}, "12:20:00", true},
		"exactly a batch":       {"12:00:00", "12:25:00", schedule.Misfire{Policy: schedule.All, Batch: 2}, []string{"12:10:00", "12:20:00"}, "12:20:00", false},
		"nothing due":           {"12:10:00", "12:15:00", schedule.Misfire{Policy: schedule.All}, nil, "12:10:00", false},
		"clock set back":        {"12:30:00", "12:15:00", schedule.Misfire{Policy: schedule.All}, nil, "12:30:00", false},
	} {
		t.Run(name, func(t *testing.T) {
			clock := func(text string) time.Time { return at(t, "2024-01-10T"+text+"Z") }
			due := s.Due(clock(c.last), clock(c.now), c.misfire)
			var got []string
			for _, fire := range due.Fires {
				got = append(got, fire.Format(time.TimeOnly))
			}
			require.Equal(t, c.fires, got)
			require.Equal(t, c.lastAfter, due.Last.Format(time.TimeOnly))
			require.Equal(t, c.more, due.More)
			require.True(t, due.Next.After(clock(c.now)))
		})
	}
}

func TestDueOfTimerThatNeverFired(t *testing.T) {
	s := start(t, schedule.DateTimer, map[string]any{"date": "2024-01-11T00:00:00Z"}, "2024-01-10T12:00:00Z")
	due := s.Due(time.Time{}, at(t, "2024-02-01T00:00:00Z"), schedule.Misfire{Policy: schedule.Once})
	require.Len(t, due.Fires, 1)
	require.True(t, due.Next.IsZero())
	require.Empty(t, s.Due(due.Last, at(t, "2024-02-01T00:00:00Z"), schedule.Misfire{Policy: schedule.Once}).Fires)
}

// TestLatestOfMany would not end in time if every second of ten years were
// looked at.
func TestLatestOfMany(t *testing.T) {
	s := start(t, schedule.CronTimer, map[string]any{"second": "*"}, "2014-01-10T12:00:00Z")
	due := s.Due(time.Time{}, at(t, "2024-01-10T12:00:00.5Z"), schedule.Misfire{Policy: schedule.Once})
	require.Equal(t, []time.Time{at(t, "2024-01-10T12:00:00Z")}, due.Fires)
	require.Len(t, s.Due(time.Time{}, at(t, "2024-01-10T12:00:00.5Z"), schedule.Misfire{Policy: schedule.All}).Fires, schedule.DefaultBatch)
}

// TestOnceIsLastOfAll compares the search for the latest fire with a walk over
// all of them, across a change of the clock.
func TestOnceIsLastOfAll(t *testing.T) {
	hours := []string{"*", "2", "1-3", "*/5", "0", "1"}
	minutes := []string{"30", "*/20", "0", "5-50/9"}
	rapid.Check(t, func(t *rapid.T) {
		timer, err := schedule.Parse(schedule.CronTimer, map[string]any{
			"hour": rapid.SampledFrom(hours).Draw(t, "hour"), "minute": rapid.SampledFrom(minutes).Draw(t, "minute"),
			"timezone": rapid.SampledFrom([]string{"America/New_York", "Europe/London", "America/Havana"}).Draw(t, "zone"),
		})
		require.NoError(t, err)
		days := []time.Time{time.Date(2024, 3, 10, 0, 0, 0, 0, time.UTC), time.Date(2024, 11, 3, 0, 0, 0, 0, time.UTC), time.Date(2024, 3, 31, 0, 0, 0, 0, time.UTC)}
		added := rapid.SampledFrom(days).Draw(t, "day").Add(-12 * time.Hour)
		s, err := timer.Start(added, nil)
		require.NoError(t, err)
		last := added.Add(time.Duration(rapid.IntRange(0, 36*3600).Draw(t, "last")) * time.Second)
		now := last.Add(time.Duration(rapid.IntRange(0, 36*3600).Draw(t, "later")) * time.Second)
		all := s.Due(last, now, schedule.Misfire{Policy: schedule.All}).Fires
		once := s.Due(last, now, schedule.Misfire{Policy: schedule.Once}).Fires
		require.Equal(t, all[max(len(all)-1, 0):], once)
	})
}
