package parameters_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/petrel-dev/petrel/jinja"
	"github.com/petrel-dev/petrel/pyvalue"
)

// lookup is a place in a datastore, as templates see it: attributes make dotted
// keys, the text is the stored one.
type lookup struct {
	items       any
	prefix, key string
	text        string
}

func (l lookup) TypeName() string { return "KeyValueLookup" }
func (l lookup) Repr() string     { return "<KeyValueLookup>" }
func (l lookup) Str() string      { return l.text }

func (l lookup) Attribute(_ context.Context, name string) (any, bool, error) {
	if strings.HasPrefix(name, "_") {
		return nil, false, nil
	}
	if l.key != "" {
		name = l.key + "." + name
	}
	l.key = name
	value, _ := pyvalue.LookupString(l.items, l.prefix+name)
	l.text, _ = value.(string)
	return l, true, nil
}

func (l lookup) Subscript(ctx context.Context, key any) (any, bool, error) {
	return l.Attribute(ctx, pyvalue.Str(key))
}

func datastore(system, user any, userPrefix string) *pyvalue.Map {
	return pyvalue.MapOf("system", lookup{items: system}, "user", lookup{items: user, prefix: userPrefix})
}

// decrypt reads values encrypted with the key that comes with the verdicts.
func decrypt(_ context.Context, stored string) (string, error) {
	key, err := base64.RawURLEncoding.DecodeString("Py0L5bQj3MIshM5YeHkYZ9MdYp8_svKfozP_1DAU3fk")
	if err != nil {
		return "", err
	}
	data, err := hex.DecodeString(stored)
	const header, mac = 5, 20
	if err != nil || len(data) < header+2*aes.BlockSize+mac {
		return "", errors.New("not an encrypted value")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	iv, body := data[header:header+aes.BlockSize], data[header+aes.BlockSize:len(data)-mac]
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(body, body)
	return string(body[:len(body)-int(body[len(body)-1])]), nil
}

func newCompiler() jinja.Compiler {
	return jinja.NewCache(jinja.StackStorm(jinja.WithDecrypt(decrypt)), 0)
}
