package jinja

// The syntax tree is what is evaluated: names get their places in memory by
// the resolver (scope.go), and every node knows how to evaluate itself.

// expr is an expression.
type expr interface {
	eval(s *evaluation) (any, error)
	position() int
}

// stmt is a statement.
type stmt interface {
	exec(s *evaluation) error
}

// at is the place of a node in the source, embedded in every node.
type at int32

func (p at) position() int { return int(p) }

type (
	constExpr struct {
		at
		value any
	}
	nameExpr struct {
		at
		name string
		ref  reference
	}
	tupleExpr struct {
		at
		items []expr
	}
	listExpr struct {
		at
		items []expr
		// shared holds the value if all items are constants, for uses that
		// only read it.
		shared []any
	}
	dictExpr struct {
		at
		keys, values []expr
	}
	attrExpr struct {
		at
		object expr
		name   string
	}
	itemExpr struct {
		at
		object, key expr
	}
	sliceExpr struct {
		at
		start, stop, step expr // nil: not given
	}
	callExpr struct {
		at
		callee expr
		args   arguments
	}
	filterExpr struct {
		at
		input expr // nil: the text of a filter block
		name  string
		args  arguments
		run   internal // nil: unknown, an error when reached
	}
	testExpr struct {
		at
		input expr
		name  string
		args  arguments
		run   internal
	}
	condExpr struct {
		at
		test, then, otherwise expr // otherwise may be nil
	}
	andExpr struct {
		at
		left, right expr
	}
	orExpr struct {
		at
		left, right expr
	}
	notExpr struct {
		at
		operand expr
	}
	signExpr struct {
		at
		negative bool
		operand  expr
	}
	binaryExpr struct {
		at
		op          tokenKind
		left, right expr
	}
	concatExpr struct {
		at
		parts []expr
	}
	compareExpr struct {
		at
		first expr
		rest  []comparison
	}
)

// comparison is one link of a chain such as a < b in c.
type comparison struct {
	op      compareOp
	operand expr
}

type compareOp uint8

const (
	opEq compareOp = iota
	opNe
	opLt
	opLe
	opGt
	opGe
	opIn
	opNotIn
)

// arguments are the arguments of a call, a filter or a test.
type arguments struct {
	positional []expr
	keywords   []keywordArg
	star       expr // *star, or nil
	starStar   expr // **starStar, or nil
}

type keywordArg struct {
	name  string
	value expr
}

// target is the left side of an assignment: a name, an attribute of a
// namespace, or a tuple of targets.
type target struct {
	at
	name      string
	attribute string // of the namespace in name; "" if it is a plain name
	items     []target
	isTuple   bool
	ref       reference
	// export is set if the assignment is seen by blocks.
	export bool
}

type (
	textStmt struct {
		text string
	}
	outputStmt struct {
		value expr
	}
	ifStmt struct {
		test expr
		body []stmt
		// otherwise holds the else branch, which is another ifStmt for elif.
		otherwise []stmt
	}
	forStmt struct {
		at
		target    target
		iter      expr
		filter    expr
		recursive bool
		body      []stmt
		otherwise []stmt

		frame, filterFrame, elseFrame frame
		filterTarget                  target
		loop                          reference // of the variable "loop"
		extended                      bool      // "loop" is used
		fn                            *function // of a recursive loop
	}
	withStmt struct {
		targets []target
		values  []expr
		body    []stmt
		frame   frame
	}
	scopeStmt struct {
		at
		autoescape expr // nil: unchanged
		body       []stmt
		frame      frame
	}
	blockStmt struct {
		at
		name   string
		scoped bool // sees the names of the frame around it
		body   []stmt
		frame  frame
		fn     *function // nil if scoped

		self     reference
		usesSelf bool
	}
	macroStmt struct {
		at
		name   string
		ref    reference
		export bool
		macro  *macroDef
	}
	callStmt struct {
		at
		call  *callExpr
		macro *macroDef // the caller
	}
	filterStmt struct {
		at
		filter *filterExpr
		body   []stmt
		frame  frame
	}
	setStmt struct {
		at
		target target
		value  expr
	}
	setBlockStmt struct {
		at
		target target
		filter *filterExpr // nil: none
		body   []stmt
		frame  frame
	}
	loaderStmt struct {
		at
		tag   string
		names []expr // expressions that are evaluated first
		binds []string
	}
	exprStmt struct {
		value expr
	}
	loopControlStmt struct {
		at
		stop bool // break, otherwise continue
	}
)

// macroDef is what the definition of a macro, or the body of a call block,
// compiles to.
type macroDef struct {
	at
	name        string
	params      []target
	defaults    []expr // of the last parameters
	body        []stmt
	frame       frame
	fn          *function
	usesCaller  bool
	usesKwargs  bool
	usesVarargs bool
	// explicitCaller says that "caller" is among the parameters.
	explicitCaller bool
	callerRef      reference
	kwargsRef      reference
	varargsRef     reference
}
