package jinja

// walkExpr calls visit for e, unless it is nil, and for all expressions in it.
func walkExpr(e expr, visit func(expr)) {
	if e == nil {
		return
	}
	visit(e)
	all := func(list []expr) {
		for _, item := range list {
			walkExpr(item, visit)
		}
	}
	args := func(a *arguments) {
		all(a.positional)
		for _, k := range a.keywords {
			walkExpr(k.value, visit)
		}
		walkExpr(a.star, visit)
		walkExpr(a.starStar, visit)
	}
	switch n := e.(type) {
	case *tupleExpr:
		all(n.items)
	case *listExpr:
		all(n.items)
	case *dictExpr:
		all(n.keys)
		all(n.values)
	case *attrExpr:
		walkExpr(n.object, visit)
	case *itemExpr:
		walkExpr(n.object, visit)
		walkExpr(n.key, visit)
	case *sliceExpr:
		walkExpr(n.start, visit)
		walkExpr(n.stop, visit)
		walkExpr(n.step, visit)
	case *callExpr:
		walkExpr(n.callee, visit)
		args(&n.args)
	case *filterExpr:
		walkExpr(n.input, visit)
		args(&n.args)
	case *testExpr:
		walkExpr(n.input, visit)
		args(&n.args)
	case *condExpr:
		walkExpr(n.test, visit)
		walkExpr(n.then, visit)
		walkExpr(n.otherwise, visit)
	case *andExpr:
		walkExpr(n.left, visit)
		walkExpr(n.right, visit)
	case *orExpr:
		walkExpr(n.left, visit)
		walkExpr(n.right, visit)
	case *notExpr:
		walkExpr(n.operand, visit)
	case *signExpr:
		walkExpr(n.operand, visit)
	case *binaryExpr:
		walkExpr(n.left, visit)
		walkExpr(n.right, visit)
	case *concatExpr:
		all(n.parts)
	case *compareExpr:
		walkExpr(n.first, visit)
		for _, c := range n.rest {
			walkExpr(c.operand, visit)
		}
	}
}

// nameUse is one mention of a name.
type nameUse struct {
	name  string
	store bool
	pos   int
}

// walkNames calls visit for every mention of a name in the statements and
// whatever they contain, in reading order; blocks only if asked.
func walkNames(body []stmt, blocks bool, visit func(nameUse)) {
	e := func(list ...expr) {
		for _, x := range list {
			walkExpr(x, func(x expr) {
				if n, ok := x.(*nameExpr); ok {
					visit(nameUse{n.name, false, n.position()})
				}
			})
		}
	}
	var stores func(t *target)
	stores = func(t *target) {
		if t.isTuple {
			for i := range t.items {
				stores(&t.items[i])
			}
			return
		}
		visit(nameUse{t.name, t.attribute == "", t.position()})
	}
	macro := func(m *macroDef) {
		for i := range m.params {
			stores(&m.params[i])
		}
		e(m.defaults...)
		walkNames(m.body, blocks, visit)
	}
	filter := func(f *filterExpr) {
		if f != nil {
			e(f)
		}
	}
	for _, st := range body {
		switch n := st.(type) {
		case *outputStmt:
			e(n.value)
		case *exprStmt:
			e(n.value)
		case *ifStmt:
			e(n.test)
			walkNames(n.body, blocks, visit)
			walkNames(n.otherwise, blocks, visit)
		case *forStmt:
			stores(&n.target)
			e(n.iter, n.filter)
			walkNames(n.body, blocks, visit)
			walkNames(n.otherwise, blocks, visit)
		case *withStmt:
			for i := range n.targets {
				stores(&n.targets[i])
			}
			e(n.values...)
			walkNames(n.body, blocks, visit)
		case *scopeStmt:
			e(n.autoescape)
			walkNames(n.body, blocks, visit)
		case *blockStmt:
			if blocks {
				walkNames(n.body, blocks, visit)
			}
		case *macroStmt:
			macro(n.macro)
		case *callStmt:
			e(n.call)
			macro(n.macro)
		case *filterStmt:
			filter(n.filter)
			walkNames(n.body, blocks, visit)
		case *setStmt:
			stores(&n.target)
			e(n.value)
		case *setBlockStmt:
			stores(&n.target)
			filter(n.filter)
			walkNames(n.body, blocks, visit)
		case *loaderStmt:
			e(n.names...)
		}
	}
}

// undeclared tells which of names the statements read before they assign them.
func undeclared(body []stmt, names ...string) map[string]bool {
	found := make(map[string]bool)
	assigned := make(map[string]bool)
	walkNames(body, false, func(u nameUse) {
		for _, n := range names {
			if n != u.name {
				continue
			}
			if u.store {
				assigned[n] = true
			} else if !assigned[n] {
				found[n] = true
			}
		}
	})
	return found
}
