package pyvalue

import (
	"strconv"
	"strings"
)

// Format returns template.format(*args, **keywords). Attributes of fields, as
// in {0.name}, are read by attribute; nil means the data attributes that
// [Attribute] knows.
func Format(template string, args []any, keywords *Map, attribute func(v any, name string) (any, error)) (string, error) {
	if attribute == nil {
		attribute = func(v any, name string) (any, error) {
			if value, ok := Attribute(v, name); ok {
				return value, nil
			}
			return nil, Errorf(KindAttribute, "'%s' object has no attribute '%s'", TypeName(v), name)
		}
	}
	f := braceFormatter{args: args, keywords: keywords, attribute: attribute}
	return f.format(template, 2)
}

type braceFormatter struct {
	args      []any
	keywords  *Map
	attribute func(v any, name string) (any, error)
	next      int
	automatic bool // fields without a number were seen
	manual    bool // fields with a number were seen
}

func (f *braceFormatter) format(template string, depth int) (string, error) {
	if depth < 0 {
		return "", Errorf(KindValue, "max string recursion exceeded")
	}
	var b strings.Builder
	for template != "" {
		i := strings.IndexAny(template, "{}")
		if i < 0 {
			b.WriteString(template)
			break
		}
		b.WriteString(template[:i])
		brace := template[i]
		template = template[i+1:]
		if template != "" && template[0] == brace {
			b.WriteByte(brace)
			template = template[1:]
			continue
		}
		if brace == '}' {
			return "", Errorf(KindValue, "single '}' encountered in format string")
		}
		end := fieldEnd(template)
		if end < 0 {
			return "", Errorf(KindValue, "expected '}' before end of string")
		}
		text, err := f.field(template[:end], depth)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		if b.Len() > MaxTextBytes {
			return "", errTooLong(b.Len())
		}
		template = template[end+1:]
	}
	return b.String(), nil
}

// fieldEnd returns the offset of the brace that closes a replacement field.
// Brackets of an index hide braces.
func fieldEnd(s string) int {
	open, inIndex, inSpec := 1, false, false
	for i := range len(s) {
		switch c := s[i]; {
		case inIndex:
			inIndex = c != ']'
		case c == '[' && !inSpec:
			inIndex = true
		case c == ':' || c == '!':
			inSpec = true
		case c == '{':
			open++
		case c == '}':
			if open--; open == 0 {
				return i
			}
		}
	}
	return -1
}

func (f *braceFormatter) field(field string, depth int) (string, error) {
	name, conversion, spec := splitField(field)
	v, err := f.lookup(name)
	if err != nil {
		return "", err
	}
	switch conversion {
	case "":
	case "r":
		v, err = ReprWithin(v, 0)
	case "s":
		v, err = StrWithin(v, 0)
	case "a":
		v, err = asciiRepr(v)
	default:
		return "", Errorf(KindValue, "unknown conversion specifier %s", Repr(conversion))
	}
	if err != nil {
		return "", err
	}
	if strings.IndexByte(spec, '{') >= 0 || strings.IndexByte(spec, '}') >= 0 {
		if spec, err = f.format(spec, depth-1); err != nil {
			return "", err
		}
	}
	return FormatValue(v, spec)
}

// splitField splits a field into name, conversion and specification.
func splitField(field string) (name, conversion, spec string) {
	inIndex := false
	for i := range len(field) {
		switch c := field[i]; {
		case inIndex:
			inIndex = c != ']'
		case c == '[':
			inIndex = true
		case c == ':':
			return field[:i], "", field[i+1:]
		case c == '!':
			conversion, spec, _ = strings.Cut(field[i+1:], ":")
			if conversion == "" {
				conversion = "?"
			}
			return field[:i], conversion, spec
		}
	}
	return field, "", ""
}

func (f *braceFormatter) lookup(name string) (any, error) {
	end := strings.IndexAny(name, ".[")
	if end < 0 {
		end = len(name)
	}
	v, err := f.argument(name[:end])
	if err != nil {
		return nil, err
	}
	for rest := name[end:]; rest != ""; {
		if rest[0] == '.' {
			end := strings.IndexAny(rest[1:], ".[") + 1
			if end == 0 {
				end = len(rest)
			}
			if end == 1 {
				return nil, Errorf(KindValue, "empty attribute in format string")
			}
			if v, err = f.attribute(v, rest[1:end]); err != nil {
				return nil, err
			}
			rest = rest[end:]
			continue
		}
		if rest[0] != '[' {
			return nil, Errorf(KindValue, "only '.' or '[' may follow ']' in format field specifier")
		}
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return nil, Errorf(KindValue, "missing ']' in format string")
		}
		if end == 1 {
			return nil, Errorf(KindValue, "empty attribute in format string")
		}
		var key any = rest[1:end]
		if n, err := strconv.ParseUint(rest[1:end], 10, 31); err == nil {
			key = int64(n)
		}
		if v, err = Index(v, key); err != nil {
			return nil, err
		}
		rest = rest[end+1:]
	}
	return v, nil
}

func (f *braceFormatter) argument(name string) (any, error) {
	if name == "" {
		if f.manual {
			return nil, Errorf(KindValue, "cannot switch from manual field specification to automatic field numbering")
		}
		f.automatic = true
		f.next++
		return f.positional(f.next - 1)
	}
	if n, err := strconv.ParseUint(name, 10, 31); err == nil {
		if f.automatic {
			return nil, Errorf(KindValue, "cannot switch from automatic field numbering to manual field specification")
		}
		f.manual = true
		return f.positional(int(n))
	}
	if v, ok := f.keywords.GetString(name); ok {
		return v, nil
	}
	return nil, Errorf(KindKey, "%s", Repr(name))
}

func (f *braceFormatter) positional(i int) (any, error) {
	if i >= len(f.args) {
		return nil, Errorf(KindIndex, "replacement index %d out of range for positional args tuple", i)
	}
	return f.args[i], nil
}

// asciiRepr is Repr with everything beyond ASCII escaped.
func asciiRepr(v any) (string, error) {
	text, err := ReprWithin(v, 0)
	if err != nil || isASCII(text) {
		return text, err
	}
	var b []byte
	for _, r := range text {
		switch {
		case r < 0x80:
			b = append(b, byte(r))
		case r < 0x100:
			b = appendHex(append(b, '\\', 'x'), uint32(r), 2)
		case r < 0x10000:
			b = appendHex(append(b, '\\', 'u'), uint32(r), 4)
		default:
			b = appendHex(append(b, '\\', 'U'), uint32(r), 8)
		}
	}
	return string(b), nil
}
