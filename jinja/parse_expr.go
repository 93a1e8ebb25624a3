package jinja

// expression parses an expression. Without cond an inline if must stand in
// brackets.
func (p *parser) expression(cond bool) expr {
	p.enter()
	defer func() { p.depth-- }()
	if cond {
		return p.conditional()
	}
	return p.or()
}

func (p *parser) conditional() expr {
	pos := p.at()
	e := p.or()
	for n := 0; p.skipName("if"); n++ {
		p.link(n)
		test := p.or()
		var otherwise expr
		if p.skipName("else") {
			p.enter()
			otherwise = p.conditional()
			p.depth--
		}
		e = &condExpr{pos, test, e, otherwise}
		pos = p.at()
	}
	return e
}

func (p *parser) or() expr {
	pos := p.at()
	left := p.and()
	for n := 0; p.skipName("or"); n++ {
		p.link(n)
		left = &orExpr{pos, left, p.and()}
	}
	return left
}

func (p *parser) and() expr {
	pos := p.at()
	left := p.not()
	for n := 0; p.skipName("and"); n++ {
		p.link(n)
		left = &andExpr{pos, left, p.not()}
	}
	return left
}

func (p *parser) not() expr {
	if p.isName("not") {
		pos := p.at()
		p.next()
		p.enter()
		e := &notExpr{pos, p.not()}
		p.depth--
		return e
	}
	return p.compare()
}

func (p *parser) compare() expr {
	pos := p.at()
	e := p.sum()
	var rest []comparison
	for {
		var op compareOp
		switch t := p.current(); t.kind {
		case tokEq:
			op = opEq
		case tokNe:
			op = opNe
		case tokLt:
			op = opLt
		case tokLe:
			op = opLe
		case tokGt:
			op = opGt
		case tokGe:
			op = opGe
		case tokName:
			switch {
			case t.text == "in":
				op = opIn
			case t.text == "not" && p.peek().isName("in"):
				p.next()
				op = opNotIn
			default:
				return chain(pos, e, rest)
			}
		default:
			return chain(pos, e, rest)
		}
		p.next()
		rest = append(rest, comparison{op, p.sum()})
	}
}

func chain(pos at, first expr, rest []comparison) expr {
	if rest == nil {
		return first
	}
	return &compareExpr{pos, first, rest}
}

func (p *parser) sum() expr {
	pos := p.at()
	left := p.concat()
	for n := 0; p.is(tokAdd) || p.is(tokSub); n++ {
		p.link(n)
		op := p.next().kind
		left = &binaryExpr{pos, op, left, p.concat()}
		pos = p.at()
	}
	return left
}

func (p *parser) concat() expr {
	pos := p.at()
	first := p.product()
	if !p.is(tokTilde) {
		return first
	}
	parts := []expr{first}
	for p.skipIf(tokTilde) {
		parts = append(parts, p.product())
	}
	return &concatExpr{pos, parts}
}

func (p *parser) product() expr {
	pos := p.at()
	left := p.power()
	for n := 0; p.is(tokMul) || p.is(tokDiv) || p.is(tokFloorDiv) || p.is(tokMod); n++ {
		p.link(n)
		op := p.next().kind
		left = &binaryExpr{pos, op, left, p.power()}
		pos = p.at()
	}
	return left
}

func (p *parser) power() expr {
	pos := p.at()
	left := p.unary(true)
	for n := 0; p.skipIf(tokPow); n++ {
		p.link(n)
		left = &binaryExpr{pos, tokPow, left, p.unary(true)}
		pos = p.at()
	}
	return left
}

func (p *parser) unary(withFilters bool) expr {
	var e expr
	pos := p.at()
	switch {
	case p.is(tokSub), p.is(tokAdd):
		negative := p.next().kind == tokSub
		p.enter()
		e = &signExpr{pos, negative, p.unary(false)}
		p.depth--
	default:
		e = p.primary()
	}
	e = p.postfix(e)
	if withFilters {
		e = p.filtersAndTests(e)
	}
	return e
}

