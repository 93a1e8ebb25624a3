package schedule_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/schedule"
)

// TestRecordedFires compares with fires that APScheduler 3.9.1 computed for
// generated timers. Recorded are timers between two changes of the clock, and
// across them timers that fire late enough in the day not to be lost there.
func TestRecordedFires(t *testing.T) {
	data, err := os.ReadFile("testdata/apscheduler.json")
	require.NoError(t, err)
	var cases []struct {
		Parameters map[string]any
		Added      string
		Fires      []any // nil: refused
	}
	require.NoError(t, json.Unmarshal(data, &cases))
	for _, c := range cases {
		for name, value := range c.Parameters {
			if n, ok := value.(float64); ok {
				c.Parameters[name] = int64(n)
			}
		}
		if c.Fires == nil {
			_, err := schedule.Parse(schedule.CronTimer, c.Parameters)
			require.ErrorIs(t, err, schedule.ErrInvalid, "%v", c.Parameters)
			continue
		}
		require.NoError(t, checkFires(schedule.CronTimer, c.Parameters, c.Added, c.Fires), "%v from %s", c.Parameters, c.Added)
	}
}

func start(t testing.TB, triggerType string, parameters map[string]any, added string) *schedule.Schedule {
	t.Helper()
	timer, err := schedule.Parse(triggerType, parameters)
	require.NoError(t, err)
	s, err := timer.Start(at(t, added), nil)
	require.NoError(t, err)
	return s
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return when
}

// fires returns the first n fires in the timer's zone.
func fires(s *schedule.Schedule, n int) []string {
	var list []string
	var last time.Time
	for range n {
		next, ok := s.Next(last)
		if !ok {
			return append(list, "never")
		}
		list = append(list, next.Format("2006-01-02T15:04:05Z07:00"))
		last = next
	}
	return list
}

func TestDaylightSaving(t *testing.T) {
	for name, c := range map[string]struct {
		parameters map[string]any
		added      string
		want       []string
	}{
		"nonexistent time fires later by as much": {
			map[string]any{"hour": 2, "minute": 30, "timezone": "Europe/Berlin"}, "2024-03-30T12:00:00Z",
			[]string{"2024-03-31T03:30:00+02:00", "2024-04-01T02:30:00+02:00"},
		},
		"time that exists twice fires the second time": {
			map[string]any{"hour": 1, "minute": 30, "timezone": "America/New_York"}, "2024-11-02T12:00:00Z",
			[]string{"2024-11-03T01:30:00-05:00", "2024-11-04T01:30:00-05:00"},
		},
		"hours pass through": {
			map[string]any{"minute": 30, "timezone": "America/New_York"}, "2024-03-10T06:00:00Z",
			[]string{"2024-03-10T01:30:00-05:00", "2024-03-10T03:30:00-04:00"},
		},
		"seconds run through both hours": {
			map[string]any{"second": "*", "timezone": "America/New_York"}, "2024-11-03T05:59:59Z",
			[]string{"2024-11-03T01:59:59-04:00", "2024-11-03T01:00:00-05:00", "2024-11-03T01:00:01-05:00"},
		},
		"midnight after clocks went forward is not lost": {
			map[string]any{"hour": 0, "timezone": "America/New_York"}, "2024-03-09T20:00:00Z",
			[]string{"2024-03-10T00:00:00-05:00", "2024-03-11T00:00:00-04:00", "2024-03-12T00:00:00-04:00"},
		},
		"first of the month after clocks went forward is not lost": {
			map[string]any{"day": 1, "timezone": "Europe/Berlin"}, "2024-02-20T00:00:00Z",
			[]string{"2024-03-01T00:00:00+01:00", "2024-04-01T00:00:00+02:00", "2024-05-01T00:00:00+02:00"},
		},
		"midnight that does not exist": {
			map[string]any{"hour": 0, "timezone": "America/Sao_Paulo"}, "2018-11-03T12:00:00Z",
			[]string{"2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"},
		},
		"midnight that exists twice": {
			map[string]any{"hour": 0, "timezone": "America/Havana"}, "2024-11-02T12:00:00Z",
			[]string{"2024-11-03T00:00:00-05:00", "2024-11-04T00:00:00-05:00"},
		},
		"a whole day that does not exist": {
			map[string]any{"hour": 12, "timezone": "Pacific/Apia"}, "2011-12-29T23:00:00Z",
			[]string{"2011-12-31T12:00:00+14:00", "2012-01-01T12:00:00+14:00"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, fires(start(t, schedule.CronTimer, c.parameters, c.added), len(c.want)))
		})
	}
}

