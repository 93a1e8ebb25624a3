package jinja

import (
	"fmt"
	"slices"
	"strings"

	"github.com/petrel-dev/petrel/internal/suggest"
)

// template parses a whole template.
func (p *parser) template() []stmt {
	return p.statementsUntil(nil)
}

// statementsUntil parses text, expressions and statements up to a tag that is
// one of ends, which stays the current token, or up to the end of the template.
func (p *parser) statementsUntil(ends []string) []stmt {
	p.enter()
	defer func() { p.depth-- }()
	var body []stmt
	for {
		t := p.current()
		switch t.kind {
		case tokData:
			p.next()
			body = append(body, &textStmt{t.text})
		case tokVariableBegin:
			p.next()
			body = append(body, &outputStmt{p.tuple(tupleOptions{cond: true})})
			p.expect(tokVariableEnd)
		case tokBlockBegin:
			p.next()
			c := p.current()
			if c.kind == tokName {
				for _, end := range ends {
					if c.text == end {
						return body
					}
				}
			}
			body = append(body, p.statement(ends)...)
			p.expect(tokBlockEnd)
		default:
			return body
		}
	}
}

// body parses what stands between a tag and the tags that end it. The ending
// tag's name becomes the current token, or is skipped if drop is set.
func (p *parser) body(drop bool, ends ...string) []stmt {
	p.skipIf(tokColon)
	p.expect(tokBlockEnd)
	body := p.statementsUntil(ends)
	if p.is(tokEOF) {
		p.fail(int(p.current().pos), "the template ends before '%s' is closed; expected %s",
			p.tags[len(p.tags)-1], oneOf(ends))
	}
	if drop {
		p.next()
	}
	return body
}

func oneOf(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "{% " + n + " %}"
	}
	return strings.Join(quoted, " or ")
}

func (p *parser) statement(ends []string) []stmt {
	t := p.current()
	if t.kind != tokName {
		p.fail(int(t.pos), "expected the name of a tag, got %s", t.describe())
	}
	p.tags = append(p.tags, t.text)
	defer func() { p.tags = p.tags[:len(p.tags)-1] }()
	pos := at(t.pos)
	p.next()
	switch t.text {
	case "if":
		return []stmt{p.ifStatement()}
	case "for":
		return []stmt{p.forStatement(pos)}
	case "set":
		return []stmt{p.setStatement(pos)}
	case "with":
		return []stmt{p.withStatement()}
	case "macro":
		return []stmt{p.macroStatement(pos)}
	case "call":
		return []stmt{p.callStatement(pos)}
	case "filter":
		f := p.filter(nil)
		for p.skipIf(tokPipe) {
			f = p.filter(f)
		}
		return []stmt{&filterStmt{at: pos, filter: f, body: p.body(true, "endfilter")}}
	case "block":
		return []stmt{p.blockStatement(pos)}
	case "print":
		var out []stmt
		for n := 0; !p.is(tokBlockEnd); n++ {
			if n > 0 {
				p.expect(tokComma)
			}
			out = append(out, &outputStmt{p.expression(true)})
		}
		return out
	case "autoescape":
		on := p.expression(true)
		return []stmt{&scopeStmt{at: pos, autoescape: on, body: p.body(true, "endautoescape")}}
	case "extends":
		return []stmt{&loaderStmt{at: pos, tag: t.text, names: []expr{p.expression(true)}}}
	case "include":
		return []stmt{p.includeStatement(pos)}
	case "import":
		return []stmt{p.importStatement(pos)}
	case "from":
		return []stmt{p.fromStatement(pos)}
	case "do":
		if p.ext.do {
			return []stmt{&exprStmt{p.tuple(tupleOptions{cond: true})}}
		}
	case "break", "continue":
		if p.ext.loopControls {
			if p.loops == 0 {
				p.fail(int(pos), "'%s' stands outside of a loop", t.text)
			}
			return []stmt{&loopControlStmt{pos, t.text == "break"}}
		}
	}
	p.unknownTag(t, ends)
	return nil
}

