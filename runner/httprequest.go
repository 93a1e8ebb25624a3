package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

const jsonType = "application/json"

func sameHost(host string) func(string) bool {
	return func(other string) bool {
		return strings.EqualFold(host, strings.Trim(other, "[]"))
	}
}

// buildRequest returns the request that the parameters describe.
func buildRequest(ctx context.Context, call *petrel.Call, userAgent string) (*http.Request, error) {
	target, err := requestURL(call)
	if err != nil {
		return nil, err
	}
	headers, err := requestHeaders(call)
	if err != nil {
		return nil, err
	}
	body, err := requestBody(call, headers)
	if err != nil {
		return nil, err
	}
	method, err := optionalText(call.Parameters, "method")
	if err != nil {
		return nil, err
	}
	if method == "" {
		method = http.MethodGet
		if pyvalue.Truth(optional(call.Parameters, "body")) || hasFile(call) {
			method = http.MethodPost
		}
	}
	request, err := http.NewRequestWithContext(ctx, strings.ToUpper(method), target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, invalid("%w", err)
	}
	if len(body) == 0 {
		request.Body, request.GetBody = http.NoBody, nil
	}
	request.Header = headers
	if host := headers.Get("Host"); host != "" {
		request.Host = host
	}
	for _, computed := range []string{"Host", "Content-Length"} {
		headers.Del(computed)
	}
	if err := addCookies(call, request); err != nil {
		return nil, err
	}
	if err := addAuthentication(call, request); err != nil {
		return nil, err
	}
	if headers.Get("Accept") == "" {
		headers.Set("Accept", "*/*")
	}
	if headers.Get("Accept-Encoding") == "" {
		headers.Set("Accept-Encoding", "gzip, deflate")
	}
	headers.Set("User-Agent", userAgent)
	headers.Set("X-Stanley-Action", call.Action.Name)
	return request, nil
}

func requestURL(call *petrel.Call) (*url.URL, error) {
	text, err := optionalText(call.RunnerParameters, "url")
	if err != nil {
		return nil, err
	}
	target, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		var problem *url.Error // its text would show the URL with its password
		if errors.As(err, &problem) {
			err = problem.Err
		}
		return nil, invalid("url: %w", err)
	}
	if target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
		return nil, invalid("url: %q has no scheme or no host; did you mean http://%s?", target.Redacted(), strings.TrimPrefix(target.Redacted(), "//"))
	}
	query, err := form(optional(call.Parameters, "params"), "params")
	if err != nil {
		return nil, err
	}
	if query != "" {
		if target.RawQuery != "" {
			query = target.RawQuery + "&" + query
		}
		target.RawQuery = query
	}
	return target, nil
}

// form encodes an object as a form, in its order: an array gives a field for
// each item, null none. A text is taken as it is.
func form(value any, name string) (string, error) {
	if text, ok := value.(string); ok {
		return text, nil
	}
	if value != nil && !pyvalue.IsDict(value) {
		return "", invalid("%s: must be an object and not %s", name, pyvalue.TypeName(value))
	}
	var fields []string
	for field, item := range formFields(value) {
		fields = append(fields, url.QueryEscape(field)+"="+url.QueryEscape(item))
	}
	return strings.Join(fields, "&"), nil
}

// formFields yields the fields of a form.
func formFields(dict any) func(yield func(field, value string) bool) {
	return func(yield func(field, value string) bool) {
		for key, value := range pyvalue.Entries(dict) {
			items, isList := pyvalue.Elements(value)
			if !isList {
				items = []any{value}
			}
			for _, item := range items {
				if item != nil && !yield(pyvalue.Str(key), pyvalue.Str(item)) {
					return
				}
			}
		}
	}
}

func requestHeaders(call *petrel.Call) (http.Header, error) {
	given, err := optionalDict(call.RunnerParameters, "headers")
	if err != nil {
		return nil, err
	}
	headers := http.Header{}
	for name, value := range pyvalue.Entries(given) {
		if value != nil {
			headers.Set(pyvalue.Str(name), pyvalue.Str(value))
		}
	}
	return headers, nil
}

