package orquesta

import (
	"regexp"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// pair is one name=value of an action or a publish written on one line.
type pair struct {
	name  string
	value any
}

const (
	word  = `[\p{L}\p{N}_]`
	digit = `\p{Nd}`
	space = `[\s\v\x1c-\x1f\x85\p{Z}]`
)

var inlinePattern = regexp.MustCompile(`(` + word + `+)=(` + strings.Join([]string{
	`\[.*\]` + space + `*`,
	`"[^"]*"` + space + `*`,
	`'[^']*'` + space + `*`,
	`-?` + digit + `*\.` + digit + `+`,
	`-?` + digit + `+`,
	`(?i:true)`,
	`(?i:false)`,
	`null`,
	`\{\{.*?\}\}`,
	`<%.*?%>`,
}, `|`) + `)`)

// quotation is what makes a value a text: quotes around it or within.
var quotation = regexp.MustCompile(`"[^"]*"|'[^']*'`)

// inlinePairs returns the pairs in a text. What lies between them is ignored.
func inlinePairs(text string) []pair {
	var pairs []pair
	for _, m := range inlinePattern.FindAllStringSubmatch(text, -1) {
		pairs = append(pairs, pair{m[1], inlineValue(m[2])})
	}
	return pairs
}

func inlineValue(text string) any {
	text = pyvalue.TrimSpace(text)
	plain := unquote(unquote(text, `"`), `'`)
	braced := strings.HasPrefix(plain, "{") && strings.HasSuffix(plain, "}")
	if quotation.MatchString(text) && !braced {
		return plain
	}
	if lower := strings.ToLower(plain); lower == "true" || lower == "false" {
		return lower == "true"
	}
	if value, err := pyvalue.DecodeJSON(plain, pyvalue.PythonJSON); err == nil {
		return value
	}
	return plain
}

func unquote(text, quote string) string {
	return strings.TrimSuffix(strings.TrimPrefix(text, quote), quote)
}

// inlineAction splits an action with inline parameters. If there are some but
// no blank before them, ok is false and the input not nil.
func inlineAction(text string) (action string, input any, ok bool) {
	pairs := inlinePairs(text)
	if len(pairs) == 0 {
		return text, nil, false
	}
	parameters := pyvalue.NewMap(len(pairs))
	for _, p := range pairs {
		parameters.SetString(p.name, p.value)
	}
	action, _, ok = strings.Cut(text, " ")
	return action, parameters, ok
}

func splitNames(text string) []string {
	names := strings.Split(text, ",")
	for i, name := range names {
		names[i] = pyvalue.TrimSpace(name)
	}
	return names
}