func (p *parser) unknownTag(t *token, ends []string) {
	err := syntaxError(int(t.pos), "unknown tag '%s'", t.text)
	if len(ends) > 0 {
		err.Hint = "expected " + oneOf(ends)
	}
	if s := suggest.Closest(t.text, slices.Values(statementNames)); s != "" {
		err.Hint = fmt.Sprintf("did you mean %q?", s)
	}
	panic(bail{err})
}

var statementNames = []string{"if", "elif", "else", "endif", "for", "endfor", "set", "endset", "with", "endwith",
	"macro", "endmacro", "call", "endcall", "filter", "endfilter", "block", "endblock", "print", "raw", "endraw",
	"autoescape", "endautoescape", "include", "import", "from", "extends"}

func (p *parser) ifStatement() stmt {
	s := &ifStmt{test: p.tuple(tupleOptions{})}
	s.body = p.body(false, "elif", "else", "endif")
	switch p.next().text {
	case "elif":
		// An elif chain nests as deep as it is long.
		p.enter()
		s.otherwise = []stmt{p.ifStatement()}
		p.depth--
	case "else":
		s.otherwise = p.body(true, "endif")
	}
	return s
}

func (p *parser) forStatement(pos at) stmt {
	s := &forStmt{at: pos}
	s.target = p.target("in", false)
	p.expectName("in")
	s.iter = p.tuple(tupleOptions{end: "recursive"})
	if p.skipName("if") {
		s.filter = p.expression(true)
	}
	s.recursive = p.skipName("recursive")
	p.loops++
	s.body = p.body(false, "endfor", "else")
	p.loops--
	if p.next().text == "else" {
		s.otherwise = p.body(true, "endfor")
	}
	return s
}

func (p *parser) setStatement(pos at) stmt {
	t := p.target("", true)
	if p.skipIf(tokAssign) {
		return &setStmt{pos, t, p.tuple(tupleOptions{cond: true})}
	}
	s := &setBlockStmt{at: pos, target: t}
	for p.skipIf(tokPipe) {
		var input expr
		if s.filter != nil {
			input = s.filter
		}
		s.filter = p.filter(input)
	}
	s.body = p.outsideLoop(func() []stmt { return p.body(true, "endset") })
	return s
}

// outsideLoop parses a body that break and continue cannot leave.
func (p *parser) outsideLoop(f func() []stmt) []stmt {
	saved := p.loops
	p.loops = 0
	body := f()
	p.loops = saved
	return body
}

func (p *parser) withStatement() stmt {
	s := &withStmt{}
	for n := 0; !p.is(tokBlockEnd); n++ {
		if n > 0 {
			p.expect(tokComma)
		}
		s.targets = append(s.targets, p.target("", false))
		p.expect(tokAssign)
		s.values = append(s.values, p.expression(true))
	}
	s.body = p.body(true, "endwith")
	return s
}

func (p *parser) macroStatement(pos at) stmt {
	name := p.nameTarget()
	m := &macroDef{at: pos, name: name.name}
	p.signature(m)
	m.body = p.outsideLoop(func() []stmt { return p.body(true, "endmacro") })
	return &macroStmt{at: pos, name: name.name, macro: m}
}

func (p *parser) callStatement(pos at) stmt {
	m := &macroDef{at: pos, name: "caller"}
	if p.is(tokLParen) {
		p.signature(m)
	}
	start := p.current()
	call, ok := p.expression(true).(*callExpr)
	if !ok {
		p.fail(int(start.pos), "expected the call of a macro")
	}
	m.body = p.outsideLoop(func() []stmt { return p.body(true, "endcall") })
	return &callStmt{at: pos, call: call, macro: m}
}

func (p *parser) signature(m *macroDef) {
	p.expect(tokLParen)
	for n := 0; !p.is(tokRParen); n++ {
		if n > 0 {
			p.expect(tokComma)
		}
		param := p.nameTarget()
		for _, other := range m.params {
			if other.name == param.name {
				p.fail(param.position(), "the parameter '%s' is declared twice", param.name)
			}
		}
		if p.skipIf(tokAssign) {
			m.defaults = append(m.defaults, p.expression(true))
		} else if m.defaults != nil {
			p.fail(param.position(), "the parameter '%s' has no default but follows one that has", param.name)
		}
		m.params = append(m.params, param)
	}
	p.expect(tokRParen)
}

