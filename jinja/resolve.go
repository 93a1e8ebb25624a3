package jinja

import (
	"maps"

	"github.com/petrel-dev/petrel/internal/suggest"
)

// resolver binds names to places, and filters and tests to their functions.
type resolver struct {
	env       *Environment
	variables nameTable
	hasBlocks bool
	mutates   bool
	inBlock   bool
	// free are the names that are read from outside the template.
	free []string
}

// scope is a frame while it is compiled.
type scope struct {
	*symbols
	fn       *function
	depth    int // of functions around fn
	toplevel bool
	// soft says that an unknown filter is an error only when it is reached.
	soft bool
}

func (sc *scope) inner() *scope {
	return &scope{symbols: newSymbols(sc.symbols), fn: sc.fn, depth: sc.depth}
}

// function returns the scope of a function defined in sc.
func (sc *scope) function() *scope {
	return &scope{symbols: newSymbols(sc.symbols), fn: &function{}, depth: sc.depth + 1}
}

func (sc *scope) softly() *scope {
	c := *sc
	c.soft = true
	return &c
}

func (r *resolver) fail(pos at, kind Kind, message, hint string) {
	panic(bail{&Error{Kind: kind, Message: message, Hint: hint, offset: int(pos)}})
}

func (r *resolver) variable(name string) int {
	i := r.variables.find(name)
	if i < 0 {
		i = r.variables.add(name)
	}
	return i
}

// enter gives places to the names of a frame that was analyzed and returns how
// to prepare them.
func (r *resolver) enter(sc *scope) frame {
	var f frame
	for i, sym := range sc.level.order {
		known := sc.at(i)
		if !known.present {
			continue
		}
		l := known.load
		sym.fn, sym.depth = sc.fn, sc.depth
		if l.kind == loadResolve {
			if _, global := r.env.globals[sym.name]; !global {
				r.free = append(r.free, sym.name)
			}
		}
		if l.kind == loadResolve && !known.stored {
			sym.outside = true
			continue
		}
		sym.index = sc.fn.slots
		sc.fn.slots++
		init := slotInit{index: sym.index}
		switch l.kind {
		case loadParam:
			continue
		case loadResolve:
			init.mode = initUnresolved
		case loadAlias:
			if l.source.outside {
				init.mode = initUnresolved
			} else {
				init.mode = initAlias
				init.source = r.reference(sc, l.source)
			}
		}
		f.inits = append(f.inits, init)
	}
	return f
}

func (r *resolver) reference(sc *scope, sym *symbol) reference {
	if sym == nil {
		return reference{}
	}
	ref := reference{variable: r.variable(sym.name)}
	switch {
	case !sym.outside:
		ref.kind = refLocal
		ref.hops = sc.depth - sym.depth
		ref.index = sym.index
	case r.inBlock:
		ref.kind = refExported
	}
	return ref
}

func (r *resolver) target(t *target, sc *scope) {
	if t.isTuple {
		for i := range t.items {
			r.target(&t.items[i], sc)
		}
		return
	}
	if reserved(t.name) && t.attribute == "" {
		r.fail(t.at, KindSyntax, "'"+t.name+"' cannot be assigned to", "")
	}
	t.ref = r.reference(sc, sc.find(t.name))
	t.export = r.hasBlocks && sc.toplevel && t.attribute == ""
}

func (r *resolver) statements(body []stmt, sc *scope) {
	for _, st := range body {
		r.statement(st, sc)
	}
}

