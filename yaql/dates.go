package yaql

import (
	"time"

	"github.com/petrel-dev/petrel/dateutil"
)

// parseTime reads a time by a layout or, without one, in any usual form. What
// the text leaves out comes from the host's clock.
func (ev *evaluator) parseTime(text, layout string) (time.Time, error) {
	if layout != "" {
		return parseWithLayout(text, layout)
	}
	var now time.Time
	if ev.env.Now != nil {
		now = ev.env.Now().In(ev.location())
	}
	return dateutil.Parse(text, now)
}
