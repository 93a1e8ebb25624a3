package criteria

import (
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

func parseTime(value any, now time.Time) (time.Time, error) {
	return time.Parse(time.RFC3339, pyvalue.Str(value))
}
