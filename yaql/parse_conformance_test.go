package yaql_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/yaql"
)

type parseCase struct {
	ID     string
	Source string
	Tree   any
	Error  *struct {
		Kind     string
		Position *int
	}
}

func TestConformanceParse(t *testing.T) {
	var cases []parseCase
	readCorpus(t, "yaql-parse.json", &cases)
	passed := 0
	for _, c := range cases {
		if problem := checkParse(c); problem != "" {
			t.Errorf("%s: %s: %s", c.ID, c.Source, problem)
			continue
		}
		passed++
	}
	t.Logf("CONFORMANCE yaql-parse.json %d of %d", passed, len(cases))
}

func checkParse(c parseCase) string {
	tree, err := yaql.Parse(c.Source)
	if c.Error == nil {
		if err != nil {
			return fmt.Sprintf("unexpected error %v", err)
		}
		want, got := treeText(c.Tree), treeText(treeOf(tree))
		if want != got {
			return fmt.Sprintf("tree %s, expected %s", got, want)
		}
		return ""
	}
	var e *yaql.Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("no error, expected %s", c.Error.Kind)
	}
	if string(e.Kind) != c.Error.Kind {
		return fmt.Sprintf("error of kind %s, expected %s", e.Kind, c.Error.Kind)
	}
	if p := c.Error.Position; p == nil != e.AtEnd {
		return fmt.Sprintf("error at end: %v", e.AtEnd)
	} else if p != nil && utf8.RuneCountInString(c.Source[:e.Offset]) != *p {
		return fmt.Sprintf("error at offset %d, expected %d", e.Offset, *p)
	}
	return ""
}

// treeOf renders a tree in the corpus's notation.
func treeOf(n yaql.Node) any {
	list := func(head []any, nodes []yaql.Node) any {
		for _, n := range nodes {
			head = append(head, treeOf(n))
		}
		return head
	}
	switch n := n.(type) {
	case *yaql.Literal:
		return []any{"const", n.Value}
	case *yaql.Word:
		return []any{"kw", n.Name}
	case *yaql.Variable:
		return []any{"var", n.Name}
	case *yaql.Call:
		return list([]any{"call", n.Name}, n.Args)
	case *yaql.Unary:
		return []any{"un", n.Op, treeOf(n.Operand)}
	case *yaql.Binary:
		return []any{"bin", n.Op, treeOf(n.Left), treeOf(n.Right)}
	case *yaql.Index:
		return list([]any{"index", treeOf(n.Value)}, n.Args)
	case *yaql.List:
		return list([]any{"list"}, n.Items)
	case *yaql.Map:
		return list([]any{"map"}, n.Items)
	case *yaql.Pair:
		return []any{"rule", treeOf(n.Key), treeOf(n.Value)}
	case *yaql.Group:
		return []any{"paren", treeOf(n.Inner)}
	case *yaql.Omitted:
		return []any{"skip"}
	}
	panic(fmt.Sprintf("node %T", n))
}

// treeText writes a tree so that numbers of different types differ.
func treeText(v any) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = treeText(x)
		}
		return "[" + strings.Join(parts, " ") + "]"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			f, _ := v.Float64()
			return treeText(f)
		}
		return v.String()
	case int64:
		return strconv.FormatInt(v, 10)
	case *big.Int:
		return v.String()
	case float64:
		return fmt.Sprintf("float:%g", v)
	case string:
		return strconv.Quote(v)
	}
	return fmt.Sprint(v)
}
