package conformance

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/petrel-dev/petrel/pyvalue"
)

// Datastore is the datastore of a recorded case.
type Datastore struct {
	// Keys is the recorded field "kv": a dict of the keys of each scope.
	Keys any
}

// Get returns the value of a key of the user, or of the system if it begins
// with "system.", and whether there is one.
func (d Datastore) Get(_ context.Context, user, key string, decrypt bool) (any, bool, error) {
	scope, name := "st2kv.user", user+":"+key
	if rest, ok := strings.CutPrefix(key, "system."); ok {
		scope, name = "st2kv.system", rest
	}
	keys, _ := pyvalue.LookupString(d.Keys, scope)
	value, ok := pyvalue.LookupString(keys, name)
	if !ok || !decrypt {
		return value, ok, nil
	}
	text, err := Decrypt(pyvalue.Str(value))
	return text, true, err
}

// Decrypt reads an encrypted value of the recorded datastores: hexadecimal text
// of 5 bytes of header, 16 of initialisation vector, the cipher text and 20 of
// signature. The error is of kind value.
func Decrypt(text string) (string, error) {
	const (
		signingKey    = "nq6sAhKxZCCIsfN4W9M1tx9TKfqXtDHQudiXpHesOcY"
		encryptionKey = "Py0L5bQj3MIshM5YeHkYZ9MdYp8_svKfozP_1DAU3fk"
		header        = 5
	)
	message, err := hex.DecodeString(text)
	size := len(message) - header - aes.BlockSize - sha1.Size
	if err != nil || size < aes.BlockSize || size%aes.BlockSize != 0 {
		return "", pyvalue.Errorf(pyvalue.KindValue, "the text is not encrypted")
	}
	signing, err := base64.RawURLEncoding.DecodeString(signingKey)
	if err != nil {
		return "", err
	}
	encryption, err := base64.RawURLEncoding.DecodeString(encryptionKey)
	if err != nil {
		return "", err
	}
	body, signature := message[:len(message)-sha1.Size], message[len(message)-sha1.Size:]
	signer := hmac.New(sha1.New, signing)
	signer.Write(body)
	if !hmac.Equal(signer.Sum(nil), signature) {
		return "", pyvalue.Errorf(pyvalue.KindValue, "the signature is wrong")
	}
	block, err := aes.NewCipher(encryption)
	if err != nil {
		return "", err
	}
	vector, plain := body[header:header+aes.BlockSize], body[header+aes.BlockSize:]
	cipher.NewCBCDecrypter(block, vector).CryptBlocks(plain, plain)
	padding := int(plain[len(plain)-1])
	if padding > len(plain) {
		return "", pyvalue.Errorf(pyvalue.KindValue, "the padding is wrong")
	}
	return string(plain[:len(plain)-padding]), nil
}

// LatestTask returns the row of the execution of a task that has started last,
// or nil if there is none. The rows are the recorded field "task_executions".
func LatestTask(rows any, workflowExecution, task string, route int) *pyvalue.Map {
	var latest *pyvalue.Map
	latestStart := ""
	items, _ := pyvalue.Elements(rows)
	for _, item := range items {
		row, ok := item.(*pyvalue.Map)
		if !ok {
			continue
		}
		field := func(name string) any { v, _ := row.GetString(name); return v }
		if field("workflow_execution") != workflowExecution || field("task_id") != task || field("task_route") != int64(route) {
			continue
		}
		if start := pyvalue.Str(field("start_timestamp")); latest == nil || start >= latestStart {
			latest, latestStart = row, start
		}
	}
	return latest
}
