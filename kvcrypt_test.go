package petrel

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel/internal/conformance"
)

// TestConformanceCrypto reads the vectors that stand beside the verdicts on criteria.
func TestConformanceCrypto(t *testing.T) {
	file := filepath.Join("criteria", "testdata", "rules", "rules.json")
	if folder := os.Getenv(conformance.Variable); folder != "" {
		file = filepath.Join(folder, "rules", "rules.json")
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var recorded struct {
		Crypto struct {
			KeyFile json.RawMessage `json:"key_file"`
			Vectors []struct{ Plaintext, Ciphertext string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &recorded))
	require.NotEmpty(t, recorded.Crypto.Vectors)
	key, err := ParseCryptoKey(recorded.Crypto.KeyFile)
	require.NoError(t, err)
	for _, vector := range recorded.Crypto.Vectors {
		plain, err := key.decrypt(vector.Ciphertext)
		require.NoError(t, err)
		require.Equal(t, vector.Plaintext, plain)
		raw, err := hex.DecodeString(vector.Ciphertext)
		require.NoError(t, err)
		again, err := key.encrypt(bytes.NewReader(raw[len(cryptoHeader):]), vector.Plaintext)
		require.NoError(t, err)
		require.Equal(t, vector.Ciphertext, again)
	}
	t.Logf("CONFORMANCE rules.json#crypto %d of %d", len(recorded.Crypto.Vectors), len(recorded.Crypto.Vectors))
}

func TestDecryptRefusesWhatItDidNotWrite(t *testing.T) {
	key := CryptoKey{aes: bytes.Repeat([]byte{1}, 32), hmac: bytes.Repeat([]byte{2}, 32)}
	stored, err := key.encrypt(bytes.NewReader(make([]byte, 16)), "secret")
	require.NoError(t, err)
	raw, err := hex.DecodeString(stored)
	require.NoError(t, err)
	for n := range raw {
		changed := bytes.Clone(raw)
		changed[n] ^= 1
		_, err := key.decrypt(hex.EncodeToString(changed))
		require.ErrorIs(t, err, ErrInvalid)
		_, err = key.decrypt(hex.EncodeToString(raw[:n]))
		require.ErrorIs(t, err, ErrInvalid)
	}
	for _, text := range []string{"", "0", "zz", "secret"} {
		_, err := key.decrypt(text)
		require.ErrorIs(t, err, ErrInvalid)
	}
	_, err = CryptoKey{}.decrypt(stored)
	require.ErrorIs(t, err, ErrNoCryptoKey)
}

func FuzzDecrypt(f *testing.F) {
	key := CryptoKey{aes: bytes.Repeat([]byte{1}, 32), hmac: bytes.Repeat([]byte{2}, 32)}
	stored, err := key.encrypt(bytes.NewReader(make([]byte, 16)), "secret")
	require.NoError(f, err)
	f.Add(stored)
	f.Fuzz(func(t *testing.T, text string) {
		if plain, err := key.decrypt(text); err == nil {
			require.Equal(t, "secret", plain)
		}
	})
}
