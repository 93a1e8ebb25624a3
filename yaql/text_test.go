package yaql_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/yaql"
)

func TestDataIsNeverCode(t *testing.T) {
	env := yaql.Env{Context: map[string]any{"input": "<% ctx(secret) %>", "secret": "hush"}}
	for source, want := range map[string]string{
		"<% ctx(input) %>":           "<% ctx(secret) %>",
		"got <% ctx().input %>":      "got <% ctx(secret) %>",
		"<% ctx(input).toLower() %>": "<% ctx(secret) %>",
	} {
		got, err := yaql.NewText(source, yaql.WithFunctions(yaql.Orquesta())).Eval(context.Background(), env)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	got, err := yaql.NewText("<% ctx(input) %>", workflowOptions...).Eval(context.Background(), env)
	require.NoError(t, err)
	require.Equal(t, "hush", got)
}

func TestReevaluationEnds(t *testing.T) {
	env := yaql.Env{Context: map[string]any{"x": "<% ctx(x) %>", "y": "<% ctx(y) %><% ctx(y) %>"}}
	for _, source := range []string{"<% ctx(x) %>", "<% ctx(y) %>"} {
		_, err := yaql.NewText(source, workflowOptions...).Eval(context.Background(), env)
		requireKind(t, yaql.KindRecursion, err)
	}
}

func TestText(t *testing.T) {
	env := yaql.Env{Context: map[string]any{"n": 3, "l": []any{1, "a", nil}, "d": map[string]any{"k": true}}}
	for source, want := range map[string]any{
		"":                               "",
		"plain":                          "plain",
		"<% ctx(n) %>":                   int64(3),
		"<% ctx(n) %> ":                  "3 ",
		"<%ctx(n)%><%ctx(n)%>":           "33",
		"a <% ctx(l) %> b":               "a [1, 'a', None] b",
		"a <% ctx(d) %> b":               "a {'k': True} b",
		"<% ctx(n)":                      "<% ctx(n)",
		"<%\nctx(n) %>":                  "<%\nctx(n) %>",
		"x <% \n <% ctx(n) %>":           "x <% \n 3",
		"<%> ctx(n) <%>":                 int64(3),
		"<% ctx(n) %>\n<% ctx(n) + 1 %>": "3\n4",
	} {
		text := yaql.NewText(source, workflowOptions...)
		require.Empty(t, text.Problems(), source)
		got, err := text.Eval(context.Background(), env)
		require.NoError(t, err, source)
		require.Equal(t, want, got, source)
		require.Equal(t, yaql.HasExpressions(source), !text.Constant(), source)
	}
}

func TestTextReportsAllProblems(t *testing.T) {
	text := yaql.NewText("<% 1 + %> and <% ok %> and <% 'x %>")
	problems := text.Problems()
	require.Len(t, problems, 2)
	require.Equal(t, "<% 1 + %>", problems[0].Expression)
	require.Equal(t, yaql.KindSyntax, problems[0].Err.Kind)
	require.Equal(t, yaql.KindLexical, problems[1].Err.Kind)
	require.Error(t, text.Err())
	require.NoError(t, yaql.NewText("fine").Err())
}
