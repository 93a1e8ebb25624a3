package pyyaml

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Position is a place in a document. Line and Column count from 1, columns in
// code points; 0 means not known.
type Position struct {
	Name         string
	Line, Column int
}

// String returns the position as name:line:column, as far as it is known.
func (p Position) String() string {
	text := p.Name
	if text == "" {
		text = "yaml"
	}
	if p.Line > 0 {
		text += ":" + strconv.Itoa(p.Line)
		if p.Column > 0 {
			text += ":" + strconv.Itoa(p.Column)
		}
	}
	return text
}

// Error is a document that cannot be read, or one of its parts.
type Error struct {
	Position Position
	Message  string
	kind     pyvalue.Kind
}

// Error returns position and message.
func (e *Error) Error() string { return e.Position.String() + ": " + e.Message }

// ErrorKind returns [pyvalue.KindYAML], or [pyvalue.KindValue] for a scalar such
// as 2020-13-45 that looks like a date but is none.
func (e *Error) ErrorKind() pyvalue.Kind {
	if e.kind != "" {
		return e.kind
	}
	return pyvalue.KindYAML
}

// Warning is something that was read but is likely a mistake.
type Warning struct {
	Position Position
	Message  string
}

// String returns position and message.
func (w Warning) String() string { return w.Position.String() + ": " + w.Message }

// Document is a document that was read. It must not be changed while other
// goroutines use it.
type Document struct {
	// Value is what the document holds: *pyvalue.Map, *pyvalue.List, texts,
	// numbers, dates. An empty document is nil.
	Value any
	// Warnings are the keys that occurred twice.
	Warnings []Warning

	name string
	root *yaml.Node
}

// Strictness says what is done about a key that occurs twice in a mapping.
type Strictness uint8

const (
	// Lenient lets the last value win and records a warning.
	Lenient Strictness = iota
	// Strict makes it an error.
	Strict
)

// Parse reads a single document; the name is for messages. The error is an
// *Error.
func Parse(name string, data []byte, strictness Strictness) (doc *Document, err error) {
	defer func() {
		// The parser below is known to panic on some malformed input.
		if p := recover(); p != nil {
			doc, err = nil, &Error{Position: Position{Name: name}, Message: fmt.Sprintf("malformed document: %v", p)}
		}
	}()
	text := string(data)
	if rest, ok := strings.CutPrefix(text, "%YAML 1.2"); ok {
		text = "%YAML 1.1" + rest
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var root yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return &Document{name: name}, nil
	case err != nil:
		return nil, syntaxError(name, text, err)
	}
	var second yaml.Node
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return nil, syntaxError(name, text, err)
	default:
		return nil, &Error{Position: Position{name, second.Line, second.Column}, Message: "expected a single document, found another"}
	}
	node := &root
	if root.Kind == yaml.DocumentNode {
		if len(root.Content) == 0 {
			return &Document{name: name}, nil
		}
		node = root.Content[0]
	}
	b := builder{name: name, strict: strictness == Strict, done: map[*yaml.Node]built{}, open: map[*yaml.Node]bool{}}
	value, _, err := b.build(node, 0)
	if err != nil {
		return nil, err
	}
	return &Document{Value: value, Warnings: b.warnings, name: name, root: node}, nil
}

// Load reads a single document and returns its value.
func Load(text string) (any, error) {
	doc, err := Parse("", []byte(text), Lenient)
	if err != nil {
		return nil, err
	}
	return doc.Value, nil
}

// syntaxError adds a position to an error of the parser, whose own line is one
// too low for errors of structure.
func syntaxError(name, text string, err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		if digits, after, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(digits); err == nil {
				line, message = n, after
			}
		}
	}
	if strings.HasPrefix(message, "did not find expected") {
		line++
	}
	if line == 0 {
		line = 1
	}
	if strings.Contains(message, "cannot start any token") {
		if n := tabLine(text); n > 0 {
			line, message = n, "a tab cannot be used for indentation"
		}
	}
	return &Error{Position: Position{Name: name, Line: line}, Message: message}
}

// tabLine returns the first line whose indentation holds a tab, or 0.
func tabLine(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		n++
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if strings.Contains(indent, "\t") && strings.TrimSpace(line) != "" {
			return n
		}
	}
	return 0
}

// Position returns where the value at the end of a path of keys (any values) and
// list indices (int) stands: the place of the key for an entry of a mapping, of
// the item for one of a list. If the path does not exist it returns the place of
// its longest part that does, and false.
func (d *Document) Position(path ...any) (Position, bool) {
	if d.root == nil {
		return Position{Name: d.name}, len(path) == 0
	}
	place, node := d.root, d.root
	for _, step := range path {
		key, value := descend(node, step, 0)
		if value == nil {
			return Position{d.name, place.Line, place.Column}, false
		}
		place, node = key, value
	}
	return Position{d.name, place.Line, place.Column}, true
}

// descend finds one step of a path: the node to point at and the value.
func descend(node *yaml.Node, step any, depth int) (place, value *yaml.Node) {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if depth > pyvalue.MaxDepth {
		return nil, nil
	}
	switch node.Kind {
	case yaml.SequenceNode:
		if i, ok := pyvalue.Canonical(step).(int64); ok && i >= 0 && i < int64(len(node.Content)) {
			return node.Content[i], node.Content[i]
		}
	case yaml.MappingNode:
		for i := len(node.Content) - 2; i >= 0; i -= 2 {
			key := node.Content[i]
			if key.Kind == yaml.ScalarNode && !isMerge(key) {
				if k, err := scalar(key); err == nil && pyvalue.Equal(k, step) {
					return key, node.Content[i+1]
				}
			}
		}
		for i := len(node.Content) - 2; i >= 0; i -= 2 {
			if isMerge(node.Content[i]) {
				if place, value := descendMerge(node.Content[i+1], step, depth+1); value != nil {
					return place, value
				}
			}
		}
	}
	return nil, nil
}

func descendMerge(from *yaml.Node, step any, depth int) (place, value *yaml.Node) {
	for from.Kind == yaml.AliasNode {
		from = from.Alias
	}
	if from.Kind != yaml.SequenceNode {
		return descend(from, step, depth)
	}
	for _, item := range from.Content {
		if place, value := descend(item, step, depth); value != nil {
			return place, value
		}
	}
	return nil, nil
}
