// Package conformance runs packages against the recorded verdicts of the
// original engines. It is support for tests only.
package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Variable names the environment variable that points to a folder of verdicts
// to use instead of the package's own testdata.
const Variable = "PETREL_CONFORMANCE"

// maxListed is the number of failures that are reported in full.
const maxListed = 40

// Case is one recorded verdict: its fields in the order of the file.
type Case struct{ Fields *pyvalue.Map }

// ID returns the name of the case. It is for reports, never for decisions.
func (c Case) ID() string { return c.String("id") }

// Quirk returns the class of upstream oddity that the case is marked with.
func (c Case) Quirk() string { return c.String("quirk") }

// String returns a text field, or "" if there is none.
func (c Case) String(field string) string {
	s, _ := c.Value(field).(string)
	return s
}

// Value returns a field as recorded, or nil if there is none.
func (c Case) Value(field string) any {
	v, _ := c.Fields.GetString(field)
	return v
}

// Has reports whether the case has the field.
func (c Case) Has(field string) bool { return c.Fields.Has(field) }

// Path returns where the file of verdicts is: in the folder that [Variable]
// names, else in the package's testdata, in either case below sub ("rules",
// "expressions" or "orquesta").
func Path(sub, file string) string {
	root := os.Getenv(Variable)
	if root == "" {
		root = "testdata"
	}
	return filepath.Join(root, sub, file)
}

// Document reads a whole file of verdicts, keeping the order of keys and the
// types of numbers.
func Document(tb testing.TB, sub, file string) any {
	tb.Helper()
	text, err := os.ReadFile(Path(sub, file))
	if err != nil {
		tb.Fatalf("reading recorded verdicts: %v", err)
	}
	document, err := pyvalue.DecodeJSON(string(text), pyvalue.PythonJSON)
	if err != nil {
		tb.Fatalf("%s: %v", file, err)
	}
	return document
}

// Load reads the cases of a file: the file's array, or the array that the
// file's object has under the first of keys ("cases" if none is given).
func Load(tb testing.TB, sub, file string, keys ...string) []Case {
	tb.Helper()
	list := Document(tb, sub, file)
	if object, ok := list.(*pyvalue.Map); ok {
		key := "cases"
		if len(keys) > 0 {
			key = keys[0]
		}
		list, _ = object.GetString(key)
	}
	items, ok := pyvalue.Elements(list)
	if !ok {
		tb.Fatalf("%s holds no list of cases", file)
	}
	cases := make([]Case, 0, len(items))
	for _, item := range items {
		fields, ok := item.(*pyvalue.Map)
		if !ok {
			tb.Fatalf("%s: a case is not an object: %v", file, pyvalue.Repr(item))
		}
		cases = append(cases, Case{fields})
	}
	return cases
}

// Run checks every case and logs "CONFORMANCE <file> <passed> of <total>". The
// check returns nil if the case passes. A case for which except (which may be
// nil) gives a reason is still checked, but may fail; the log counts these by
// reason.
func Run(t *testing.T, file string, cases []Case, check func(Case) error, except func(Case) string) {
	t.Helper()
	passed, failed := 0, 0
	excused := map[string]int{}
	for _, c := range cases {
		err := guarded(check, c)
		if err == nil {
			passed++
			continue
		}
		if except != nil {
			if reason := except(c); reason != "" {
				excused[reason]++
				continue
			}
		}
		failed++
		if failed <= maxListed {
			t.Errorf("%s: %v", c.ID(), err)
		}
	}
	if failed > maxListed {
		t.Errorf("and %d more failures", failed-maxListed)
	}
	t.Logf("CONFORMANCE %s %d of %d", file, passed, len(cases))
	for reason, n := range excused {
		t.Logf("excepted: %d: %s", n, reason)
	}
}

func guarded(check func(Case) error, c Case) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return check(c)
}

// Verdict compares an outcome with the recorded one: the value of the field
// "expect", or the kind of the field "error".
func Verdict(c Case, got any, err error) error {
	if recorded := c.Value("error"); recorded != nil {
		kind, _ := pyvalue.LookupString(recorded, "kind")
		message, _ := pyvalue.LookupString(recorded, "message")
		if err == nil {
			return fmt.Errorf("%s: got %s, want error %v (%v)", describe(c), pyvalue.Repr(got), kind, message)
		}
		if string(pyvalue.KindOf(err)) != kind {
			return fmt.Errorf("%s: got error %q (%w), want error %v (%v)", describe(c), pyvalue.KindOf(err), err, kind, message)
		}
		return nil
	}
	want, decodeErr := Decode(c.Value("expect"))
	if decodeErr != nil {
		return decodeErr
	}
	if err != nil {
		return fmt.Errorf("%s: got error %q (%w), want %s", describe(c), pyvalue.KindOf(err), err, pyvalue.Repr(want))
	}
	if !Same(want, got, pyvalue.Truth(c.Value("unordered"))) {
		return fmt.Errorf("%s: got %s, want %s", describe(c), pyvalue.Repr(got), pyvalue.Repr(want))
	}
	return nil
}

// describe returns the input of a case for a report.
func describe(c Case) string {
	for _, field := range []string{"expr", "source", "statement", "group"} {
		if v := c.Value(field); v != nil {
			return pyvalue.Repr(v)
		}
	}
	return c.String("tag")
}
