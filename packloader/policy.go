package packloader

import (
	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/internal/suggest"
	"slices"
)

// checkPolicy checks the shape of policies/*.yaml.
func checkPolicy(s section, p *petrel.Pack) (name string) {
	s.only("name", "pack", "description", "enabled", "resource_ref", "policy_type", "parameters",
		"metadata_file", "ref", "uid", "id")
	checkPack(s, p.Ref)
	name = s.required("name")
	s.text("description")
	s.flag("enabled", true)
	s.reference("resource_ref")
	parameters := s.section("parameters")
	switch kind := s.required("policy_type"); kind {
	case "":
	case "action.concurrency":
		checkConcurrency(parameters)
		parameters.only("threshold", "action")
	case "action.concurrency.attr":
		checkConcurrency(parameters)
		parameters.texts("attributes")
		parameters.only("threshold", "action", "attributes")
	case "action.retry":
		checkRetry(parameters)
		parameters.only("retry_on", "max_retry_count", "delay")
	default:
		known := []string{"action.concurrency", "action.concurrency.attr", "action.retry"}
		s.doc.report(s.at("policy_type"), Problem{Message: "unknown policy type", Suggestion: suggest.DidYouMean(kind, slices.Values(known))})
	}
	return name
}

func checkConcurrency(s section) {
	if s.value("threshold") == nil {
		s.missing("threshold", "an integer")
	} else {
		checkInteger(s, "threshold", 0, 1<<31)
	}
	if action := s.text("action"); action != "" && action != "delay" && action != "cancel" {
		s.doc.report(s.at("action"), Problem{Message: "must be delay or cancel", Suggestion: suggest.DidYouMean(action, slices.Values([]string{"delay", "cancel"}))})
	}
}

func checkRetry(s section) {
	if on := s.required("retry_on"); on != "" && on != "failure" && on != "timeout" {
		s.doc.report(s.at("retry_on"), Problem{Message: "must be failure or timeout", Suggestion: suggest.DidYouMean(on, slices.Values([]string{"failure", "timeout"}))})
	}
	if s.value("max_retry_count") != nil {
		checkInteger(s, "max_retry_count", 1, 5)
	}
	if delay := s.number("delay"); delay < 0 || delay > 120 {
		s.fault("delay", "must be between 0 and 120 seconds")
	}
}

func checkInteger(s section, key string, smallest, largest int64) {
	v, ok := s.value(key).(int64)
	switch {
	case !ok:
		s.fault(key, "must be an integer, not %s", kindName(s.value(key)))
	case v < smallest || v > largest:
		s.fault(key, "must be between %d and %d", smallest, largest)
	}
}
