package petrel

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/petrel-dev/petrel/schema"
)

// CryptoKey encrypts the secret keys of the datastore, in the format of
// StackStorm: AES-256 in CBC mode, authenticated by HMAC-SHA1, written in
// upper-case hexadecimal digits. The zero CryptoKey cannot be used.
type CryptoKey struct {
	aes  []byte
	hmac []byte
}

// ParseCryptoKey reads a key file as StackStorm's st2-generate-symmetric-crypto-key writes it.
func ParseCryptoKey(file []byte) (CryptoKey, error) {
	var doc struct {
		HMAC struct {
			Text string `json:"hmacKeyString"`
			Size int    `json:"size"`
		} `json:"hmacKey"`
		AES  string `json:"aesKeyString"`
		Mode string `json:"mode"`
		Size int    `json:"size"`
	}
	if err := json.Unmarshal(file, &doc); err != nil {
		// The cause may quote the file, which holds the key.
		return CryptoKey{}, fmt.Errorf("%w: crypto key: not a JSON key file", ErrInvalid)
	}
	if doc.Mode != "CBC" || doc.Size < 128 {
		return CryptoKey{}, fmt.Errorf("%w: crypto key: mode %q with %d bits, want CBC with at least 128", ErrInvalid, doc.Mode, doc.Size)
	}
	aesKey, aesErr := decodeKeyText(doc.AES)
	hmacKey, hmacErr := decodeKeyText(doc.HMAC.Text)
	if aesErr != nil || hmacErr != nil || len(hmacKey) == 0 {
		return CryptoKey{}, fmt.Errorf("%w: crypto key: key text is not base64url", ErrInvalid)
	}
	if _, err := aes.NewCipher(aesKey); err != nil {
		return CryptoKey{}, fmt.Errorf("%w: crypto key: %w", ErrInvalid, err)
	}
	return CryptoKey{aes: aesKey, hmac: hmacKey}, nil
}

// GenerateCryptoKey makes the content of a new key file from a source of
// random bytes, such as [crypto/rand.Reader].
func GenerateCryptoKey(random io.Reader) ([]byte, error) {
	var raw [64]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return nil, err
	}
	type hmacKey struct {
		Text string `json:"hmacKeyString"`
		Size int    `json:"size"`
	}
	return json.Marshal(struct {
		HMAC hmacKey `json:"hmacKey"`
		AES  string  `json:"aesKeyString"`
		Mode string  `json:"mode"`
		Size int     `json:"size"`
	}{hmacKey{base64.RawURLEncoding.EncodeToString(raw[:32]), 256}, base64.RawURLEncoding.EncodeToString(raw[32:]), "CBC", 256})
}

func decodeKeyText(text string) ([]byte, error) {
	text = strings.Join(strings.Fields(text), "")
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

// Format writes [schema.Masked], whatever the verb.
func (CryptoKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, schema.Masked) }

func (k CryptoKey) usable() bool { return len(k.aes) > 0 }

const cryptoHeader = "00000"

// encrypt returns the stored form of a text; the initial vector is read from random.
func (k CryptoKey) encrypt(random io.Reader, text string) (string, error) {
	if !k.usable() {
		return "", ErrNoCryptoKey
	}
	block, err := aes.NewCipher(k.aes)
	if err != nil {
		return "", err
	}
	padding := aes.BlockSize - len(text)%aes.BlockSize
	plain := append([]byte(text), bytes.Repeat([]byte{byte(padding)}, padding)...)
	message := make([]byte, len(cryptoHeader)+aes.BlockSize+len(plain), len(cryptoHeader)+aes.BlockSize+len(plain)+sha1.Size)
	copy(message, cryptoHeader)
	iv := message[len(cryptoHeader) : len(cryptoHeader)+aes.BlockSize]
	if _, err := io.ReadFull(random, iv); err != nil {
		return "", err
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(message[len(cryptoHeader)+aes.BlockSize:], plain)
	return strings.ToUpper(hex.EncodeToString(append(message, k.sign(message)...))), nil
}

// decrypt returns the text of a stored form. The message is authenticated before it is decrypted.
func (k CryptoKey) decrypt(stored string) (string, error) {
	if !k.usable() {
		return "", ErrNoCryptoKey
	}
	message, err := hex.DecodeString(stored)
	if err != nil {
		return "", fmt.Errorf("%w: encrypted value is not hexadecimal", ErrInvalid)
	}
	const overhead = len(cryptoHeader) + aes.BlockSize + sha1.Size
	if len(message) < overhead+aes.BlockSize || (len(message)-overhead)%aes.BlockSize != 0 {
		return "", fmt.Errorf("%w: encrypted value has %d bytes", ErrInvalid, len(message))
	}
	signed, signature := message[:len(message)-sha1.Size], message[len(message)-sha1.Size:]
	if !hmac.Equal(signature, k.sign(signed)) {
		return "", fmt.Errorf("%w: encrypted value was made with another key or was changed", ErrInvalid)
	}
	block, err := aes.NewCipher(k.aes)
	if err != nil {
		return "", err
	}
	iv := signed[len(cryptoHeader) : len(cryptoHeader)+aes.BlockSize]
	plain := signed[len(cryptoHeader)+aes.BlockSize:]
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, plain)
	padding := int(plain[len(plain)-1])
	if padding == 0 || padding > aes.BlockSize || !bytes.Equal(plain[len(plain)-padding:], bytes.Repeat([]byte{byte(padding)}, padding)) {
		return "", errors.New("encrypted value has wrong padding")
	}
	return string(plain[:len(plain)-padding]), nil
}

func (k CryptoKey) sign(message []byte) []byte {
	mac := hmac.New(sha1.New, k.hmac)
	mac.Write(message)
	return mac.Sum(nil)
}
