package pyyaml

import (
	"encoding/base64"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Style says how [Dump] writes.
type Style struct {
	// Indent is the number of blanks for each level, 2 to 9; anything else
	// means 2.
	Indent int
	// ASCII escapes everything beyond ASCII.
	ASCII bool
	// KeepOrder leaves the keys of mappings in their order instead of sorting
	// them.
	KeepOrder bool
}

// lineWidth is the column after which long texts are folded.
const lineWidth = 80

// Dump writes v as a YAML document in block style, as PyYAML's safe dumper does.
// Lists and dicts that occur twice get an anchor and aliases. What has no YAML
// form is an error of kind [pyvalue.KindYAML].
func Dump(v any, style Style) (string, error) {
	if style.Indent < 2 || style.Indent > 9 {
		style.Indent = 2
	}
	d := dumper{style: style, anchors: map[any]string{}, written: map[any]bool{}}
	if err := d.findAnchors(v, map[any]bool{}, 0); err != nil {
		return "", err
	}
	if err := d.node(v, place{indent: -1, root: true}, 0); err != nil {
		return "", err
	}
	d.out.WriteByte('\n')
	return d.out.String(), nil
}

type dumper struct {
	out    strings.Builder
	column int
	style  Style
	// anchors are the names of the containers that occur more than once.
	anchors map[any]string
	named   int
	written map[any]bool
}

// place says where a node is written.
type place struct {
	// indent is the column of the collection around the node, -1 for none.
	indent int
	// root, inMapping and inSequence say what is around the node.
	root, inMapping, inSequence bool
	// key says that the node is a simple key.
	key bool
}

// identity returns a comparable value for containers that have an identity.
func identity(v any) any {
	switch c := v.(type) {
	case *pyvalue.List:
		if len(c.Items) > 0 {
			return c
		}
	case *pyvalue.Map:
		if c.Len() > 0 {
			return c
		}
	}
	return nil
}

func (d *dumper) findAnchors(v any, seen map[any]bool, depth int) error {
	if depth > pyvalue.MaxDepth {
		return pyvalue.Errorf(pyvalue.KindRecursion, "value is nested deeper than %d levels", pyvalue.MaxDepth)
	}
	if id := identity(v); id != nil {
		if seen[id] {
			if d.anchors[id] == "" {
				d.named++
				number := strconv.Itoa(d.named)
				d.anchors[id] = "id" + strings.Repeat("0", max(3-len(number), 0)) + number
			}
			return nil
		}
		seen[id] = true
	}
	if items, ok := pyvalue.Elements(v); ok {
		for _, item := range items {
			if err := d.findAnchors(item, seen, depth+1); err != nil {
				return err
			}
		}
	}
	entries, err := d.entries(v)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := d.findAnchors(e.value, seen, depth+1); err != nil {
			return err
		}
	}
	return nil
}

type entry struct{ key, value any }

// entries returns the entries of a dict in the order of writing.
func (d *dumper) entries(v any) ([]entry, error) {
	if !pyvalue.IsDict(v) {
		return nil, nil
	}
	var keys []any
	for key := range pyvalue.Entries(v) {
		keys = append(keys, key)
	}
	if !d.style.KeepOrder {
		sorted := append([]any(nil), keys...)
		// Keys that cannot be ordered stay as they are.
		if err := pyvalue.Sort(sorted, nil, false); err == nil {
			keys = sorted
		}
	}
	entries := make([]entry, len(keys))
	for i, key := range keys {
		value, _ := pyvalue.Lookup(v, key)
		entries[i] = entry{key, value}
	}
	return entries, nil
}

func (d *dumper) write(s string) {
	d.out.WriteString(s)
	d.column += utf8.RuneCountInString(s)
}

func (d *dumper) newline(indent int) {
	d.out.WriteByte('\n')
	d.column = 0
	d.write(strings.Repeat(" ", max(indent, 0)))
}

// node writes a value after what precedes it; the cursor stands right behind
// "-", ":" or "?", or at the start.
func (d *dumper) node(v any, at place, depth int) error {
	if d.out.Len() > pyvalue.MaxTextBytes {
		return pyvalue.Errorf(pyvalue.KindTooLarge, "document is longer than the limit of %d bytes", pyvalue.MaxTextBytes)
	}
	anchor := ""
	if id := identity(v); id != nil && d.anchors[id] != "" {
		if d.written[id] {
			d.space(at)
			d.write("*" + d.anchors[id])
			return nil
		}
		d.written[id] = true
		anchor = "&" + d.anchors[id]
	}
	if items, ok := pyvalue.Elements(v); ok {
		return d.sequence(items, anchor, at, depth)
	}
	if pyvalue.IsDict(v) {
		entries, err := d.entries(v)
		if err != nil {
			return err
		}
		return d.mapping(entries, anchor, at, depth)
	}
	if s, ok := v.(*pyvalue.Set); ok {
		var entries []entry
		for member := range s.All() {
			entries = append(entries, entry{member, nil})
		}
		if len(entries) == 0 {
			d.space(at)
			d.write("!!set {}")
			return nil
		}
		return d.mapping(entries, "!!set", at, depth)
	}
	if b, ok := v.([]byte); ok {
		return d.binary(b, at)
	}
	text, isText, err := d.scalarText(v)
	if err != nil {
		return err
	}
	d.space(at)
	d.scalar(text, isText, at)
	return nil
}

