package jinja

import "slices"

// Names are resolved before a template runs, by the rules of Jinja2: a loop,
// macro, with block and so on has its own frame; what it assigns is not seen
// outside; a name that a frame assigns anywhere belongs to it, and starts with
// the value of the same name outside if there is one.

// reference says where the value of a name lives while a template runs.
type reference struct {
	kind referenceKind
	// hops leads from the current activation to the one that holds the value.
	hops int
	// index is the place in that activation.
	index int
	// variable is the place of the name in the table of outside variables.
	variable int
}

type referenceKind uint8

const (
	refVariable referenceKind = iota // a variable from outside the template
	refLocal                         // a slot of an activation
	refExported                      // in a block: what the template assigned, else a variable
)

// function is a piece of a template that runs with slots of its own: the
// template itself, a block, a macro, the body of a recursive loop.
type function struct{ slots int }

// frame says how the slots of a frame are prepared when it is entered.
type frame struct{ inits []slotInit }

type slotInit struct {
	index int
	// source is the place to copy from if alias is set.
	source reference
	mode   initMode
}

type initMode uint8

const (
	initMissing    initMode = iota // undefined until assigned
	initUnresolved                 // the variable from outside until assigned
	initAlias                      // the value of the same name outside
)

// symbol is a name as one frame knows it.
type symbol struct {
	name  string
	fn    *function
	depth int
	index int
	// outside is set if the frame only reads the name and nothing in the
	// template around it assigns it.
	outside bool
}

type loadKind uint8

const (
	loadUndefined loadKind = iota
	loadResolve
	loadAlias
	loadParam
)

type load struct {
	kind   loadKind
	source *symbol
}

// symbols are the names of one frame. A branch of an if works on symbols of
// its own that hold only what it changes.
type symbols struct {
	parent *symbols
	level  *level
	// entries say what is known of the names of the level, by their place.
	entries []entry
	// base is what a branch started with; changed is what it added. A branch
	// has no entries.
	base    *symbols
	changed map[int]entry
}

// level holds the names of one frame.
type level struct {
	names nameTable
	order []*symbol
}

type entry struct {
	load    load
	present bool
	stored  bool
}

func newSymbols(parent *symbols) *symbols {
	// One piece of memory serves most frames.
	m := &struct {
		symbols symbols
		level   level
		entries [4]entry
		names   [4]string
		order   [4]*symbol
	}{}
	m.level.names.names = m.names[:0]
	m.level.order = m.order[:0]
	m.symbols = symbols{parent: parent, level: &m.level, entries: m.entries[:0]}
	return &m.symbols
}

func (y *symbols) branch() *symbols {
	return &symbols{parent: y.parent, level: y.level, base: y}
}

// at returns what is known of the name at a place of the level.
func (y *symbols) at(i int) entry {
	for ; y.base != nil; y = y.base {
		if e, ok := y.changed[i]; ok {
			return e
		}
	}
	if i < len(y.entries) {
		return y.entries[i]
	}
	return entry{}
}

func (y *symbols) set(i int, e entry) {
	if y.base != nil {
		if y.changed == nil {
			y.changed = make(map[int]entry)
		}
		y.changed[i] = e
		return
	}
	for len(y.entries) <= i {
		y.entries = append(y.entries, entry{})
	}
	y.entries[i] = e
}

func (y *symbols) define(name string, l load, stored bool) {
	i := y.level.names.find(name)
	if i < 0 {
		i = y.level.names.add(name)
		y.level.order = append(y.level.order, &symbol{name: name})
	}
	y.set(i, entry{load: l, present: true, stored: stored || y.at(i).stored})
}

func (y *symbols) find(name string) *symbol {
	for s := y; s != nil; s = s.parent {
		if i := s.level.names.find(name); i >= 0 && s.at(i).present {
			return s.level.order[i]
		}
	}
	return nil
}

