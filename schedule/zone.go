package schedule

import (
	"fmt"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/internal/suggest"
)

// loadZone finds a time zone by its name in the time zone database, whatever the
// case of its letters.
func loadZone(name string) (zone *time.Location, message, hint string) {
	known := false
	for listed := range strings.FieldsSeq(zoneNames) {
		if strings.EqualFold(listed, name) {
			name, known = listed, true
			break
		}
	}
	// What is not listed may be newer than the list. A path of one part that is
	// not listed may be a file that is no zone, or the zone of the host.
	if known || strings.Contains(name, "/") && !strings.HasPrefix(name, "posix/") && !strings.HasPrefix(name, "right/") {
		zone, err := time.LoadLocation(name)
		if err == nil {
			return zone, "", ""
		}
		if known {
			return nil, fmt.Sprintf("time zone %q is not in the time zone database of this host", name), "a program can bring its own: import time/tzdata"
		}
	}
	return nil, fmt.Sprintf("unknown time zone %q", name), suggest.DidYouMean(name, strings.FieldsSeq(zoneNames))
}
