package packloader

import (
	"math"
	"time"

	"github.com/petrel-dev/petrel"
)

// The shortest and the longest pause between polls, in seconds.
const (
	minPollInterval = 4
	maxPollInterval = 100 * 366 * 24 * 3600
)

// readSensor makes the description of a sensor of sensors/*.yaml. Keys that
// nobody knows are tolerated, as StackStorm does not check sensor files.
func readSensor(s section, p *petrel.Pack) petrel.SensorSpec {
	s.expect("class_name", "entry_point", "description", "enabled", "poll_interval", "trigger_types",
		"pack", "artifact_uri", "name", "metadata_file", "ref", "uid", "id")
	checkPack(s, p.Ref)
	spec := petrel.SensorSpec{
		Pack:         p.Ref,
		Name:         s.required("class_name"),
		Description:  s.text("description"),
		Disabled:     !s.flag("enabled", true),
		EntryPoint:   s.required("entry_point"),
		PollInterval: readPollInterval(s),
		MetadataFile: s.doc.path,
	}
	for _, item := range s.sections("trigger_types") {
		spec.TriggerTypes = append(spec.TriggerTypes, readTriggerType(item, p))
	}
	return spec
}

func readPollInterval(s section) time.Duration {
	seconds := s.number("poll_interval")
	switch {
	case seconds != 0 && seconds < minPollInterval:
		s.fault("poll_interval", "must be at least %d seconds", minPollInterval)
	case seconds > maxPollInterval:
		s.fault("poll_interval", "must be at most %d seconds", maxPollInterval)
	default:
		return time.Duration(math.Trunc(seconds)) * time.Second
	}
	return 0
}
