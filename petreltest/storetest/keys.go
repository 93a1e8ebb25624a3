package storetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
)

func testKeys(t *testing.T, open Open) {
	s := opened(t, open)
	ctx := context.Background()
	system := petrel.Key{Scope: petrel.ScopeSystem, Name: "color", Value: "blue"}
	user := petrel.Key{Scope: petrel.ScopeUser, Name: "color", Value: "red", Description: "favourite", Secret: true, Expires: at(5)}
	commit(t, s, petrel.Transition{Keys: []petrel.Key{system, user}})
	requireKey(t, s, system)
	requireKey(t, s, user)

	// Writing replaces every field; of two writes the later stays.
	replaced := petrel.Key{Scope: petrel.ScopeUser, Name: "color", Value: "green"}
	commit(t, s, petrel.Transition{Keys: []petrel.Key{user, replaced}})
	requireKey(t, s, replaced)
	requireKey(t, s, system)

	// The store does not judge expiry.
	expired := petrel.Key{Scope: petrel.ScopeSystem, Name: "old", Value: "x", Expires: at(-100000000)}
	commit(t, s, petrel.Transition{Keys: []petrel.Key{expired}})
	requireKey(t, s, expired)

	commit(t, s, petrel.Transition{KeysDeleted: []petrel.KeyName{
		{Scope: petrel.ScopeSystem, Name: "color"}, {Scope: petrel.ScopeSystem, Name: "never there"}}})
	_, err := s.Key(ctx, petrel.ScopeSystem, "color")
	require.ErrorIs(t, err, petrel.ErrNotFound)
	requireKey(t, s, replaced)

	// Deleted and written in one transition: written.
	commit(t, s, petrel.Transition{
		Keys:        []petrel.Key{{Scope: petrel.ScopeUser, Name: "color", Value: "again"}},
		KeysDeleted: []petrel.KeyName{{Scope: petrel.ScopeUser, Name: "color"}},
	})
	requireKey(t, s, petrel.Key{Scope: petrel.ScopeUser, Name: "color", Value: "again"})

	empty := petrel.Key{Scope: petrel.ScopeSystem, Name: "", Value: ""}
	commit(t, s, petrel.Transition{Keys: []petrel.Key{empty}})
	requireKey(t, s, empty)
}

func requireKey(t *testing.T, s petrel.Store, want petrel.Key) {
	t.Helper()
	got, err := s.Key(context.Background(), want.Scope, want.Name)
	require.NoError(t, err)
	require.Equal(t, keptKey(want), seenKey(t, got))
}

func testKeyQueries(t *testing.T, open Open) {
	s := opened(t, open)
	var transition petrel.Transition
	for _, k := range []petrel.KeyName{
		{Scope: petrel.ScopeSystem, Name: "web.b"}, {Scope: petrel.ScopeSystem, Name: "web.a"},
		{Scope: petrel.ScopeSystem, Name: "Web.a"}, {Scope: petrel.ScopeSystem, Name: "web"},
		{Scope: petrel.ScopeSystem, Name: "web/a"}, {Scope: petrel.ScopeSystem, Name: "we%b"},
		{Scope: petrel.ScopeSystem, Name: "wü"}, {Scope: petrel.ScopeSystem, Name: "w\U0010ffff"},
		{Scope: petrel.ScopeUser, Name: "kim:web.a"}, {Scope: petrel.ScopeUser, Name: "web.a"},
		{Scope: petrel.ScopeSystem, Name: "other"},
	} {
		transition.Keys = append(transition.Keys, petrel.Key{Scope: k.Scope, Name: k.Name, Value: k.Name})
	}
	commit(t, s, transition)
	for _, c := range []struct {
		name  string
		query petrel.KeyQuery
		want  []string
	}{
		{"scope", petrel.KeyQuery{Scope: petrel.ScopeUser}, []string{"kim:web.a", "web.a"}},
		{"prefix", petrel.KeyQuery{Scope: petrel.ScopeSystem, Prefix: "web"}, []string{"web", "web.a", "web.b", "web/a"}},
		{"prefix is no pattern", petrel.KeyQuery{Scope: petrel.ScopeSystem, Prefix: "we%"}, []string{"we%b"}},
		{"prefix of every scope", petrel.KeyQuery{Prefix: "web.a"}, []string{"web.a", "web.a"}},
		{"prefix with letters beyond ASCII", petrel.KeyQuery{Prefix: "wü"}, []string{"wü"}},
		{"prefix before the last letter", petrel.KeyQuery{Prefix: "w\U0010ffff"}, []string{"w\U0010ffff"}},
		{"case matters", petrel.KeyQuery{Prefix: "W"}, []string{"Web.a"}},
		{"none", petrel.KeyQuery{Prefix: "zzz"}, []string{}},
		{"page", petrel.KeyQuery{Scope: petrel.ScopeSystem, Prefix: "web", Page: petrel.Page{Limit: 2, Offset: 1}}, []string{"web.a", "web.b"}},
		{"oldest first means nothing", petrel.KeyQuery{Scope: petrel.ScopeSystem, Prefix: "web", Page: petrel.Page{OldestFirst: true}}, []string{"web", "web.a", "web.b", "web/a"}},
		{"all", petrel.KeyQuery{}, []string{"Web.a", "kim:web.a", "other", "we%b", "web", "web.a", "web.a", "web.b", "web/a", "wü", "w\U0010ffff"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := s.Keys(context.Background(), c.query)
			require.NoError(t, err)
			names := []string{}
			for _, k := range found {
				require.Equal(t, k.Name, k.Value)
				names = append(names, k.Name)
			}
			require.Equal(t, c.want, names)
		})
	}
	both, err := s.Keys(context.Background(), petrel.KeyQuery{Prefix: "web.a"})
	require.NoError(t, err)
	require.Equal(t, []string{petrel.ScopeSystem, petrel.ScopeUser}, []string{both[0].Scope, both[1].Scope}, "one name: by scope")
}
