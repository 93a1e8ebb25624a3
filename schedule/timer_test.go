package schedule_test

import (
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/schedule"
)

func TestParseReportsAllProblems(t *testing.T) {
	for name, c := range map[string]struct {
		triggerType string
		parameters  any
		want        []string
	}{
		"interval": {schedule.IntervalTimer, map[string]any{"unit": "second", "delta": "30", "zone": "UTC"}, []string{
			`parameters.zone: there is no such parameter (there are delta, timezone, unit)`,
			`parameters.unit: unknown unit "second" (did you mean "seconds"?)`,
			`parameters.delta: must be an integer, not str '30'`,
		}},
		"missing": {schedule.IntervalTimer, map[string]any{"unit": nil}, []string{
			"parameters.unit: required, but not given (seconds, minutes, hours, days or weeks)",
			"parameters.delta: required, but not given (a number of units)",
		}},
		"date": {schedule.DateTimer, map[string]any{"date": int64(5), "timezone": int64(1)}, []string{
			"parameters.date: must be a text, not int 5 (put the date in quotes)",
			"parameters.timezone: must be a text, not int 1",
		}},
		"cron": {schedule.CronTimer, map[string]any{
			"year": int64(1969), "month": "jun-jan", "day": "6th mon", "day_of_week": "monday", "hour": "5,24,*/0", "minute": true,
			"timezone": "Europe/Berln",
		}, []string{
			"parameters.year: 1969 is below the minimum of 1970",
			`parameters.month: expression "jun-jan": the range begins with jun, after its end jan (write it as two: jun-dec,jan)`,
			`parameters.day: expression "6th mon": not understood (a day, a range, */step, 1st mon, last fri or last)`,
			`parameters.day_of_week: expression "monday": unknown weekday "monday" (did you mean "mon"?)`,
			`parameters.hour: expression "24": 24 is above the maximum of 23`,
			`parameters.hour: expression "*/0": the step must be at least 1`,
			"parameters.minute: must be an integer or a text, not bool True (a number, a range, */step or *)",
			`parameters.timezone: unknown time zone "Europe/Berln" (did you mean "Europe/Berlin"?)`,
		}},
		"huge":      {schedule.CronTimer, map[string]any{"hour": new(big.Int).Lsh(big.NewInt(1), 80)}, []string{"parameters.hour: 1208925819614629174706176 is above the maximum of 23"}},
		"type":      {"core.st2.CronTimr", map[string]any{}, []string{`parameters: "core.st2.CronTimr" is not a timer (did you mean "core.st2.CronTimer"?)`}},
		"no object": {schedule.CronTimer, []any{}, []string{"parameters: must be an object, not list"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := schedule.Parse(c.triggerType, c.parameters)
			require.ErrorIs(t, err, schedule.ErrInvalid)
			var invalid *schedule.Error
			require.True(t, errors.As(err, &invalid))
			var got []string
			for _, p := range invalid.Problems {
				got = append(got, p.String())
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestStartReportsWhatParseLeaves(t *testing.T) {
	added := time.Date(2024, 1, 10, 12, 0, 0, 0, time.UTC)
	for want, c := range map[string]struct {
		triggerType string
		parameters  map[string]any
	}{
		`parameters.timezone: unknown time zone "Nowhere/City"`:                                     {schedule.IntervalTimer, map[string]any{"unit": "days", "delta": int64(1), "timezone": "Nowhere/City"}},
		`parameters.timezone: unknown time zone "Local"`:                                            {schedule.DateTimer, map[string]any{"date": "2030-01-01", "timezone": "Local"}},
		"parameters.delta: a negative interval never comes (did you mean 5?)":                       {schedule.IntervalTimer, map[string]any{"unit": "days", "delta": int64(-5)}},
		"parameters.delta: the interval does not end before the year 10000":                         {schedule.IntervalTimer, map[string]any{"unit": "weeks", "delta": int64(1) << 62}},
		`parameters.date: "not a date" cannot be read as a date (write it as 2024-01-10T12:00:00Z)`: {schedule.DateTimer, map[string]any{"date": "not a date"}},
	} {
		timer, err := schedule.Parse(c.triggerType, c.parameters)
		require.NoError(t, err)
		_, err = timer.Start(added, time.UTC)
		require.ErrorIs(t, err, schedule.ErrInvalid)
		require.ErrorContains(t, err, want)
	}
}

func TestTimeZones(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	require.NoError(t, err)
	added := at(t, "2024-01-10T12:00:00Z")
	for zone, want := range map[string]string{
		"":              "2024-01-11T05:00:00+09:00", // the host's
		"us/eastern":    "2024-01-11T05:00:00-05:00",
		"Europe/London": "2024-01-11T05:00:00Z",
	} {
		timer, err := schedule.Parse(schedule.CronTimer, map[string]any{"hour": int64(5), "timezone": zone})
		require.NoError(t, err)
		s, err := timer.Start(added, tokyo)
		require.NoError(t, err)
		require.Equal(t, []string{want}, fires(s, 1))
	}
}

func TestDate(t *testing.T) {
	for date, want := range map[string][]string{
		"2024-01-10T13:00:00+02:00": {"never"}, // past
		"2024-01-10T12:00:00Z":      {"2024-01-10T07:00:00-05:00", "never"},
		"2024-07-01 08:30":          {"2024-07-01T08:30:00-04:00", "never"},
		"Mar 10 2024 2:30":          {"2024-03-10T03:30:00-04:00", "never"},
		"11:59 PM":                  {"2024-01-10T23:59:00-05:00", "never"},
	} {
		s := start(t, schedule.DateTimer, map[string]any{"date": date, "timezone": "America/New_York"}, "2024-01-10T12:00:00Z")
		require.Equal(t, want, fires(s, len(want)), date)
	}
}

func TestIntervalKeepsItsPhase(t *testing.T) {
	s := start(t, schedule.IntervalTimer, map[string]any{"unit": "minutes", "delta": int64(7)}, "2024-01-10T12:07:33.5Z")
	for after, want := range map[string]string{
		"2024-01-10T00:00:00Z":    "2024-01-10T12:14:33.5Z",
		"2024-01-10T12:14:33.4Z":  "2024-01-10T12:14:33.5Z",
		"2024-01-10T12:14:33.5Z":  "2024-01-10T12:21:33.5Z",
		"2024-01-10T12:21:33.49Z": "2024-01-10T12:21:33.5Z",
		"2024-01-10T13:00:00Z":    "2024-01-10T13:03:33.5Z",
	} {
		next, ok := s.Next(at(t, after))
		require.True(t, ok)
		require.Equal(t, want, next.Format(time.RFC3339Nano), after)
	}
	_, ok := s.Next(at(t, "9999-12-31T23:59:59Z"))
	require.False(t, ok)
}
