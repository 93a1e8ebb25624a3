package jinja

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

// symbols are the names of one frame. The branches of an if work on copies
// that share the symbols themselves.
type symbols struct {
	parent *symbols
	own    map[string]*symbol
	order  *[]*symbol
	refs   map[string]*symbol
	loads  map[*symbol]load
	stores map[string]bool
}

func newSymbols(parent *symbols) *symbols {
	return &symbols{
		parent: parent,
		own:    make(map[string]*symbol),
		order:  new([]*symbol),
		refs:   make(map[string]*symbol),
		loads:  make(map[*symbol]load),
		stores: make(map[string]bool),
	}
}

func (y *symbols) copy() *symbols {
	c := &symbols{parent: y.parent, own: y.own, order: y.order,
		refs: make(map[string]*symbol, len(y.refs)), loads: make(map[*symbol]load, len(y.loads)), stores: make(map[string]bool, len(y.stores))}
	for k, v := range y.refs {
		c.refs[k] = v
	}
	for k, v := range y.loads {
		c.loads[k] = v
	}
	for k := range y.stores {
		c.stores[k] = true
	}
	return c
}

func (y *symbols) define(name string, l load) *symbol {
	sym := y.own[name]
	if sym == nil {
		sym = &symbol{name: name}
		y.own[name] = sym
		*y.order = append(*y.order, sym)
	}
	y.refs[name] = sym
	y.loads[sym] = l
	return sym
}

func (y *symbols) find(name string) *symbol {
	for s := y; s != nil; s = s.parent {
		if sym := s.refs[name]; sym != nil {
			return sym
		}
	}
	return nil
}

func (y *symbols) store(name string) {
	y.stores[name] = true
	if y.refs[name] != nil {
		return
	}
	if y.parent != nil {
		if outer := y.parent.find(name); outer != nil {
			y.define(name, load{loadAlias, outer})
			return
		}
	}
	y.define(name, load{kind: loadUndefined})
}

func (y *symbols) param(name string) *symbol {
	y.stores[name] = true
	return y.define(name, load{kind: loadParam})
}

func (y *symbols) load(name string) {
	if y.find(name) == nil {
		y.define(name, load{kind: loadResolve})
	}
}

// merge takes over what the branches of an if found. A name that not every
// branch assigns keeps its outer value in the others.
func (y *symbols) merge(branches ...*symbols) {
	counts := make(map[string]int)
	for _, b := range branches {
		for name := range b.stores {
			if !y.stores[name] {
				counts[name]++
			}
		}
	}
	for _, b := range branches {
		for name, sym := range b.refs {
			y.refs[name] = sym
		}
		for sym, l := range b.loads {
			y.loads[sym] = l
		}
		for name := range b.stores {
			y.stores[name] = true
		}
	}
	for name, n := range counts {
		if n == len(branches) {
			continue
		}
		sym := y.find(name)
		if y.parent != nil {
			if outer := y.parent.find(name); outer != nil {
				y.loads[sym] = load{loadAlias, outer}
				continue
			}
		}
		y.loads[sym] = load{kind: loadResolve}
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
		then, otherwise := y.copy(), y.copy()
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
