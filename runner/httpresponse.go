package runner

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

// readResponse returns the result of a request.
func readResponse(response *http.Response, limit int64) (*pyvalue.Map, error) {
	body, err := readBody(response, limit)
	if err != nil {
		return nil, err
	}
	contentType := response.Header.Get("Content-Type")
	var value any = bodyText(body, contentType)
	parsed := false
	if kind, _, _ := strings.Cut(contentType, ";"); kind == jsonType {
		if decoded, err := pyvalue.DecodeJSON(value.(string), pyvalue.PythonJSON); err == nil {
			value, parsed = decoded, true
		}
	}
	headers := pyvalue.NewMap(len(response.Header))
	for _, name := range slices.Sorted(maps.Keys(response.Header)) {
		headers.SetString(name, strings.ToValidUTF8(strings.Join(response.Header[name], ", "), "\uFFFD"))
	}
	return pyvalue.MapOf("status_code", int64(response.StatusCode), "body", value, "parsed", parsed, "headers", headers), nil
}

// readBody returns the body, unpacked.
func readBody(response *http.Response, limit int64) ([]byte, error) {
	body := bufio.NewReader(response.Body)
	if _, err := body.Peek(1); err == io.EOF {
		return nil, nil
	}
	unpacked, err := unpack(body, response.Header.Get("Content-Encoding"))
	if err != nil {
		return nil, fmt.Errorf("response body: %w", err)
	}
	content, err := io.ReadAll(io.LimitReader(unpacked, limit+1))
	if err != nil {
		return nil, fmt.Errorf("response body: %w", err)
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("%w: status %d with a body of more than %d bytes (HTTP.MaxBody)", ErrResponseTooLarge, response.StatusCode, limit)
	}
	return content, nil
}

func unpack(body *bufio.Reader, encoding string) (io.Reader, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "gzip", "x-gzip":
		return gzip.NewReader(body)
	case "deflate":
		// Some servers leave out the wrapper that the standard asks for.
		if start, err := body.Peek(2); err == nil && start[0]&0x0f == 8 && (uint(start[0])<<8|uint(start[1]))%31 == 0 {
			return zlib.NewReader(body)
		}
		return flate.NewReader(body), nil
	}
	return body, nil
}

// bodyText returns the text of a body: UTF-8 if it is, else ISO 8859-1 if the
// Content-Type says so or says that it is text, else UTF-8 with U+FFFD in place
// of what is not.
func bodyText(body []byte, contentType string) string {
	kind, parameters, _ := mime.ParseMediaType(contentType)
	charset := strings.ToLower(parameters["charset"])
	latin := charset == "iso-8859-1" || charset == "latin1" || charset == "latin-1" || charset == "us-ascii"
	if charset == "" && strings.HasPrefix(kind, "text/") {
		latin = !utf8.Valid(body)
	}
	if !latin {
		return strings.ToValidUTF8(string(body), "\uFFFD")
	}
	var text strings.Builder
	text.Grow(len(body))
	for _, b := range body {
		text.WriteRune(rune(b))
	}
	return text.String()
}
