package dateutil

import "strings"

// skipped reports whether a token says nothing.
func skipped(token string) bool {
	switch strings.ToLower(token) {
	case " ", ".", ",", ";", "-", "/", "'", "at", "on", "and", "ad", "m", "t", "of", "st", "nd", "rd", "th":
		return true
	}
	return false
}

// weekday returns 0 for Monday to 6, or -1.
func weekday(token string) int {
	for i, name := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		if lower := strings.ToLower(token); lower == name || lower == name[:3] {
			return i
		}
	}
	return -1
}

// month returns 1 to 12, or 0.
func month(token string) int {
	lower := strings.ToLower(token)
	if lower == "sept" {
		return 9
	}
	for i, name := range []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"} {
		if lower == name || lower == name[:3] {
			return i + 1
		}
	}
	return 0
}

// clockUnit returns 0 for hours, 1 for minutes, 2 for seconds, or -1.
func clockUnit(token string) int {
	switch strings.ToLower(token) {
	case "h", "hour", "hours":
		return 0
	case "m", "minute", "minutes":
		return 1
	case "s", "second", "seconds":
		return 2
	}
	return -1
}

// halfDay returns 0 for am, 1 for pm, or -1.
func halfDay(token string) int {
	switch strings.ToLower(token) {
	case "am", "a":
		return 0
	case "pm", "p":
		return 1
	}
	return -1
}

func isUTCName(token string) bool {
	switch token {
	case "UTC", "GMT", "Z", "z":
		return true
	}
	return false
}
