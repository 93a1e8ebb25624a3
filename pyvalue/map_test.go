package pyvalue_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/petrel-dev/petrel/pyvalue"
)

func TestMapKeysAreEqualAsInPython(t *testing.T) {
	m := pyvalue.MapOf(1, "int")
	require.NoError(t, m.Set(true, "bool"))
	require.NoError(t, m.Set(1.0, "float"))
	require.NoError(t, m.Set("1", "text"))
	require.NoError(t, m.Set(nil, "none"))
	require.NoError(t, m.Set(pyvalue.Tuple{1, "a"}, "tuple"))
	require.NoError(t, m.Set(pyvalue.Tuple{1.0, "a"}, "same tuple"))
	require.NoError(t, m.Set(bigInt("18446744073709551616"), "big"))
	require.NoError(t, m.Set(18446744073709551616.0, "big float"))
	require.Equal(t, "{1: 'float', '1': 'text', None: 'none', (1, 'a'): 'same tuple', 18446744073709551616: 'big float'}", pyvalue.Str(m))
	for _, key := range []any{list(), pyvalue.MapOf(), set(1), pyvalue.Tuple{list()}, []any{}, map[string]any{}} {
		require.Equal(t, pyvalue.KindType, pyvalue.KindOf(m.Set(key, nil)), pyvalue.Repr(key))
		require.False(t, m.Has(key))
	}
	require.NoError(t, m.Set(set(1, 2).Freeze(), 5))
	require.True(t, m.Has(set(2.0, true).Freeze()))
	require.NoError(t, m.Set(pyvalue.MapOf("a", pyvalue.Tuple{1}).Freeze(), 6))
	require.True(t, m.Has(pyvalue.MapOf("a", pyvalue.Tuple{true}).Freeze()))
}

func TestFrozenMapRefusesChanges(t *testing.T) {
	m := pyvalue.MapOf("a", 1).Freeze()
	require.Equal(t, pyvalue.KindType, pyvalue.KindOf(m.Set("b", 2)))
	require.False(t, m.Delete("a"))
	m.Clear()
	require.Equal(t, 1, m.Len())
	_, err := pyvalue.CallMethod(m, "update", []any{map[string]any{"b": 1}}, nil)
	require.Equal(t, pyvalue.KindType, pyvalue.KindOf(err))
	clone := m.Clone()
	require.NoError(t, clone.Set("b", 2))
	require.False(t, m.Has("b"))
}

func TestNilMapIsEmpty(t *testing.T) {
	var m *pyvalue.Map
	require.Zero(t, m.Len())
	require.False(t, m.Has("a"))
	require.Empty(t, slices.Collect(m.Keys()))
	require.True(t, pyvalue.Equal(m, pyvalue.MapOf()))
	require.Equal(t, "{}", pyvalue.Str(m))
}

// TestMapBehavesLikeAList compares a map with a list of pairs.
func TestMapBehavesLikeAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type pair struct {
			key   any
			value int
		}
		m := pyvalue.NewMap(0)
		var model []pair
		keys := rapid.OneOf(
			rapid.Map(rapid.IntRange(0, 30), func(n int) any { return fmt.Sprint("k", n) }),
			rapid.Map(rapid.Int64Range(0, 20), func(n int64) any { return n }),
		)
		find := func(key any) int {
			return slices.IndexFunc(model, func(p pair) bool { return p.key == key })
		}
		for i := range rapid.IntRange(1, 200).Draw(t, "steps") {
			key := keys.Draw(t, "key")
			at := find(key)
			if rapid.IntRange(0, 2).Draw(t, "delete") == 0 {
				require.Equal(t, at >= 0, m.Delete(key))
				if at >= 0 {
					model = slices.Delete(model, at, at+1)
				}
				continue
			}
			require.NoError(t, m.Set(key, i))
			if at >= 0 {
				model[at].value = i
			} else {
				model = append(model, pair{key, i})
			}
		}
		require.Equal(t, len(model), m.Len())
		i := 0
		for key, value := range m.All() {
			require.Equal(t, model[i], pair{key, value.(int)})
			got, ok := m.Get(key)
			require.True(t, ok)
			require.Equal(t, value, got)
			i++
		}
		require.Equal(t, len(model), i)
		require.True(t, pyvalue.Equal(m, m.Clone()))
	})
}

func TestHostDataIsReadTogetherAndNeverWritten(t *testing.T) {
	host := map[string]any{"l": []any{3, 1, 2}, "d": map[string]any{"a": 1}, "m": pyvalue.MapOf("x", pyvalue.NewList(1))}
	before := pyvalue.Repr(host)
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			for _, method := range []string{"append", "sort", "clear"} {
				_, err := pyvalue.CallMethod(host["l"], method, []any{1}[:min(1, len(method)%2)], nil)
				if pyvalue.KindOf(err) != pyvalue.KindType {
					t.Errorf("%s on a host's list: %v", method, err)
				}
			}
			thawed, err := pyvalue.Thaw(host)
			if err != nil {
				t.Error(err)
				return
			}
			l, _ := pyvalue.LookupString(thawed, "l")
			if _, err := pyvalue.CallMethod(l, "sort", nil, nil); err != nil || pyvalue.Str(l) != "[1, 2, 3]" {
				t.Errorf("sort of a thawed list: %v %v", pyvalue.Str(l), err)
			}
			m, _ := pyvalue.LookupString(thawed, "m")
			x, _ := pyvalue.LookupString(m, "x")
			if _, err := pyvalue.CallMethod(x, "append", []any{2}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	require.Equal(t, before, pyvalue.Repr(host))
}

func TestThawKeepsIdentity(t *testing.T) {
	shared := []any{1}
	thawed, err := pyvalue.Thaw(map[string]any{"a": shared, "b": shared})
	require.NoError(t, err)
	a, _ := pyvalue.LookupString(thawed, "a")
	b, _ := pyvalue.LookupString(thawed, "b")
	require.Same(t, a, b)

	cycle := pyvalue.NewList()
	cycle.Append(cycle)
	thawed, err = pyvalue.Thaw(cycle)
	require.NoError(t, err)
	require.Same(t, thawed, thawed.(*pyvalue.List).Items[0])
}
