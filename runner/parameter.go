package runner

import (
	"time"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
)

const defaultTimeout = 60 * time.Second

// optional returns a parameter, or nil if it is absent.
func optional(parameters *pyvalue.Map, name string) any {
	value, _ := parameters.GetString(name)
	return value
}

// optionalText returns a parameter that is a text, or "" if it is absent or null.
func optionalText(parameters *pyvalue.Map, name string) (string, error) {
	switch value := optional(parameters, name).(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	case petrel.Secret:
		return value.Reveal(), nil
	default:
		return "", invalid("%s: must be a string and not %s", name, pyvalue.TypeName(value))
	}
}

// optionalDict returns a parameter that is a dict, or nil if it is absent or null.
func optionalDict(parameters *pyvalue.Map, name string) (any, error) {
	value := optional(parameters, name)
	if value != nil && !pyvalue.IsDict(value) {
		return nil, invalid("%s: must be an object and not %s", name, pyvalue.TypeName(value))
	}
	return value, nil
}

// optionalFlag returns a parameter that is true or false.
func optionalFlag(parameters *pyvalue.Map, name string, absent bool) bool {
	if value := optional(parameters, name); value != nil {
		return pyvalue.Truth(value)
	}
	return absent
}

// seconds returns a parameter that is a number of seconds; null means a minute.
func seconds(parameters *pyvalue.Map, name string) (time.Duration, error) {
	switch value := pyvalue.Canonical(optional(parameters, name)).(type) {
	case nil:
		return defaultTimeout, nil
	case int64:
		return time.Duration(min(max(value, 0), int64(maxTimeout/time.Second))) * time.Second, nil
	case float64:
		return time.Duration(min(max(value, 0), maxTimeout.Seconds()) * float64(time.Second)), nil
	default:
		return 0, invalid("%s: must be a number of seconds and not %s", name, pyvalue.TypeName(value))
	}
}

const maxTimeout = 100 * 365 * 24 * time.Hour
