package petrel_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/schema"
)

func cryptoKey(t *testing.T) petrel.CryptoKey {
	t.Helper()
	file, err := petrel.GenerateCryptoKey(rand.Reader)
	require.NoError(t, err)
	key, err := petrel.ParseCryptoKey(file)
	require.NoError(t, err)
	return key
}

func TestDatastore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		eng := startEngine(t, nil, petrel.WithCryptoKey(cryptoKey(t)))
		store := eng.Datastore()

		_, err := store.Get(ctx, "missing")
		require.ErrorIs(t, err, petrel.ErrNotFound)
		require.ErrorIs(t, store.Delete(ctx, "missing"), petrel.ErrNotFound)
		require.ErrorIs(t, store.Set(ctx, "", "x"), petrel.ErrInvalid)

		require.NoError(t, store.Set(ctx, "host.a", "10.0.0.1", petrel.Describe("first host")))
		require.NoError(t, store.Set(ctx, "host.b", "10.0.0.2", petrel.TTL(time.Minute)))
		require.NoError(t, store.Set(ctx, "password", "s3cret", petrel.Encrypted()))
		require.NoError(t, store.User("ada").Set(ctx, "host.a", "mine"))

		value, err := store.Get(ctx, "host.a")
		require.NoError(t, err)
		require.Equal(t, "10.0.0.1", value)
		value, err = store.User("ada").Get(ctx, "host.a")
		require.NoError(t, err)
		require.Equal(t, "mine", value)
		_, err = store.User("bob").Get(ctx, "host.a")
		require.ErrorIs(t, err, petrel.ErrNotFound)
		value, err = store.Get(ctx, "password")
		require.NoError(t, err)
		require.Equal(t, "s3cret", value)

		keys, err := store.List(ctx, "")
		require.NoError(t, err)
		require.Len(t, keys, 3)
		require.True(t, keys[2].Secret)
		require.NotContains(t, keys[2].Value, "s3cret")

		time.Sleep(2 * time.Minute)
		_, err = store.Get(ctx, "host.b")
		require.ErrorIs(t, err, petrel.ErrNotFound, "an expired key is never read")
		keys, err = store.List(ctx, "host.")
		require.NoError(t, err)
		require.Len(t, keys, 1)
		require.Equal(t, "first host", keys[0].Description)

		require.NoError(t, store.Delete(ctx, "host.a"))
		_, err = store.Get(ctx, "host.a")
		require.ErrorIs(t, err, petrel.ErrNotFound)
		require.NoError(t, store.Set(ctx, "password", "clear"))
		value, err = store.Get(ctx, "password")
		require.NoError(t, err)
		require.Equal(t, "clear", value, "writing again clears the secret")
	})
}

func TestSecretsNeedAKey(t *testing.T) {
	eng, err := petrel.New()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, eng.Stop(context.Background())) })
	require.ErrorIs(t, eng.Datastore().Set(t.Context(), "password", "s3cret", petrel.Encrypted()), petrel.ErrNoCryptoKey)
}

func TestTemplatesReadTheDatastore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		eng := startEngine(t, shop(t), petrel.WithCryptoKey(cryptoKey(t)))
		ctx := t.Context()
		require.NoError(t, eng.Datastore().Set(ctx, "who.first", "ada"))
		require.NoError(t, eng.Datastore().Set(ctx, "password", "s3cret", petrel.Encrypted()))
		require.NoError(t, eng.Datastore().User("bob").Set(ctx, "own", "mine"))
		for template, want := range map[string]string{
			"{{ st2kv.system.who.first }}":              "hello ada;",
			"{{ st2kv.system['who.first'] | upper }}":   "hello ADA;",
			"{{ st2kv.system.password | decrypt_kv }}":  "hello s3cret;",
			"{{ st2kv.user.own }}":                      "hello mine;",
			"x{{ st2kv.system.nobody }}y":               "hello xy;",
			"{{ action_context.user }}":                 "hello bob;",
			"no template <% ctx().x %> at all, {{ oops": "hello no template <% ctx().x %> at all, {{ oops;",
		} {
			requested, err := eng.Execute(ctx, "shop.greet", greeting{Name: template, Times: 1}, petrel.AsUser("bob"))
			require.NoError(t, err, template)
			x, err := eng.Wait(ctx, requested.ID)
			require.NoError(t, err)
			var said string
			require.NoError(t, x.DecodeResult(&said), template)
			require.Equal(t, want, said)
		}
	})
}

func TestCryptoKeysDoNotShow(t *testing.T) {
	key := cryptoKey(t)
	require.Equal(t, schema.Masked, fmt.Sprint(key))
	require.Equal(t, schema.Masked, fmt.Sprintf("%#v", key))
	_, err := petrel.ParseCryptoKey([]byte(`{"aesKeyString": "leak`))
	require.ErrorIs(t, err, petrel.ErrInvalid)
	require.NotContains(t, err.Error(), "leak")
}