func (p *parser) primary() expr {
	t := p.current()
	pos := at(t.pos)
	switch t.kind {
	case tokName:
		p.next()
		switch t.text {
		case "true", "True":
			return &constExpr{pos, true}
		case "false", "False":
			return &constExpr{pos, false}
		case "none", "None":
			return &constExpr{pos, nil}
		}
		return &nameExpr{at: pos, name: t.text}
	case tokString:
		return &constExpr{pos, p.stringLiteral()}
	case tokInteger:
		p.next()
		v, ok := integerValue(t.text)
		if !ok {
			p.fail(int(t.pos), "the number has too many digits")
		}
		return &constExpr{pos, v}
	case tokFloat:
		p.next()
		return &constExpr{pos, floatValue(t.text)}
	case tokLParen:
		p.next()
		p.enter()
		e := p.tuple(tupleOptions{cond: true, brackets: true})
		p.depth--
		p.expect(tokRParen)
		return e
	case tokLBracket:
		return p.list()
	case tokLBrace:
		return p.dict()
	}
	p.fail(int(t.pos), "expected an expression, got %s", t.describe())
	return nil
}

// stringLiteral joins the strings that stand side by side.
func (p *parser) stringLiteral() string {
	var joined string
	for p.is(tokString) {
		t := p.next()
		s, problem := stringValue(t.text)
		if problem != "" {
			p.fail(int(t.pos), "%s", problem)
		}
		if joined == "" {
			joined = s
		} else {
			joined += s
		}
	}
	return joined
}

type tupleOptions struct {
	cond     bool // an inline if may stand without brackets
	brackets bool // () is the empty tuple
	end      string
}

// tuple parses one expression, or several separated by commas, which make a
// tuple.
func (p *parser) tuple(o tupleOptions) expr {
	pos := p.at()
	var first expr
	var items []expr
	isTuple := false
	for n := 0; ; n++ {
		if n > 0 {
			p.expect(tokComma)
		}
		if p.tupleEnds(o.end) {
			break
		}
		e := p.expression(o.cond)
		if n == 0 {
			first = e
		} else {
			if n == 1 {
				items = append(items, first)
			}
			items = append(items, e)
		}
		if !p.is(tokComma) {
			break
		}
		isTuple = true
	}
	if !isTuple {
		if first != nil {
			return first
		}
		if !o.brackets {
			p.fail(int(p.current().pos), "expected an expression, got %s", p.current().describe())
		}
	}
	if items == nil && first != nil {
		items = []expr{first}
	}
	return &tupleExpr{pos, items}
}

func (p *parser) tupleEnds(end string) bool {
	switch p.current().kind {
	case tokVariableEnd, tokBlockEnd, tokRParen:
		return true
	}
	return end != "" && p.isName(end)
}

func (p *parser) list() expr {
	pos := p.at()
	p.expect(tokLBracket)
	var items []expr
	for !p.is(tokRBracket) {
		if items != nil {
			p.expect(tokComma)
		}
		if p.is(tokRBracket) {
			break
		}
		items = append(items, p.expression(true))
	}
	p.expect(tokRBracket)
	return &listExpr{at: pos, items: items, shared: constants(items)}
}

// constants returns the values of items if all are constants, else nil.
func constants(items []expr) []any {
	values := make([]any, 0, len(items))
	for _, e := range items {
		c, ok := e.(*constExpr)
		if !ok {
			return nil
		}
		values = append(values, c.value)
	}
	return values
}

func (p *parser) dict() expr {
	d := &dictExpr{at: p.at()}
	p.expect(tokLBrace)
	for !p.is(tokRBrace) {
		if d.keys != nil {
			p.expect(tokComma)
		}
		if p.is(tokRBrace) {
			break
		}
		d.keys = append(d.keys, p.expression(true))
		p.expect(tokColon)
		d.values = append(d.values, p.expression(true))
	}
	p.expect(tokRBrace)
	return d
}

func (p *parser) postfix(e expr) expr {
	for n := 0; ; n++ {
		p.link(n)
		switch p.current().kind {
		case tokDot, tokLBracket:
			e = p.subscript(e)
		case tokLParen:
			e = &callExpr{p.at(), e, p.arguments()}
		default:
			return e
		}
	}
}