func (d *dumper) space(at place) {
	if !at.root && !at.key {
		d.write(" ")
	}
}

// open starts a block collection: after an anchor, or in a mapping, on a new
// line; in a sequence on the line of its dash. It returns its indent and whether
// the first item begins a new line.
func (d *dumper) open(anchor string, at place, indent int) (fresh bool) {
	if anchor != "" {
		d.space(at)
		d.write(anchor)
		return true
	}
	if at.inSequence {
		// The first item stands behind the dash, at the indent of the rest.
		d.write(strings.Repeat(" ", indent-d.column))
		return false
	}
	return !at.root
}

func (d *dumper) sequence(items []any, anchor string, at place, depth int) error {
	if len(items) == 0 {
		d.space(at)
		d.write("[]")
		return nil
	}
	indent := at.indent
	switch {
	case at.root:
		indent = 0
	case !at.inMapping:
		indent += d.style.Indent
	}
	fresh := d.open(anchor, at, indent)
	for i, item := range items {
		if i > 0 || fresh {
			d.newline(indent)
		}
		d.write("-")
		if err := d.node(item, place{indent: indent, inSequence: true}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (d *dumper) mapping(entries []entry, anchor string, at place, depth int) error {
	if len(entries) == 0 {
		d.space(at)
		d.write("{}")
		return nil
	}
	indent := at.indent + d.style.Indent
	if at.root {
		indent = 0
	}
	fresh := d.open(anchor, at, indent)
	for i, e := range entries {
		if i > 0 || fresh {
			d.newline(indent)
		}
		simple, err := d.simpleKey(e.key)
		if err != nil {
			return err
		}
		if simple {
			if err := d.node(e.key, place{indent: indent, key: true}, depth+1); err != nil {
				return err
			}
		} else {
			d.write("?")
			if err := d.node(e.key, place{indent: indent, inSequence: true}, depth+1); err != nil {
				return err
			}
			d.newline(indent)
		}
		d.write(":")
		// Behind a complex key a collection stands as it does behind a dash.
		if err := d.node(e.value, place{indent: indent, inMapping: simple, inSequence: !simple}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// simpleKey reports whether a key fits before its colon on one line.
func (d *dumper) simpleKey(key any) (bool, error) {
	if items, ok := pyvalue.Elements(key); ok {
		return len(items) == 0, nil
	}
	if pyvalue.IsDict(key) {
		return !pyvalue.Truth(key), nil
	}
	switch key.(type) {
	case []byte, *pyvalue.Set:
		return false, nil
	}
	text, _, err := d.scalarText(key)
	return len(text) <= 128 && !strings.ContainsAny(text, "\n\u0085\u2028\u2029"), err
}

func (d *dumper) binary(b []byte, at place) error {
	d.space(at)
	d.write("!!binary |")
	encoded := base64.StdEncoding.EncodeToString(b)
	indent := max(at.indent, 0) + d.style.Indent
	for len(encoded) > 0 {
		n := min(len(encoded), 76)
		d.newline(indent)
		d.write(encoded[:n])
		encoded = encoded[n:]
	}
	return nil
}

// scalarText returns the text of a scalar and whether it is a text that must not
// be read as something else.
func (d *dumper) scalarText(v any) (text string, isText bool, err error) {
	switch t := pyvalue.Canonical(v).(type) {
	case nil:
		return "null", false, nil
	case bool:
		return strconv.FormatBool(t), false, nil
	case int64, *big.Int:
		return pyvalue.Str(t), false, nil
	case float64:
		return floatText(t), false, nil
	case string:
		return t, true, nil
	case time.Time, pyvalue.Date:
		return pyvalue.Str(t), false, nil
	}
	return "", false, pyvalue.Errorf(pyvalue.KindYAML, "cannot represent an object of type %s", pyvalue.TypeName(v))
}

func floatText(f float64) string {
	switch text := pyvalue.FloatText(f); {
	case text == "nan" || text == "inf":
		return "." + text
	case text == "-inf":
		return "-.inf"
	case !strings.Contains(text, "."):
		return strings.Replace(text, "e", ".0e", 1)
	default:
		return text
	}
}