func (y *symbols) store(name string) {
	if i := y.level.names.find(name); i >= 0 {
		if e := y.at(i); e.present {
			if !e.stored {
				e.stored = true
				y.set(i, e)
			}
			return
		}
	}
	l := load{kind: loadUndefined}
	if y.parent != nil {
		if outer := y.parent.find(name); outer != nil {
			l = load{loadAlias, outer}
		}
	}
	y.define(name, l, true)
}

func (y *symbols) param(name string) { y.define(name, load{kind: loadParam}, true) }

func (y *symbols) load(name string) {
	if y.find(name) == nil {
		y.define(name, load{kind: loadResolve}, false)
	}
}

// merge takes over what the two branches of an if found. A name that only one
// of them assigns keeps its outer value in the other.
func (y *symbols) merge(a, b *symbols) {
	take := func(i int, inA, inB entry) {
		before := y.at(i)
		after := inA
		if !inA.present || inB.present && inB != before {
			after = inB
		}
		after.stored = inA.stored || inB.stored
		if !before.stored && inA.stored != inB.stored {
			after.load = load{kind: loadResolve}
			if y.parent != nil {
				if outer := y.parent.find(y.level.order[i].name); outer != nil {
					after.load = load{loadAlias, outer}
				}
			}
		}
		y.set(i, after)
	}
	for i, e := range b.changed {
		if _, both := a.changed[i]; !both {
			take(i, y.at(i), e)
		}
	}
	for i, e := range a.changed {
		take(i, e, b.at(i))
	}
}

// statements finds the names that statements of a frame read and assign,
// without going into frames of their own.
func (y *symbols) statements(body []stmt) {
	for _, st := range body {
		y.statement(st)
	}
}

func (y *symbols) statement(st stmt) {
	switch n := st.(type) {
	case *outputStmt:
		y.expression(n.value)
	case *exprStmt:
		y.expression(n.value)
	case *ifStmt:
		y.expression(n.test)
		then, otherwise := y.branch(), y.branch()
		then.statements(n.body)
		otherwise.statements(n.otherwise)
		y.merge(then, otherwise)
	case *forStmt:
		y.expression(n.iter)
	case *withStmt:
		for _, v := range n.values {
			y.expression(v)
		}
	case *macroStmt:
		y.store(n.name)
	case *callStmt:
		y.expression(n.call)
	case *filterStmt:
		y.expression(n.filter)
	case *setStmt:
		y.expression(n.value)
		y.target(&n.target)
	case *setBlockStmt:
		y.target(&n.target)
	case *scopeStmt:
		y.expression(n.autoescape)
	case *loaderStmt:
		for _, e := range n.names {
			y.expression(e)
		}
		for _, name := range n.binds {
			y.store(name)
		}
	}
}

func (y *symbols) target(t *target) {
	switch {
	case t.isTuple:
		for i := range t.items {
			y.target(&t.items[i])
		}
	case t.attribute != "":
		y.load(t.name)
	default:
		y.store(t.name)
	}
}

func (y *symbols) params(t *target) {
	if !t.isTuple {
		y.param(t.name)
		return
	}
	for i := range t.items {
		y.params(&t.items[i])
	}
}

func (y *symbols) expression(e expr) {
	walkExpr(e, func(e expr) {
		if n, ok := e.(*nameExpr); ok {
			y.load(n.name)
		}
	})
}

// nameTable numbers names. Small tables are searched, large ones indexed.
type nameTable struct {
	names []string
	index map[string]int
}

const searchedNames = 16

// find returns the number of a name, or -1.
func (t *nameTable) find(name string) int {
	if t.index != nil {
		if i, ok := t.index[name]; ok {
			return i
		}
		return -1
	}
	return slices.Index(t.names, name)
}

// add numbers a name that is not in the table.
func (t *nameTable) add(name string) int {
	i := len(t.names)
	t.names = append(t.names, name)
	if t.index != nil {
		t.index[name] = i
	} else if len(t.names) > searchedNames {
		t.index = make(map[string]int, 2*len(t.names))
		for i, n := range t.names {
			t.index[n] = i
		}
	}
	return i
}
