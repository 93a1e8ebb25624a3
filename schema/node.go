package schema

import (
	"math/big"
	"strings"
	"time"

	"github.com/petrel-dev/petrel/pyvalue"
)

// node is one compiled schema. Its zero value accepts everything.
type node struct {
	// types are the declared ones; none allows all.
	types kinds
	// nullable is set by the schema around this one: null is accepted where
	// types, anyOf or oneOf would not have it, and no type means string.
	nullable bool
	enum     []any
	number   *numberRules
	text     *textRules
	array    *arrayRules
	object   *objectRules
	allOf    []*node
	anyOf    []*node
	oneOf    []*node
	not      *node
	// ref replaces everything above.
	ref *node

	required   bool
	hasDefault bool
	preset     any // the default

	secret bool
	// hides says that there is a secret in this schema or further in.
	hides bool
}

type numberRules struct {
	minimum, maximum                   any // nil if there is none
	exclusiveMinimum, exclusiveMaximum bool
	multipleOf                         any
}

type textRules struct {
	minLength, maxLength int // maxLength is -1 if there is none
	pattern              *pattern
}

type arrayRules struct {
	items *node
	// places are the schemas of the first items, used instead of items.
	places []*node
	// rest is the schema of items after places, nil if anything goes.
	rest   *node
	noRest bool
	// fills says that a null item counts as the default of its schema.
	fills          bool
	minItems       int
	maxItems       int // -1 if there is none
	unique         bool
	specifiesItems bool
}

type objectRules struct {
	properties []property
	index      map[string]int
	patterns   []patternProperty
	// rest is the schema of other properties, nil if anything goes.
	rest         *node
	noRest       bool
	minimum      int
	maximum      int // -1 if there is none
	dependencies []dependency
	// fills says that missing properties count as having their default.
	fills bool
	// specifiesContent says that some property may appear by the schema.
	specifiesContent bool
}

type property struct {
	name string
	node *node
}

type patternProperty struct {
	pattern *pattern
	node    *node
}

type dependency struct {
	name  string
	needs []string
	node  *node
}

func newObjectRules() *objectRules {
	return &objectRules{maximum: -1, index: map[string]int{}}
}

// property returns the schema of a declared property, or nil.
func (r *objectRules) property(name string) *node {
	if i, ok := r.index[name]; ok {
		return r.properties[i].node
	}
	return nil
}

// at returns the schemas that apply to a property: its own and those of all
// patterns its name matches, else that of other properties.
func (r *objectRules) at(name string) []*node {
	var nodes []*node
	if n := r.property(name); n != nil {
		nodes = append(nodes, n)
	}
	for _, p := range r.patterns {
		if matches, err := p.pattern.match(name); err == nil && matches {
			nodes = append(nodes, p.node)
		}
	}
	if len(nodes) == 0 && r.rest != nil {
		nodes = append(nodes, r.rest)
	}
	return nodes
}

// at returns the schema of an item, or nil.
func (r *arrayRules) at(i int) *node {
	switch {
	case r.items != nil:
		return r.items
	case i < len(r.places):
		return r.places[i]
	default:
		return r.rest
	}
}

// alternatives yields the schemas that apply to the same value as n does.
func (n *node) alternatives(yield func(*node) bool) {
	if n.ref != nil {
		yield(n.ref)
		return
	}
	for _, group := range [][]*node{n.allOf, n.anyOf, n.oneOf} {
		for _, m := range group {
			if !yield(m) {
				return
			}
		}
	}
}

// effective returns an item, or its default if it is null and defaults count.
func (r *arrayRules) effective(n *node, item any) any {
	if item == nil && r.fills && n.hasDefault {
		return n.preset
	}
	return item
}

// kind is a JSON type.
type kind uint8

const (
	kindNull kind = iota
	kindBoolean
	kindInteger
	kindNumber
	kindString
	kindArray
	kindObject
	kindOther
)

var kindNames = [...]string{"null", "boolean", "integer", "number", "string", "array", "object", "other"}

func kindByName(name string) (kind, bool) {
	for k, n := range kindNames[:kindOther] {
		if n == name {
			return kind(k), true
		}
	}
	return 0, false
}

// withArticle returns "an integer", "null" and so on.
func (k kind) withArticle() string {
	switch k {
	case kindNull:
		return "null"
	case kindInteger, kindArray, kindObject:
		return "an " + kindNames[k]
	case kindOther:
		return "something else"
	default:
		return "a " + kindNames[k]
	}
}

// kinds is a set of kinds.
type kinds uint8

const everyKindButNull = 1<<kindBoolean | 1<<kindInteger | 1<<kindNumber | 1<<kindString | 1<<kindArray | 1<<kindObject

func (s kinds) has(k kind) bool { return s&(1<<k) != 0 }

func (s kinds) accepts(k kind) bool {
	return s.has(k) || k == kindInteger && s.has(kindNumber)
}

// String lists the kinds: "a string or null".
func (s kinds) String() string {
	var names []string
	for k := kindBoolean; k <= kindObject; k++ {
		if s.has(k) {
			names = append(names, k.withArticle())
		}
	}
	if s.has(kindNull) {
		names = append(names, kindNull.withArticle())
	}
	return alternatives(names)
}

// alternatives joins texts: "a, b or c".
func alternatives(texts []string) string {
	if len(texts) < 2 {
		return strings.Join(texts, "")
	}
	last := len(texts) - 1
	return strings.Join(texts[:last], ", ") + " or " + texts[last]
}

func kindOf(value any) kind {
	switch value.(type) {
	case nil:
		return kindNull
	case bool:
		return kindBoolean
	case int64, int, *big.Int, int32, int16, int8, uint64, uint, uint32, uint16, uint8:
		return kindInteger
	case float64, float32:
		return kindNumber
	case string:
		return kindString
	case []any, *pyvalue.List, pyvalue.Tuple:
		return kindArray
	case *pyvalue.Map, map[string]any:
		return kindObject
	case time.Time, pyvalue.Date:
		// Both are texts as soon as the value is stored or sent.
		return kindString
	default:
		return kindOther
	}
}
