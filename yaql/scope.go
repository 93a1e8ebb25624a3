package yaql

// scope is a context: variables and local functions, and those of its
// parents. Each call that makes one (let, with, unpack, def, a lambda) makes a
// child; what a program can see never changes under it.
type scope struct {
	parent *scope
	args   []any      // $1, $2, ...
	names  []variable // other variables, later ones win
	funcs  []*overload
	local  bool // this scope or a parent has functions
}

type variable struct {
	name  string // without the dollar sign
	value any
}

func (sc *scope) child(args ...any) *scope {
	if sc == nil {
		return &scope{args: args}
	}
	return &scope{parent: sc, args: args, local: sc.local}
}

func (sc *scope) set(name string, value any) {
	sc.names = append(sc.names, variable{name, value})
}

// variable finds a variable by its position (0 if the name is no number) or
// name, without the dollar sign. An unset variable is null.
func (ev *evaluator) variable(sc *scope, position int, name string) any {
	for ; sc != nil; sc = sc.parent {
		for i := len(sc.names) - 1; i >= 0; i-- {
			if sc.names[i].name == name {
				return sc.names[i].value
			}
		}
		if position > 0 && position <= len(sc.args) {
			return sc.args[position-1]
		}
	}
	if position == 1 {
		return ev.env.Data
	}
	return ev.env.variable(name)
}

// variablePosition returns n for the name of $n and 0 for other names.
func variablePosition(name string) int {
	if name == "" {
		return 1
	}
	if name[0] == '0' || len(name) > 6 {
		return 0
	}
	n := 0
	for i := range len(name) {
		if name[i] < '0' || name[i] > '9' {
			return 0
		}
		n = n*10 + int(name[i]-'0')
	}
	return n
}
