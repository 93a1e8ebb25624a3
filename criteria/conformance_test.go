package criteria_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/petrel-dev/petrel/criteria"
	"github.com/petrel-dev/petrel/internal/conformance"
	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// TestConformanceCriteria checks the verdict, the kind and the number of
// failures of every recorded evaluation, alone and through a matcher.
//
// Two classes of section 18 of the specification decide between two verdicts:
// a bare reference to the datastore is its text (row 1), and an operator that
// does not exist fails its own rule only (row 2).
func TestConformanceCriteria(t *testing.T) {
	document := conformance.Document(t, "rules", "rules.json")
	compiler := criteria.NewCompiler(criteria.Lenient(), criteria.Jinja(jinja.WithDecrypt(decryptWith(document))))
	cases := conformance.Load(t, "rules", "rules.json")
	conformance.Run(t, "rules.json", cases, func(c conformance.Case) error {
		return checkFilter(compiler, c)
	}, func(c conformance.Case) string {
		if !c.Has("now") && measuresTime(c.Value("criteria")) {
			return "no clock recorded: the verdict of an operator that measures time depends on it"
		}
		return ""
	})
}

// measuresTime reports whether a criterion compares with the clock.
func measuresTime(conditions any) bool {
	for _, criterion := range pyvalue.Entries(conditions) {
		name, _ := pyvalue.LookupString(criterion, "type")
		switch strings.ToLower(pyvalue.Str(name)) {
		case "timediff_lt", "timediff_gt", "td_lt", "td_gt":
			return true
		}
	}
	return false
}

func checkFilter(compiler *criteria.Compiler, c conformance.Case) error {
	matched, kind, records := c.Value("matched") == true, c.String("error_kind"), c.Value("error_records")
	if c.Has("matched_if_kv_rendered_as_string") {
		matched, kind, records = c.Value("matched_if_kv_rendered_as_string") == true, "", int64(0)
		if c.Value("error_if_kv_rendered_as_string") != nil {
			kind, records = "operator", int64(1)
		}
	}
	in := input(c)
	list, err := criteria.Decode(c.Value("criteria"))
	if kind == "raised" {
		kind, records = "operator", int64(1)
		if err != nil {
			return nil // refused when the rule is read
		}
	}
	if c.Value("enabled") == false {
		if matched {
			return errors.New("a disabled rule matched")
		}
		return nil
	}
	if err != nil {
		if matched || kind != "" {
			return err
		}
		return nil
	}
	program, err := compiler.Compile(list)
	if err != nil {
		return err
	}
	result, err := program.Evaluate(context.Background(), in)
	if err != nil {
		return err
	}
	got := ""
	if len(result.Failures) > 0 {
		got = string(result.Failures[0].Kind)
	}
	if result.Matched != matched || got != kind || int64(len(result.Failures)) != records {
		return fmt.Errorf("%s on %s: got %v %q %v, want %v %q, %v failures", pyvalue.Repr(c.Value("criteria")),
			pyvalue.Repr(c.Value("payload")), result.Matched, got, result.Failures, matched, kind, records)
	}
	return sameThroughMatcher(program, in, result)
}

func sameThroughMatcher(program *criteria.Program, in *criteria.Input, want criteria.Result) error {
	m := criteria.NewMatcher()
	m.Put(criteria.Rule{ID: "r", Program: program})
	got, err := m.Match(context.Background(), in)
	if err != nil {
		return err
	}
	if (len(got.Rules) == 1) != want.Matched || len(got.Failures) != len(want.Failures) {
		return fmt.Errorf("matcher: got %v, want %v", got, want)
	}
	return nil
}

// TestConformanceMatcher checks which rules an event matches, in which order.
func TestConformanceMatcher(t *testing.T) {
	cases := conformance.Load(t, "rules", "rules.json", "matcher_cases")
	conformance.Run(t, "rules.json matcher_cases", cases, func(c conformance.Case) error {
		m := criteria.NewMatcher()
		rules, _ := pyvalue.Elements(c.Value("rules"))
		for _, rule := range rules {
			name, _ := pyvalue.LookupString(rule, "name")
			kind, _ := pyvalue.LookupString(rule, "type")
			enabled, _ := pyvalue.LookupString(rule, "enabled")
			if enabled == false {
				continue
			}
			conditions, _ := pyvalue.LookupString(rule, "criteria")
			list, err := criteria.Decode(conditions)
			if err != nil {
				return err
			}
			program, err := criteria.Compile(list, criteria.Lenient())
			if err != nil {
				return err
			}
			m.Put(criteria.Rule{ID: name.(string), Program: program, Backstop: kind == "backstop"})
		}
		got, err := m.Match(context.Background(), input(c))
		if err != nil {
			return err
		}
		if c.Value("raised") != nil {
			// Section 18, row 2: the unknown operator fails its own rule.
			if len(got.Failures) != 1 || got.Failures[0].Kind != criteria.FailureOperator {
				return fmt.Errorf("got failures %v, want one of an operator", got.Failures)
			}
			return nil
		}
		want, _ := pyvalue.Elements(c.Value("matched"))
		if len(want) != len(got.Rules) {
			return fmt.Errorf("got %v, want %v", got.Rules, want)
		}
		for i := range want {
			if want[i] != got.Rules[i] {
				return fmt.Errorf("got %v, want %v", got.Rules, want)
			}
		}
		return nil
	}, nil)
}

