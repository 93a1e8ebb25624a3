package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/pyvalue"
)

// encrypted is how a recorded datastore holds a secret.
const encrypted = "30303030302431B89E7BCBBE7140ED54D858A3E29E4C8CEFA80E78C40707BC74EEFA874A89B33976ACDBDEA127FD01F6397E18B2F3AA798091"

func TestDatastore(t *testing.T) {
	store := Datastore{pyvalue.MapOf(
		"st2kv.system", pyvalue.MapOf("secret", encrypted, "a.b", "dotted"),
		"st2kv.user", pyvalue.MapOf("ann:color", "blue"),
	)}
	plain, err := Decrypt(encrypted)
	require.NoError(t, err)
	require.NotEmpty(t, plain)
	for _, c := range []struct {
		key     string
		decrypt bool
		want    any
	}{
		{"system.a.b", false, "dotted"}, {"color", false, "blue"}, {"a.b", false, nil}, {"nope", true, nil},
		{"system.secret", false, encrypted}, {"system.secret", true, plain},
	} {
		got, ok, err := store.Get(t.Context(), "ann", c.key, c.decrypt)
		require.NoError(t, err, c.key)
		require.Equal(t, c.want != nil, ok, c.key)
		require.Equal(t, c.want, got, c.key)
	}
	_, ok, err := store.Get(t.Context(), "bob", "color", false)
	require.NoError(t, err)
	require.False(t, ok)
}

func TestDecryptRefusesOtherTexts(t *testing.T) {
	for _, text := range []string{"", "blue", encrypted[:40], encrypted[:len(encrypted)-2], "31" + encrypted[2:]} {
		_, err := Decrypt(text)
		require.Equal(t, pyvalue.KindValue, pyvalue.KindOf(err), text)
	}
}

func TestLatestTask(t *testing.T) {
	row := func(id, task string, route int, start string) *pyvalue.Map {
		return pyvalue.MapOf("id", id, "workflow_execution", "w", "task_id", task, "task_route", int64(route), "start_timestamp", start)
	}
	rows := pyvalue.NewList(row("1", "t", 0, "2026-01-02"), row("2", "t", 0, "2026-01-01"), row("3", "t", 1, "2026-01-03"), row("4", "u", 0, "2026-01-04"))
	latest := LatestTask(rows, "w", "t", 0)
	require.NotNil(t, latest)
	id, _ := latest.GetString("id")
	require.Equal(t, "1", id)
	require.Nil(t, LatestTask(rows, "other", "t", 0))
	require.Nil(t, LatestTask(nil, "w", "t", 0))
}