func TestImpossibleCronNeverFires(t *testing.T) {
	for _, parameters := range []map[string]any{
		{"month": 2, "day": 30},
		{"month": "2,4,6,9,11", "day": 31},
		{"month": 6, "week": 1},
		{"week": 1, "month": "2-11"},
		{"day": "last mon", "day_of_week": "tue"},
		{"year": 2020},
		{"year": "3000-9999", "month": 2, "day": 30},
		{"year": "*/2", "month": "feb", "day": "5th mon", "day_of_week": "sun"},
	} {
		require.Equal(t, []string{"never"}, fires(start(t, schedule.CronTimer, parameters, "2024-01-10T12:00:00Z"), 1), "%v", parameters)
	}
}

func TestRareCronFires(t *testing.T) {
	s := start(t, schedule.CronTimer, map[string]any{"month": 2, "day": 29, "day_of_week": "mon"}, "2024-03-01T00:00:00Z")
	require.Equal(t, []string{"2044-02-29T00:00:00Z", "2072-02-29T00:00:00Z", "2112-02-29T00:00:00Z"}, fires(s, 3))
	s = start(t, schedule.CronTimer, map[string]any{"year": "9998-9999"}, "2024-03-01T00:00:00Z")
	require.Equal(t, []string{"9998-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "never"}, fires(s, 3))
}

func TestCronBeforeItsEpoch(t *testing.T) {
	s := start(t, schedule.CronTimer, map[string]any{"hour": 5}, "0001-01-01T00:00:00Z")
	require.Equal(t, []string{"1970-01-01T05:00:00Z", "1970-01-02T05:00:00Z"}, fires(s, 2))
}

func FuzzCronField(f *testing.F) {
	names := []string{"year", "month", "day", "week", "day_of_week", "hour", "minute", "second"}
	for _, seed := range []string{"*", "*/5", "1-5/2,9", "last fri", "3rd mon", "jan-mar", "sun#2", "0-0/5", "99999999999999999999", "last", ",", ""} {
		for i := range names {
			f.Add(uint8(i), seed)
		}
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		f.Fatal(err)
	}
	added := time.Date(2024, 3, 30, 22, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, field uint8, text string) {
		timer, err := schedule.Parse(schedule.CronTimer, map[string]any{names[int(field)%len(names)]: text})
		if err != nil {
			require.ErrorIs(t, err, schedule.ErrInvalid)
			return
		}
		s, err := timer.Start(added, berlin)
		require.NoError(t, err)
		last := added.Add(-1)
		for range 20 {
			next, ok := s.Next(last)
			if !ok {
				return
			}
			require.True(t, next.After(last), "%q: %v is not after %v", text, next, last)
			again, ok := s.Next(next.Add(-1))
			require.True(t, ok && again.Equal(next), "%q: %v is not found from just before", text, next)
			last = next
		}
	})
}

func BenchmarkYearOfCron(b *testing.B) {
	for name, parameters := range map[string]map[string]any{
		"hourly":       {"minute": 0, "timezone": "America/New_York"},
		"quarter-hour": {"minute": "*/15", "timezone": "America/New_York"},
		"weekdays":     {"day_of_week": "mon-fri", "hour": 9, "timezone": "America/New_York"},
	} {
		b.Run(name, func(b *testing.B) {
			s := start(b, schedule.CronTimer, parameters, "2024-01-01T05:00:00Z")
			end := at(b, "2025-01-01T05:00:00Z")
			count := 0
			b.ReportAllocs()
			for b.Loop() {
				count = 0
				for next, ok := s.Next(time.Time{}); ok && next.Before(end); next, ok = s.Next(next) {
					count++
				}
			}
			b.ReportMetric(float64(count), "fires/op")
		})
	}
}

func BenchmarkImpossibleCron(b *testing.B) {
	s := start(b, schedule.CronTimer, map[string]any{"month": 2, "day": 30}, "2024-01-01T00:00:00Z")
	for b.Loop() {
		if _, ok := s.Next(time.Time{}); ok {
			b.Fatal("fires")
		}
	}
}
