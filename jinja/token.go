package jinja

type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokData
	tokVariableBegin
	tokVariableEnd
	tokBlockBegin
	tokBlockEnd
	tokName
	tokString
	tokInteger
	tokFloat
	tokAdd
	tokSub
	tokMul
	tokDiv
	tokFloorDiv
	tokMod
	tokPow
	tokTilde
	tokEq
	tokNe
	tokLt
	tokLe
	tokGt
	tokGe
	tokAssign
	tokDot
	tokColon
	tokComma
	tokPipe
	tokSemicolon
	tokLParen
	tokRParen
	tokLBracket
	tokRBracket
	tokLBrace
	tokRBrace
)

// token is a piece of a template. text is the name, the literal as written
// (strings with their quotes) or the data; pos is a byte offset.
type token struct {
	text string
	pos  int32
	kind tokenKind
}

var tokenNames = [...]string{
	tokEOF:           "end of template",
	tokData:          "text",
	tokVariableBegin: "'{{'",
	tokVariableEnd:   "end of print statement",
	tokBlockBegin:    "'{%'",
	tokBlockEnd:      "end of statement block",
	tokName:          "name",
	tokString:        "string",
	tokInteger:       "integer",
	tokFloat:         "float",
	tokAdd:           "'+'",
	tokSub:           "'-'",
	tokMul:           "'*'",
	tokDiv:           "'/'",
	tokFloorDiv:      "'//'",
	tokMod:           "'%'",
	tokPow:           "'**'",
	tokTilde:         "'~'",
	tokEq:            "'=='",
	tokNe:            "'!='",
	tokLt:            "'<'",
	tokLe:            "'<='",
	tokGt:            "'>'",
	tokGe:            "'>='",
	tokAssign:        "'='",
	tokDot:           "'.'",
	tokColon:         "':'",
	tokComma:         "','",
	tokPipe:          "'|'",
	tokSemicolon:     "';'",
	tokLParen:        "'('",
	tokRParen:        "')'",
	tokLBracket:      "'['",
	tokRBracket:      "']'",
	tokLBrace:        "'{'",
	tokRBrace:        "'}'",
}

func (k tokenKind) String() string { return tokenNames[k] }

// describe returns the token as messages show it.
func (t token) describe() string {
	switch t.kind {
	case tokName, tokInteger, tokFloat:
		return "'" + t.text + "'"
	case tokString:
		if len(t.text) > 40 {
			return "string " + t.text[:40] + "…"
		}
		return "string " + t.text
	}
	return t.kind.String()
}

func (t token) isName(name string) bool { return t.kind == tokName && t.text == name }