// requestBody returns the body and sets the Content-Type that goes with it,
// unless the action has set one.
func requestBody(call *petrel.Call, headers http.Header) ([]byte, error) {
	value := optional(call.Parameters, "body")
	setType := func(contentType string) {
		if headers.Get("Content-Type") == "" {
			headers.Set("Content-Type", contentType)
		}
	}
	switch {
	case hasFile(call):
		body, contentType, err := multipartBody(call, value)
		setType(contentType)
		return body, err
	case headers.Get("Content-Type") == jsonType:
		return jsonBody(value)
	case value == nil:
		return nil, nil
	case pyvalue.IsDict(value):
		text, err := form(value, "body")
		setType("application/x-www-form-urlencoded")
		return []byte(text), err
	}
	return []byte(pyvalue.Str(value)), nil
}

// jsonBody returns a body as compact JSON. A text may be JSON or a literal of Python.
func jsonBody(value any) ([]byte, error) {
	if text, ok := value.(string); ok {
		parsed, err := pyvalue.DecodeJSON(text, pyvalue.PythonJSON)
		if err != nil {
			parsed, err = literal(text, err)
		}
		if err != nil {
			return nil, invalid("body: is not JSON, as its Content-Type says: %w", err)
		}
		value = parsed
	}
	body, err := pyvalue.AppendJSON(nil, value, pyvalue.CompactStyle())
	if err != nil {
		return nil, invalid("body: %w", err)
	}
	return body, nil
}

// literal reads a text as an object or an array the way parameters of these types are read.
func literal(text string, otherwise error) (any, error) {
	for _, typ := range []string{"object", "array"} {
		if value, err := schema.Cast(text, typ); err == nil && (pyvalue.IsDict(value) || pyvalue.IsList(value)) {
			return value, nil
		}
	}
	return nil, otherwise
}

// hasFile reports whether the request uploads a file.
func hasFile(call *petrel.Call) bool {
	return pyvalue.Truth(optional(call.Parameters, "file_name")) && pyvalue.Truth(optional(call.Parameters, "file_content"))
}

// multipartBody returns a form with a file, whose name is also that of its field.
func multipartBody(call *petrel.Call, fields any) (body []byte, contentType string, err error) {
	if fields != nil && !pyvalue.IsDict(fields) && fields != "" {
		return nil, "", invalid("body: must be an object when a file is uploaded, and not %s", pyvalue.TypeName(fields))
	}
	fileType, err := optionalText(call.Parameters, "file_content_type")
	if err != nil {
		return nil, "", err
	}
	name, content := pyvalue.Str(optional(call.Parameters, "file_name")), pyvalue.Str(optional(call.Parameters, "file_content"))
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for field, value := range formFields(fields) {
		if err := w.WriteField(field, value); err != nil {
			return nil, "", err
		}
	}
	header := textproto.MIMEHeader{"Content-Disposition": {multipart.FileContentDisposition(name, name)}}
	if fileType != "" {
		header.Set("Content-Type", fileType)
	}
	part, err := w.CreatePart(header)
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write([]byte(content)); err != nil {
		return nil, "", err
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return b.Bytes(), w.FormDataContentType(), nil
}

// addCookies adds the cookies, unless the action has set the header itself.
func addCookies(call *petrel.Call, request *http.Request) error {
	cookies, err := optionalDict(call.RunnerParameters, "cookies")
	if err != nil || request.Header.Get("Cookie") != "" {
		return err
	}
	var pairs []string
	for name, value := range pyvalue.Entries(cookies) {
		if value != nil {
			pairs = append(pairs, fmt.Sprintf("%s=%s", pyvalue.Str(name), pyvalue.Str(value)))
		}
	}
	if len(pairs) > 0 {
		request.Header.Set("Cookie", strings.Join(pairs, "; "))
	}
	return nil
}

func addAuthentication(call *petrel.Call, request *http.Request) error {
	var credentials [2]string
	given := false
	for i, name := range []string{"username", "password"} {
		text, err := optionalText(call.RunnerParameters, name)
		if err != nil {
			return err
		}
		if credentials[i] = text; text != "" {
			given = true
		} else if optional(call.RunnerParameters, name) == nil {
			credentials[i] = "None" // what StackStorm sends
		}
	}
	if given {
		request.SetBasicAuth(credentials[0], credentials[1])
		return nil
	}
	if auth := optional(call.Parameters, "auth"); pyvalue.Truth(auth) {
		return invalid("auth: is not supported; use username and password, or a header")
	}
	return nil
}