func (r *resolver) statement(st stmt, sc *scope) {
	switch n := st.(type) {
	case *outputStmt:
		r.expression(n.value, sc)
	case *exprStmt:
		r.expression(n.value, sc)
	case *ifStmt:
		soft := sc.softly()
		r.expression(n.test, soft)
		r.statements(n.body, soft)
		r.statements(n.otherwise, soft)
	case *forStmt:
		r.forStatement(n, sc)
	case *withStmt:
		in := sc.inner()
		for i := range n.targets {
			in.params(&n.targets[i])
		}
		in.statements(n.body)
		n.frame = r.enter(in)
		for i := range n.targets {
			r.target(&n.targets[i], in)
			r.expression(n.values[i], sc)
		}
		r.statements(n.body, in)
	case *scopeStmt:
		r.expression(n.autoescape, sc)
		in := sc.inner()
		in.statements(n.body)
		n.frame = r.enter(in)
		r.statements(n.body, in)
	case *blockStmt:
		r.block(n, sc)
	case *macroStmt:
		n.ref = r.reference(sc, sc.find(n.name))
		n.export = r.hasBlocks && sc.toplevel
		r.macro(n.macro, sc)
	case *callStmt:
		r.expression(n.call, sc)
		r.macro(n.macro, sc)
	case *filterStmt:
		in := sc.inner()
		in.statements(n.body)
		in.expression(n.filter)
		n.frame = r.enter(in)
		r.statements(n.body, in)
		r.expression(n.filter, in)
	case *setStmt:
		r.expression(n.value, sc)
		r.target(&n.target, sc)
	case *setBlockStmt:
		in := sc.inner()
		if n.filter != nil {
			in.expression(n.filter)
		}
		in.statements(n.body)
		n.frame = r.enter(in)
		r.statements(n.body, in)
		if n.filter != nil {
			r.expression(n.filter, in)
		}
		r.target(&n.target, sc)
	case *loaderStmt:
		for _, e := range n.names {
			r.expression(e, sc)
		}
	}
}

func (r *resolver) forStatement(n *forStmt, sc *scope) {
	walkNames([]stmt{n}, true, func(u nameUse) {
		if u.store && u.name == "loop" {
			r.fail(at(u.pos), KindTemplateAssertion, "'loop' cannot be assigned to inside of a loop", "")
		}
	})
	n.extended = n.recursive || undeclared(n.body, "loop")["loop"]
	r.expression(n.iter, sc)
	outer := sc
	if n.recursive {
		outer = sc.function()
		n.fn = outer.fn
		// The function has no names of its own, only its frames have.
		outer.symbols = sc.symbols
	}
	in := outer.inner()
	if n.extended {
		in.param("loop")
	}
	in.params(&n.target)
	in.statements(n.body)
	if n.filter != nil {
		test := outer.inner()
		n.filterTarget = cloneTarget(n.target)
		test.params(&n.filterTarget)
		test.expression(n.filter)
		n.filterFrame = r.enter(test)
		r.target(&n.filterTarget, test)
		r.expression(n.filter, test)
	}
	n.frame = r.enter(in)
	r.target(&n.target, in)
	if n.extended {
		n.loop = r.reference(in, in.find("loop"))
	}
	r.statements(n.body, in)
	if n.otherwise != nil {
		otherwise := outer.inner()
		otherwise.statements(n.otherwise)
		n.elseFrame = r.enter(otherwise)
		r.statements(n.otherwise, otherwise)
	}
}

func cloneTarget(t target) target {
	items := make([]target, len(t.items))
	for i := range t.items {
		items[i] = cloneTarget(t.items[i])
	}
	t.items = items
	return t
}

func (r *resolver) block(n *blockStmt, outer *scope) {
	if n.scoped && !outer.toplevel {
		sc := outer.inner()
		sc.statements(n.body)
		n.frame = r.enter(sc)
		r.statements(n.body, sc)
		return
	}
	saved := r.inBlock
	r.inBlock = true
	sc := &scope{symbols: newSymbols(nil), fn: &function{}}
	n.fn = sc.fn
	sc.statements(n.body)
	n.usesSelf = undeclared(n.body, "self")["self"]
	if n.usesSelf {
		sc.param("self")
	}
	n.frame = r.enter(sc)
	if n.usesSelf {
		n.self = r.reference(sc, sc.find("self"))
	}
	r.statements(n.body, sc)
	r.inBlock = saved
}