// TestConformancePattern checks what patterns render to and where keys lead.
func TestConformancePattern(t *testing.T) {
	compiler := criteria.NewCompiler(criteria.Lenient(), criteria.Jinja(jinja.WithDecrypt(decryptWith(nil))))
	var patterns, keys []conformance.Case
	for _, c := range conformance.Load(t, "expressions", "jinja-st2.json") {
		switch c.String("mode") {
		case "criteria_pattern":
			patterns = append(patterns, c)
		case "criteria_key":
			keys = append(keys, c)
		}
	}
	conformance.Run(t, "jinja-st2.json criteria_pattern", patterns, func(c conformance.Case) error {
		v, err := explain(compiler, c, criteria.Criterion{Key: "trigger", Type: "exists", Pattern: c.Value("expr")})
		if err != nil {
			return err
		}
		if len(v.Failures) > 0 {
			err = v.Failures[0]
			if kind := jinja.KindOf(err); kind != "" {
				err = pyvalue.Errorf(kind, "%w", err)
			}
		}
		return conformance.Verdict(c, v.Pattern, err)
	}, func(c conformance.Case) string {
		if c.Quirk() == "kv-not-serializable" {
			return "kv-not-serializable: a reference to the datastore is its text (section 18, row 1)"
		}
		return ""
	})
	conformance.Run(t, "jinja-st2.json criteria_key", keys, func(c conformance.Case) error {
		v, err := explain(compiler, c, criteria.Criterion{Key: c.String("expr"), Type: "exists"})
		if err != nil {
			return err
		}
		if c.Has("error") {
			if len(v.Failures) != 1 || v.Failures[0].Kind != criteria.FailureLookup {
				return fmt.Errorf("%s: got %v, want a failed look-up", c.String("expr"), v)
			}
			return nil
		}
		// The recorded value lists all matches; a criterion sees the first.
		want, err := conformance.Decode(c.Value("expect"))
		if err != nil {
			return err
		}
		if matches, ok := pyvalue.Elements(want); ok && len(matches) > 0 {
			want = matches[0]
		}
		if len(v.Failures) > 0 || !conformance.Same(want, v.Value, false) {
			return fmt.Errorf("%s: got %s %v, want %s", c.String("expr"), pyvalue.Repr(v.Value), v.Failures, pyvalue.Repr(want))
		}
		return nil
	}, nil)
}

func explain(compiler *criteria.Compiler, c conformance.Case, criterion criteria.Criterion) (criteria.Verdict, error) {
	program, err := compiler.Compile([]criteria.Criterion{criterion})
	if err != nil {
		return criteria.Verdict{}, err
	}
	in := input(c)
	in.Payload = c.Value("context")
	e, err := program.Explain(context.Background(), in)
	if err != nil {
		return criteria.Verdict{}, err
	}
	return e.Verdicts[0], nil
}

// input makes the input of a case from its fields payload, kv and now.
func input(c conformance.Case) *criteria.Input {
	now, err := time.Parse(time.RFC3339, c.String("now"))
	if err != nil {
		now = time.Date(2024, 1, 10, 12, 0, 0, 0, time.UTC)
	}
	store := c.Value("kv")
	if system, ok := pyvalue.LookupString(store, "st2kv.system"); ok {
		store = system
	}
	return &criteria.Input{
		Payload: withBytes(c.Value("payload")),
		Now:     now,
		Datastore: func(_ context.Context, name string) (string, bool, error) {
			text, ok := pyvalue.LookupString(store, name)
			if !ok {
				return "", false, nil
			}
			return pyvalue.Str(text), true, nil
		},
	}
}

// withBytes replaces {"$bytes": base64} in a payload by the bytes.
func withBytes(v any) any {
	if items, ok := pyvalue.Elements(v); ok {
		out := make([]any, len(items))
		for i, item := range items {
			out[i] = withBytes(item)
		}
		return out
	}
	m, ok := v.(*pyvalue.Map)
	if !ok {
		return v
	}
	if text, ok := m.GetString("$bytes"); ok {
		b, _ := base64.StdEncoding.DecodeString(text.(string))
		return b
	}
	out := pyvalue.NewMap(m.Len())
	for key, value := range m.All() {
		out.SetString(key.(string), withBytes(value))
	}
	return out
}

// decryptWith returns a filter decrypt_kv for the key that comes with the
// verdicts; of the stored text it needs the cipher text only.
func decryptWith(document any) func(context.Context, string) (string, error) {
	text := "Py0L5bQj3MIshM5YeHkYZ9MdYp8_svKfozP_1DAU3fk" // of the expression verdicts
	if crypto, ok := pyvalue.LookupString(document, "crypto"); ok {
		file, _ := pyvalue.LookupString(crypto, "key_file")
		key, _ := pyvalue.LookupString(file, "aesKeyString")
		text = pyvalue.Str(key)
	}
	return func(_ context.Context, stored string) (string, error) {
		if stored == "" {
			return "", errors.New("no such datastore item")
		}
		key, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			return "", err
		}
		data, err := hex.DecodeString(stored)
		if err != nil {
			return "", err
		}
		const header, mac = 5, 20
		if len(data) < header+2*aes.BlockSize+mac {
			return "", errors.New("cipher text too short")
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return "", err
		}
		iv, body := data[header:header+aes.BlockSize], data[header+aes.BlockSize:len(data)-mac]
		cipher.NewCBCDecrypter(block, iv).CryptBlocks(body, body)
		padding := int(body[len(body)-1])
		if padding > aes.BlockSize {
			return "", errors.New("wrong key")
		}
		return string(body[:len(body)-padding]), nil
	}
}
