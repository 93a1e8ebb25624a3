package pyvalue

import (
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"
)

var bytesMethods = map[string]func(b []byte, c call) (any, error){
	"decode": func(b []byte, c call) (any, error) {
		a, err := c.bind(0, "encoding", "errors")
		if err != nil {
			return nil, err
		}
		name, err := c.text(a[0], "utf-8")
		if err != nil {
			return nil, err
		}
		errors, err := c.text(a[1], "strict")
		if err != nil {
			return nil, err
		}
		return decodeBytes(b, name, errors)
	},
	"hex": func(b []byte, c call) (any, error) { return hex.EncodeToString(b), c.none() },
}

// encodeText returns the bytes of s in one of the encodings that packs use.
func encodeText(s, encoding, errors string) (any, error) {
	limit, err := codeLimit(encoding)
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		return []byte(s), nil
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r < limit:
			out = append(out, byte(r))
		case errors == "ignore":
		case errors == "replace":
			out = append(out, '?')
		default:
			return nil, Errorf(KindUnicode, "'%s' codec can't encode character %s", encoding, Repr(string(r)))
		}
	}
	return out, nil
}

func decodeBytes(b []byte, encoding, errors string) (any, error) {
	limit, err := codeLimit(encoding)
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		if utf8.Valid(b) {
			return string(b), nil
		}
		switch errors {
		case "ignore":
			return strings.ToValidUTF8(string(b), ""), nil
		case "replace":
			return strings.ToValidUTF8(string(b), "\uFFFD"), nil
		}
		return nil, Errorf(KindUnicode, "'utf-8' codec can't decode bytes")
	}
	var out strings.Builder
	for _, c := range b {
		switch {
		case rune(c) < limit:
			out.WriteRune(rune(c))
		case errors == "ignore":
		case errors == "replace":
			out.WriteRune(utf8.RuneError)
		default:
			return nil, Errorf(KindUnicode, "'%s' codec can't decode byte 0x%02x", encoding, c)
		}
	}
	return out.String(), nil
}

// codeLimit returns the number of characters of an encoding with one byte for
// each, or 0 for UTF-8.
func codeLimit(encoding string) (rune, error) {
	switch strings.ReplaceAll(strings.ToLower(encoding), "_", "-") {
	case "utf-8", "utf8":
		return 0, nil
	case "ascii", "us-ascii":
		return 0x80, nil
	case "latin-1", "latin1", "iso-8859-1", "iso8859-1":
		return 0x100, nil
	}
	return 0, Errorf(KindValue, "unknown encoding: %s", encoding)
}

var timeMethods = map[string]func(t time.Time, c call) (any, error){
	"isoformat": func(t time.Time, c call) (any, error) {
		a, err := c.bind(0, "sep")
		if err != nil {
			return nil, err
		}
		separator, err := c.text(a[0], "T")
		return strings.Replace(timeText(t), " ", separator, 1), err
	},
	"date":      func(t time.Time, c call) (any, error) { return DateOf(t), c.none() },
	"timestamp": func(t time.Time, c call) (any, error) { return float64(t.UnixMicro()) / 1e6, c.none() },
	"weekday":   func(t time.Time, c call) (any, error) { return int64(t.Weekday()+6) % 7, c.none() },
	"isoweekday": func(t time.Time, c call) (any, error) {
		return int64(t.Weekday()+6)%7 + 1, c.none()
	},
}

var dateMethods = map[string]func(d Date, c call) (any, error){
	"isoformat":  func(d Date, c call) (any, error) { return d.String(), c.none() },
	"weekday":    func(d Date, c call) (any, error) { return int64(d.Time().Weekday()+6) % 7, c.none() },
	"isoweekday": func(d Date, c call) (any, error) { return int64(d.Time().Weekday()+6)%7 + 1, c.none() },
}

// Attribute returns a data attribute of a date, datetime, span or number, such
// as the year; methods are a matter of [CallMethod].
func Attribute(v any, name string) (value any, ok bool) {
	switch t := v.(type) {
	case time.Time:
		switch name {
		case "hour":
			return int64(t.Hour()), true
		case "minute":
			return int64(t.Minute()), true
		case "second":
			return int64(t.Second()), true
		case "microsecond":
			return int64(t.Nanosecond() / 1000), true
		}
		return Attribute(DateOf(t), name)
	case Date:
		switch name {
		case "year":
			return int64(t.Year), true
		case "month":
			return int64(t.Month), true
		case "day":
			return int64(t.Day), true
		}
	case Timedelta:
		days, rest := floorDivInt(int64(t), int64(Day))
		switch name {
		case "days":
			return days, true
		case "seconds":
			return rest / int64(Second), true
		case "microseconds":
			return rest % int64(Second), true
		}
	default:
		if n := numberOf(v); n.class != notNumber {
			zero := any(int64(0))
			if n.class == float {
				zero = 0.0
			}
			switch {
			case name == "real":
				return n.value(), true
			case name == "imag":
				return zero, true
			case name == "numerator" && n.isInt():
				return n.value(), true
			case name == "denominator" && n.isInt():
				return int64(1), true
			}
		}
	}
	return nil, false
}