func (p *parser) blockStatement(pos at) stmt {
	s := &blockStmt{at: pos, name: p.expect(tokName).text}
	s.scoped = p.skipName("scoped")
	required := p.skipName("required")
	if p.is(tokSub) {
		p.fail(int(p.current().pos), "the name of a block must not contain hyphens")
	}
	for _, b := range p.blocks {
		if b.name == s.name {
			panic(bail{&Error{Kind: KindTemplateAssertion, offset: int(pos), Message: "the block '" + s.name + "' is defined twice"}})
		}
	}
	p.blocks = append(p.blocks, s)
	s.body = p.outsideLoop(func() []stmt { return p.body(true, "endblock") })
	if required {
		for _, b := range s.body {
			if text, ok := b.(*textStmt); !ok || strings.TrimFunc(text.text, isSpace) != "" {
				p.fail(int(pos), "a required block may contain only comments and white space")
			}
		}
	}
	p.skipName(s.name)
	return s
}

func (p *parser) includeStatement(pos at) stmt {
	s := &loaderStmt{at: pos, tag: "include", names: []expr{p.expression(true)}}
	if p.isName("ignore") && p.peek().isName("missing") {
		p.next()
		p.next()
	}
	p.contextOption()
	return s
}

// contextOption skips "with context" or "without context".
func (p *parser) contextOption() bool {
	if (p.isName("with") || p.isName("without")) && p.peek().isName("context") {
		p.next()
		p.next()
		return true
	}
	return false
}

func (p *parser) importStatement(pos at) stmt {
	s := &loaderStmt{at: pos, tag: "import", names: []expr{p.expression(true)}}
	p.expectName("as")
	s.binds = []string{p.nameTarget().name}
	p.contextOption()
	return s
}

func (p *parser) fromStatement(pos at) stmt {
	s := &loaderStmt{at: pos, tag: "from", names: []expr{p.expression(true)}}
	p.expectName("import")
	for n := 0; ; n++ {
		if n > 0 {
			p.expect(tokComma)
		}
		if p.contextOption() {
			break
		}
		t := p.nameTarget()
		if t.name[0] == '_' {
			panic(bail{&Error{Kind: KindTemplateAssertion, offset: t.position(), Message: "names that begin with an underscore cannot be imported"}})
		}
		if p.skipName("as") {
			t = p.nameTarget()
		}
		s.binds = append(s.binds, t.name)
		if p.contextOption() || !p.is(tokComma) {
			break
		}
	}
	return s
}

func (p *parser) nameTarget() target {
	t := p.expect(tokName)
	if reserved(t.text) {
		p.fail(int(t.pos), "'%s' cannot be assigned to", t.text)
	}
	return target{at: at(t.pos), name: t.text}
}

func reserved(name string) bool {
	switch name {
	case "true", "false", "none", "True", "False", "None":
		return true
	}
	return false
}

// target parses the left side of an assignment up to the name end. With
// namespaces, an attribute of a name may stand in it.
func (p *parser) target(end string, namespaces bool) target {
	pos := p.at()
	var items []target
	isTuple := false
	for n := 0; ; n++ {
		if n > 0 {
			p.expect(tokComma)
		}
		if p.tupleEnds(end) {
			break
		}
		items = append(items, p.targetItem(namespaces))
		if !p.is(tokComma) {
			break
		}
		isTuple = true
	}
	if !isTuple {
		if len(items) == 0 {
			p.fail(int(pos), "expected a name to assign to, got %s", p.current().describe())
		}
		return items[0]
	}
	return target{at: pos, items: items, isTuple: true}
}

func (p *parser) targetItem(namespaces bool) target {
	pos := p.at()
	if p.is(tokName) && namespaces && p.peek().kind == tokDot {
		t := p.next()
		p.next()
		return target{at: pos, name: t.text, attribute: p.expect(tokName).text}
	}
	return p.asTarget(p.primary())
}

func (p *parser) asTarget(e expr) target {
	switch e := e.(type) {
	case *nameExpr:
		return target{at: e.at, name: e.name}
	case *tupleExpr:
		t := target{at: e.at, isTuple: true}
		for _, item := range e.items {
			t.items = append(t.items, p.asTarget(item))
		}
		return t
	}
	p.fail(e.position(), "this cannot be assigned to")
	return target{}
}
