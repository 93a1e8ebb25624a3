package pyyaml

import (
	"encoding/base64"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/petrel-dev/petrel/pyvalue"
)

// The forms of plain scalars in YAML 1.1, as PyYAML reads them.
var (
	floatForm = regexp.MustCompile(`^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
	intForm   = regexp.MustCompile(`^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$`)
	timeForm  = regexp.MustCompile(`^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$`)
	timeParts = regexp.MustCompile(`^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(?:(Z)|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?)?$`)
)

// scalar returns the value of a scalar node.
func scalar(n *yaml.Node) (any, error) {
	switch tag := explicitTag(n); tag {
	case "":
		if !isPlain(n) {
			return n.Value, nil
		}
		return plainScalar(n.Value)
	case "str", "!":
		return n.Value, nil
	case "null":
		return nil, nil
	case "bool":
		if v, ok := boolean(strings.ToLower(n.Value)); ok {
			return v, nil
		}
		return nil, pyvalue.Errorf(pyvalue.KindKey, "%s is no boolean", pyvalue.Repr(n.Value))
	case "int":
		return integer(n.Value)
	case "float":
		return floating(n.Value)
	case "timestamp":
		return timestamp(n.Value)
	case "binary":
		return binary(n.Value)
	default:
		return nil, pyvalue.Errorf(pyvalue.KindYAML, "unknown tag %s", n.Tag)
	}
}

// plainScalar resolves a text without quotes and tag.
func plainScalar(text string) (any, error) {
	switch resolve(text) {
	case "null":
		return nil, nil
	case "bool":
		v, _ := boolean(strings.ToLower(text))
		return v, nil
	case "int":
		return integer(text)
	case "float":
		return floating(text)
	case "timestamp":
		return timestamp(text)
	case "value", "merge":
		return nil, pyvalue.Errorf(pyvalue.KindYAML, "a plain %s has no value; put it in quotes", text)
	}
	return text, nil
}

// resolve returns the tag that a plain scalar has by its form.
func resolve(text string) string {
	if text == "" {
		return "null"
	}
	switch c := text[0]; {
	case c >= '0' && c <= '9', c == '-', c == '+', c == '.':
		switch {
		case intForm.MatchString(text):
			return "int"
		case floatForm.MatchString(text):
			return "float"
		case len(text) >= 8 && timeForm.MatchString(text):
			return "timestamp"
		}
	case c == '~' || c == 'n' || c == 'N':
		switch text {
		case "~", "null", "Null", "NULL":
			return "null"
		}
	case text == "=":
		return "value"
	case text == "<<":
		return "merge"
	}
	if len(text) <= 5 {
		if _, ok := boolean(strings.ToLower(text)); ok && (text == strings.ToLower(text) || text == strings.ToUpper(text) || text == text[:1]+strings.ToLower(text[1:])) {
			return "bool"
		}
	}
	return "str"
}

func boolean(lower string) (value, ok bool) {
	switch lower {
	case "yes", "true", "on":
		return true, true
	case "no", "false", "off":
		return false, true
	}
	return false, false
}

func integer(text string) (any, error) {
	digits := strings.ReplaceAll(text, "_", "")
	negative := strings.HasPrefix(digits, "-")
	digits = strings.TrimLeft(digits, "+-")
	var n any
	var err error
	switch {
	case digits == "0":
		return int64(0), nil
	case strings.HasPrefix(digits, "0b"):
		n, err = pyvalue.ParseInt(digits[2:], 2)
	case strings.HasPrefix(digits, "0x"):
		n, err = pyvalue.ParseInt(digits[2:], 16)
	case strings.HasPrefix(digits, "0"):
		n, err = pyvalue.ParseInt(digits, 8)
	case strings.Contains(digits, ":"):
		n, err = baseSixty(digits)
	default:
		n, err = pyvalue.ParseInt(digits, 10)
	}
	if err != nil || !negative {
		return n, err
	}
	return pyvalue.Neg(n)
}

func baseSixty(digits string) (any, error) {
	if len(digits) > 1000 {
		return nil, pyvalue.Errorf(pyvalue.KindValue, "number is too long")
	}
	total := new(big.Int)
	for part := range strings.SplitSeq(digits, ":") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return nil, pyvalue.Errorf(pyvalue.KindValue, "%s is no number", pyvalue.Repr(digits))
		}
		total.Add(total.Mul(total, big.NewInt(60)), big.NewInt(n))
	}
	return pyvalue.Int(total), nil
}

func floating(text string) (any, error) {
	lower := strings.ToLower(strings.ReplaceAll(text, "_", ""))
	sign := 1.0
	if strings.HasPrefix(lower, "-") {
		sign = -1
	}
	lower = strings.TrimLeft(lower, "+-")
	switch {
	case lower == ".inf":
		return math.Inf(int(sign)), nil
	case lower == ".nan":
		return math.NaN(), nil
	case strings.Contains(lower, ":"):
		total := 0.0
		for part := range strings.SplitSeq(lower, ":") {
			f, err := pyvalue.ParseFloat(part)
			if err != nil {
				return nil, err
			}
			total = total*60 + f
		}
		return sign * total, nil
	}
	f, err := pyvalue.ParseFloat(lower)
	if err != nil {
		return nil, err
	}
	return sign * f, nil
}

func timestamp(text string) (any, error) {
	parts := timeParts.FindStringSubmatch(text)
	if parts == nil {
		return nil, pyvalue.Errorf(pyvalue.KindValue, "%s is no date", pyvalue.Repr(text))
	}
	var n [7]int
	for i := 1; i < len(n); i++ {
		n[i], _ = strconv.Atoi(parts[i])
	}
	day := time.Date(n[1], time.Month(n[2]), n[3], 0, 0, 0, 0, time.UTC)
	if n[1] < 1 || int(day.Month()) != n[2] || day.Day() != n[3] || n[4] > 23 || n[5] > 59 || n[6] > 59 {
		return nil, pyvalue.Errorf(pyvalue.KindValue, "%s is no date: a part is out of range", pyvalue.Repr(text))
	}
	if parts[4] == "" {
		return pyvalue.DateOf(day), nil
	}
	fraction := (parts[7] + "000000")[:6]
	micros, _ := strconv.Atoi(fraction)
	at := time.Date(n[1], time.Month(n[2]), n[3], n[4], n[5], n[6], micros*1000, time.UTC)
	switch {
	case parts[8] != "":
		return at, nil
	case parts[9] == "":
		return pyvalue.NaiveTime(at), nil
	}
	hours, _ := strconv.Atoi(parts[10])
	minutes, _ := strconv.Atoi(parts[11])
	offset := hours*3600 + minutes*60
	if offset >= 24*3600 {
		return nil, pyvalue.Errorf(pyvalue.KindValue, "%s is no date: its zone is out of range", pyvalue.Repr(text))
	}
	if parts[9] == "-" {
		offset = -offset
	}
	zone := time.FixedZone("", offset)
	return time.Unix(at.Unix()-int64(offset), int64(at.Nanosecond())).In(zone), nil
}

func binary(text string) (any, error) {
	compact := strings.Map(func(r rune) rune {
		if pyvalue.IsSpace(r) {
			return -1
		}
		return r
	}, text)
	b, err := base64.StdEncoding.DecodeString(compact)
	if err != nil {
		return nil, pyvalue.Errorf(pyvalue.KindYAML, "failed to decode base64 data: %w", err)
	}
	return b, nil
}
