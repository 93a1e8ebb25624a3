package criteria

import (
	"strings"

	"github.com/petrel-dev/petrel/jsonpath"
	"github.com/petrel-dev/petrel/pyvalue"
)

// address is the parsed key of a criterion.
type address struct {
	// fields are the steps of a key that goes through fields of objects only,
	// which nearly all keys do; such a look-up cannot fail. It is nil otherwise.
	fields []string
	// steps are the fields after the root.
	steps []string
	// path is the parsed key if fields is nil.
	path *jsonpath.Path
	// err is set if the key cannot be parsed.
	err error
}

// inPayload reports whether the key goes through fields of the payload only.
func (a *address) inPayload() bool { return len(a.fields) > 0 && a.fields[0] == rootTrigger }

// The roots of keys.
const (
	rootTrigger = "trigger"
	rootItem    = "item"
	rootSystem  = "system"
	rootST2KV   = "st2kv"
)

func parseKey(key string) *address {
	key, _, _ = strings.Cut(key, "#")
	if fields, ok := plainFields(key); ok {
		return &address{fields: fields, steps: fields[1:]}
	}
	path, err := jsonpath.Compile(key)
	return &address{path: path, err: err}
}

// plainFields splits a key that consists of field names only: a.b-c['d e'].
func plainFields(key string) (fields []string, ok bool) {
	for rest := key; ; {
		n := nameLength(rest)
		name := rest[:n]
		if n == 0 || name == "where" {
			return nil, false
		}
		fields, rest = append(fields, name), rest[n:]
		for strings.HasPrefix(rest, "[") {
			name, tail, ok := quotedField(rest)
			if !ok {
				return nil, false
			}
			fields, rest = append(fields, name), tail
		}
		if rest == "" {
			return fields, true
		}
		if rest[0] != '.' {
			return nil, false
		}
		rest = rest[1:]
	}
}

// nameLength returns how many bytes of s form an unquoted field name.
func nameLength(s string) int {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_', c == '@':
		case i > 0 && ('0' <= c && c <= '9' || c == '-'):
		default:
			return i
		}
	}
	return len(s)
}

// quotedField reads ['name'] or ["name"] at the beginning of s, without escapes.
func quotedField(s string) (name, rest string, ok bool) {
	if len(s) < 4 || s[1] != '\'' && s[1] != '"' {
		return "", "", false
	}
	quote := s[1:2]
	name, rest, ok = strings.Cut(s[2:], quote)
	if !ok || !strings.HasPrefix(rest, "]") || name == "*" || strings.Contains(name, `\`) {
		return "", "", false
	}
	return name, rest[1:], true
}

// scope is what keys and templates of one criterion can see.
type scope struct {
	run *run
	// root is the name of the value that keys start from: "trigger", or "item"
	// for the criteria inside a search.
	root  string
	value any
	// st2kv is set if keys can start with st2kv.
	st2kv bool
}

// find returns the first value that the key leads to, nil if it leads nowhere.
func (s *scope) find(a *address) (any, error) {
	switch {
	case a.err != nil:
		return nil, a.err
	case a.fields == nil:
		value, _, err := a.path.First(s.document())
		return value, err
	}
	fields := a.fields
	switch {
	case fields[0] == s.root:
		return fieldOf(s.value, a.steps), nil
	case fields[0] == rootSystem:
		return s.run.key(fields[1:]), nil
	case fields[0] == rootST2KV && s.st2kv:
		switch {
		case len(fields) == 1:
			return s.run.scopes(), nil
		case fields[1] == rootSystem:
			return s.run.key(fields[2:]), nil
		}
	}
	return nil, nil
}

// fieldOf follows field names from a value, nil if one is missing.
func fieldOf(value any, fields []string) any {
	for _, name := range fields {
		if m, ok := value.(map[string]any); ok {
			value = m[name]
			continue
		}
		value, _ = pyvalue.LookupString(value, name)
	}
	return value
}

// document returns the object that a path is applied to.
func (s *scope) document() any {
	doc := pyvalue.MapOf(s.root, s.value, rootSystem, s.run.key(nil))
	if s.st2kv {
		doc.SetString(rootST2KV, s.run.scopes())
	}
	return doc
}