func (p *parser) filtersAndTests(e expr) expr {
	for n := 0; ; n++ {
		p.link(n)
		switch {
		case p.is(tokPipe):
			p.next()
			e = p.filter(e)
		case p.isName("is"):
			e = p.test(e)
		case p.is(tokLParen):
			// A filter or test may yield something callable.
			e = &callExpr{p.at(), e, p.arguments()}
		default:
			return e
		}
	}
}

func (p *parser) subscript(object expr) expr {
	pos := p.at()
	if p.next().kind == tokDot {
		t := p.next()
		switch t.kind {
		case tokName:
			return &attrExpr{pos, object, t.text}
		case tokInteger:
			v, ok := integerValue(t.text)
			if ok {
				return &itemExpr{pos, object, &constExpr{at(t.pos), v}}
			}
		}
		p.fail(int(t.pos), "expected a name or a number after '.', got %s", t.describe())
	}
	var keys []expr
	for n := 0; !p.is(tokRBracket); n++ {
		if n > 0 {
			p.expect(tokComma)
		}
		keys = append(keys, p.subscripted())
	}
	p.expect(tokRBracket)
	if len(keys) == 1 {
		return &itemExpr{pos, object, keys[0]}
	}
	return &itemExpr{pos, object, &tupleExpr{pos, keys}}
}

func (p *parser) subscripted() expr {
	s := &sliceExpr{at: p.at()}
	if !p.is(tokColon) {
		e := p.expression(true)
		if !p.is(tokColon) {
			return e
		}
		s.start = e
	}
	p.next()
	if !p.is(tokColon) && !p.is(tokRBracket) && !p.is(tokComma) {
		s.stop = p.expression(true)
	}
	if p.skipIf(tokColon) && !p.is(tokRBracket) && !p.is(tokComma) {
		s.step = p.expression(true)
	}
	return s
}

func (p *parser) arguments() arguments {
	var a arguments
	open := p.expect(tokLParen)
	valid := func(ok bool) {
		if !ok {
			p.fail(int(open.pos), "arguments must come in the order: positional, named, *list, **mapping")
		}
	}
	for n := 0; !p.is(tokRParen); n++ {
		if n > 0 {
			p.expect(tokComma)
			if p.is(tokRParen) {
				break
			}
		}
		switch {
		case p.is(tokMul):
			valid(a.star == nil && a.starStar == nil)
			p.next()
			a.star = p.expression(true)
		case p.is(tokPow):
			valid(a.starStar == nil)
			p.next()
			a.starStar = p.expression(true)
		case p.is(tokName) && p.peek().kind == tokAssign:
			valid(a.starStar == nil)
			name := p.next()
			p.next()
			for _, k := range a.keywords {
				if k.name == name.text {
					p.fail(int(name.pos), "the argument '%s' is given twice", name.text)
				}
			}
			a.keywords = append(a.keywords, keywordArg{name.text, p.expression(true)})
		default:
			valid(a.star == nil && a.starStar == nil && a.keywords == nil)
			a.positional = append(a.positional, p.expression(true))
		}
	}
	p.expect(tokRParen)
	return a
}

// filter parses the name and arguments of one filter.
func (p *parser) filter(input expr) *filterExpr {
	f := &filterExpr{at: p.at(), input: input}
	f.name = p.dottedName()
	if p.is(tokLParen) {
		f.args = p.arguments()
	}
	return f
}

func (p *parser) dottedName() string {
	name := p.expect(tokName).text
	for p.skipIf(tokDot) {
		name += "." + p.expect(tokName).text
	}
	return name
}

func (p *parser) test(input expr) expr {
	p.next()
	negated := p.skipName("not")
	t := &testExpr{at: p.at(), input: input}
	t.name = p.dottedName()
	switch c := p.current(); c.kind {
	case tokLParen:
		t.args = p.arguments()
	case tokName, tokString, tokInteger, tokFloat, tokLBracket, tokLBrace:
		if c.kind == tokName {
			switch c.text {
			case "else", "or", "and":
				break
			case "is":
				p.fail(int(c.pos), "tests cannot be chained with 'is'")
			default:
				t.args.positional = []expr{p.postfix(p.primary())}
			}
			break
		}
		t.args.positional = []expr{p.postfix(p.primary())}
	}
	if negated {
		return &notExpr{t.at, t}
	}
	return t
}