func (r *resolver) macro(m *macroDef, outer *scope) {
	sc := outer.function()
	m.fn = sc.fn
	for i := range m.params {
		sc.params(&m.params[i])
	}
	for _, d := range m.defaults {
		sc.expression(d)
	}
	sc.statements(m.body)
	special := undeclared(m.body, "caller", "kwargs", "varargs")
	for i := range m.params {
		switch m.params[i].name {
		case "caller":
			m.explicitCaller = true
			if special["caller"] && i < len(m.params)-len(m.defaults) {
				r.fail(m.params[i].at, KindTemplateAssertion, "the parameter 'caller' must have a default", "")
			}
			m.usesCaller = m.usesCaller || special["caller"]
		default:
			delete(special, m.params[i].name)
		}
	}
	if special["caller"] {
		m.usesCaller = true
		if !m.explicitCaller {
			sc.param("caller")
		}
	}
	if special["kwargs"] {
		m.usesKwargs = true
		sc.param("kwargs")
	}
	if special["varargs"] {
		m.usesVarargs = true
		sc.param("varargs")
	}
	m.frame = r.enter(sc)
	for i := range m.params {
		r.target(&m.params[i], sc)
	}
	if m.usesCaller {
		m.callerRef = r.reference(sc, sc.find("caller"))
	}
	if m.usesKwargs {
		m.kwargsRef = r.reference(sc, sc.find("kwargs"))
	}
	if m.usesVarargs {
		m.varargsRef = r.reference(sc, sc.find("varargs"))
	}
	for _, d := range m.defaults {
		r.expression(d, sc)
	}
	r.statements(m.body, sc)
}

func (r *resolver) expressions(list []expr, sc *scope) {
	for _, e := range list {
		r.expression(e, sc)
	}
}

func (r *resolver) arguments(a *arguments, sc *scope) {
	r.expressions(a.positional, sc)
	for _, k := range a.keywords {
		r.expression(k.value, sc)
	}
	r.expression(a.star, sc)
	r.expression(a.starStar, sc)
}

func (r *resolver) expression(e expr, sc *scope) {
	switch n := e.(type) {
	case nil:
	case *nameExpr:
		n.ref = r.reference(sc, sc.find(n.name))
	case *tupleExpr:
		r.expressions(n.items, sc)
	case *listExpr:
		r.expressions(n.items, sc)
	case *dictExpr:
		r.expressions(n.keys, sc)
		r.expressions(n.values, sc)
	case *attrExpr:
		r.mutates = r.mutates || mutates(n.name)
		r.expression(n.object, sc)
	case *itemExpr:
		r.expression(n.object, sc)
		r.expression(n.key, sc)
	case *sliceExpr:
		r.expression(n.start, sc)
		r.expression(n.stop, sc)
		r.expression(n.step, sc)
	case *callExpr:
		r.expression(n.callee, sc)
		r.arguments(&n.args, sc)
	case *filterExpr:
		r.expression(n.input, sc)
		r.arguments(&n.args, sc)
		r.filter(n, sc)
	case *testExpr:
		r.expression(n.input, sc)
		r.arguments(&n.args, sc)
		r.test(n, sc)
	case *condExpr:
		soft := sc.softly()
		r.expression(n.test, soft)
		r.expression(n.then, soft)
		r.expression(n.otherwise, soft)
	case *andExpr:
		r.expression(n.left, sc)
		r.expression(n.right, sc)
	case *orExpr:
		r.expression(n.left, sc)
		r.expression(n.right, sc)
	case *notExpr:
		r.expression(n.operand, sc)
	case *signExpr:
		r.expression(n.operand, sc)
	case *binaryExpr:
		r.expression(n.left, sc)
		r.expression(n.right, sc)
	case *concatExpr:
		r.expressions(n.parts, sc)
	case *compareExpr:
		r.expression(n.first, sc)
		for _, c := range n.rest {
			r.expression(c.operand, sc)
		}
	}
}

func (r *resolver) filter(n *filterExpr, sc *scope) {
	f, ok := r.env.filters[n.name]
	if !ok && !sc.soft {
		r.fail(n.at, KindTemplateAssertion, "there is no filter named '"+n.name+"'", suggest.DidYouMean(n.name, maps.Keys(r.env.filters)))
	}
	n.run = f
}

func (r *resolver) test(n *testExpr, sc *scope) {
	f, ok := r.env.tests[n.name]
	if !ok && !sc.soft {
		r.fail(n.at, KindTemplateAssertion, "there is no test named '"+n.name+"'", suggest.DidYouMean(n.name, maps.Keys(r.env.tests)))
	}
	n.run = f
}
