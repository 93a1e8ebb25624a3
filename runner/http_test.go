package runner_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/runner"
)

// seenRequest is what a server has seen of a request.
type seenRequest struct {
	Method, Path, Query, Body, User, Password, Host string
	Header                                          http.Header
}

// echoServer answers requests and keeps what it saw of the last one.
func echoServer(t *testing.T, answer http.HandlerFunc) (*httptest.Server, *seenRequest) {
	t.Helper()
	seen := new(seenRequest)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*seen = seenRequest{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Body: string(body), Host: r.Host, Header: r.Header}
		seen.User, seen.Password, _ = r.BasicAuth()
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server, seen
}

func httpRunner(t *testing.T, options runner.HTTP) petrel.Runner {
	t.Helper()
	return closedAtEnd(t, runner.HTTPRequest(options))
}

// httpCall returns a call with parameters of the runner and, after a nil, of the action.
func httpCall(parameters ...any) *petrel.Call {
	own := 0
	for own < len(parameters) && parameters[own] != nil {
		own += 2
	}
	call := newCall(parameters[:min(own, len(parameters))]...)
	if own < len(parameters) {
		call.Parameters = pyvalue.MapOf(parameters[own+1:]...)
	}
	return call
}

func TestHTTPRequests(t *testing.T) {
	server, seen := echoServer(t, nil)
	jsonHeader := pyvalue.MapOf("content-type", "application/json")
	tests := []struct {
		name  string
		call  *petrel.Call
		check func(t *testing.T)
	}{
		{"plain", httpCall("url", server.URL+"/x?a=1"), func(t *testing.T) {
			require.Equal(t, "GET /x a=1 ", fmt.Sprintf("%s %s %s %s", seen.Method, seen.Path, seen.Query, seen.Body))
			require.Equal(t, "act", seen.Header.Get("X-Stanley-Action"))
			require.Regexp(t, `^petrel/\S+$`, seen.Header.Get("User-Agent"))
			require.Equal(t, "*/*", seen.Header.Get("Accept"))
		}},
		{"a body makes it a POST", httpCall("url", server.URL, nil, "body", "grüße"), func(t *testing.T) {
			require.Equal(t, "POST", seen.Method)
			require.Equal(t, "grüße", seen.Body)
			require.Empty(t, seen.Header.Get("Content-Type"))
		}},
		{"an empty body does not", httpCall("url", server.URL, nil, "body", ""), func(t *testing.T) {
			require.Equal(t, "GET", seen.Method)
		}},
		{"method", httpCall("url", server.URL, nil, "method", "PURGE"), func(t *testing.T) {
			require.Equal(t, "PURGE", seen.Method)
		}},
		{"headers of one's own, and those that are not", httpCall("url", server.URL, "headers",
			pyvalue.MapOf("x-custom", int64(7), "user-agent", "mine", "X-Stanley-Action", "forged", "Host", "other.example")), func(t *testing.T) {
			require.Equal(t, "7", seen.Header.Get("X-Custom"))
			require.Regexp(t, `^petrel/`, seen.Header.Get("User-Agent"))
			require.Equal(t, "act", seen.Header.Get("X-Stanley-Action"))
			require.Equal(t, "other.example", seen.Host)
		}},
		{"query", httpCall("url", server.URL+"?z=0", nil, "params",
			pyvalue.MapOf("b", "x y&", "a", pyvalue.NewList(int64(1), true), "none", nil)), func(t *testing.T) {
			require.Equal(t, "z=0&b=x+y%26&a=1&a=True", seen.Query)
		}},
		{"cookies", httpCall("url", server.URL, "cookies", pyvalue.MapOf("b", "1", "a", int64(2))), func(t *testing.T) {
			require.Equal(t, "b=1; a=2", seen.Header.Get("Cookie"))
		}},
		{"cookies and a header", httpCall("url", server.URL, "cookies", pyvalue.MapOf("b", "1"), "headers", pyvalue.MapOf("Cookie", "c=3")), func(t *testing.T) {
			require.Equal(t, "c=3", seen.Header.Get("Cookie"))
		}},
		{"JSON text", httpCall("url", server.URL, "headers", jsonHeader, nil, "body", ` {"b": 1, "a": [12345678901234567890, 1.0]} `), func(t *testing.T) {
			require.Equal(t, `{"b":1,"a":[12345678901234567890,1.0]}`, seen.Body)
		}},
		{"literal of Python", httpCall("url", server.URL, "headers", jsonHeader, nil, "body", `{'b': None, 'a': (1, True)}`), func(t *testing.T) {
			require.Equal(t, `{"b":null,"a":[1,true]}`, seen.Body)
		}},
		{"JSON value", httpCall("url", server.URL, "headers", jsonHeader, nil, "body", pyvalue.MapOf("b", int64(1), "a", nil)), func(t *testing.T) {
			require.Equal(t, `{"b":1,"a":null}`, seen.Body)
			require.Equal(t, "POST", seen.Method)
		}},
		{"no JSON", httpCall("url", server.URL, "headers", jsonHeader), func(t *testing.T) {
			require.Equal(t, "null", seen.Body)
			require.Equal(t, "GET", seen.Method)
		}},
		{"JSON with a charset is a text", httpCall("url", server.URL, "headers", pyvalue.MapOf("Content-Type", "application/json; charset=utf-8"),
			nil, "body", `{"a": 1}`), func(t *testing.T) {
			require.Equal(t, `{"a": 1}`, seen.Body)
		}},
		{"form", httpCall("url", server.URL, nil, "body", pyvalue.MapOf("b", "x y", "a", pyvalue.NewList("1", "2"))), func(t *testing.T) {
			require.Equal(t, "b=x+y&a=1&a=2", seen.Body)
			require.Equal(t, "application/x-www-form-urlencoded", seen.Header.Get("Content-Type"))
		}},
		{"basic authentication", httpCall("url", server.URL, "username", "u", "password", "p:w"), func(t *testing.T) {
			require.Equal(t, "u p:w", seen.User+" "+seen.Password)
		}},
		{"no password", httpCall("url", server.URL, "username", "u"), func(t *testing.T) {
			require.Equal(t, "u None", seen.User+" "+seen.Password)
		}},
		{"auth and a user", httpCall("url", server.URL, "username", "u", "password", "p", nil, "auth", "x"), func(t *testing.T) {
			require.Equal(t, "u p", seen.User+" "+seen.Password)
		}},
	}
	r := httpRunner(t, runner.HTTP{})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, result := run(t, r, test.call)
			require.Equal(t, petrel.StatusSucceeded, status, result)
			test.check(t)
		})
	}
}

func TestHTTPUpload(t *testing.T) {
	var file, fileType, field string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, header, err := r.FormFile("report.csv")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		content, _ := io.ReadAll(f)
		file, fileType, field = header.Filename+"="+string(content), header.Header.Get("Content-Type"), r.FormValue("note")
	}))
	defer server.Close()
	r := httpRunner(t, runner.HTTP{})
	status, result := run(t, r, httpCall("url", server.URL, nil, "file_name", "report.csv", "file_content", "a,b\n",
		"file_content_type", "text/csv", "body", pyvalue.MapOf("note", "quarterly")))
	require.Equal(t, petrel.StatusSucceeded, status, result)
	require.Equal(t, []string{"report.csv=a,b\n", "text/csv", "quarterly"}, []string{file, fileType, field})

	_, err := r.Run(t.Context(), httpCall("url", server.URL, nil, "file_name", "x", "file_content", "y", "body", "text"))
	require.ErrorIs(t, err, petrel.ErrInvalidParameters)
}

func TestHTTPMistakes(t *testing.T) {
	server, _ := echoServer(t, nil)
	r := httpRunner(t, runner.HTTP{})
	tests := []struct {
		name string
		call *petrel.Call
		want string
	}{
		{"no scheme", httpCall("url", "example.com/x"), "did you mean http://example.com/x?"},
		{"other scheme", httpCall("url", "file:///etc/passwd"), "url: "},
		{"not a URL", httpCall("url", "http://u:s3cret@[::1"), "url: "},
		{"port", httpCall("url", "http://u:s3cret@host:port"), "url: "},
		{"auth", httpCall("url", server.URL, nil, "auth", "x"), "auth: is not supported"},
		{"JSON", httpCall("url", server.URL, "headers", pyvalue.MapOf("Content-Type", "application/json"), nil, "body", "{a"), "body: is not JSON"},
		{"both lists", httpCall("url", server.URL, "url_hosts_blacklist", []any{"a"}, "url_hosts_whitelist", []any{"b"}), "exclude each other"},
		{"blacklist", httpCall("url", "http://[::1]:99/", "url_hosts_blacklist", []any{"::1"}), "host ::1 is in url_hosts_blacklist"},
		{"whitelist", httpCall("url", server.URL, "url_hosts_whitelist", []any{"example.com"}), "host 127.0.0.1 is not in url_hosts_whitelist"},
		{"proxy", httpCall("url", server.URL, "http_proxy", "s3cret:8080"), "http_proxy: not a URL"},
		{"method", httpCall("url", server.URL, nil, "method", "GET IT"), "invalid method"},
		{"headers", httpCall("url", server.URL, "headers", "x"), "headers: must be an object and not str"},
		{"params", httpCall("url", server.URL, nil, "params", int64(1)), "params: must be an object and not int"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := r.Run(t.Context(), test.call)
			require.ErrorIs(t, err, petrel.ErrInvalidParameters)
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "s3cret")
		})
	}
	t.Run("allowed", func(t *testing.T) {
		status, _ := run(t, r, httpCall("url", server.URL, "url_hosts_whitelist", []any{"127.0.0.1"}))
		require.Equal(t, petrel.StatusSucceeded, status)
	})
	t.Run("nobody listens", func(t *testing.T) {
		_, err := r.Run(t.Context(), httpCall("url", "http://u:s3cret@127.0.0.1:1/"))
		require.ErrorContains(t, err, "connection refused")
		require.NotContains(t, err.Error(), "s3cret")
	})
}

func TestHTTPResponses(t *testing.T) {
	var answer func(w http.ResponseWriter)
	server, _ := echoServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		answer(w)
	})
	body := func(contentType, text string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", contentType)
			io.WriteString(w, text)
		}
	}
	tests := []struct {
		name, body, parsed string
		answer             func(http.ResponseWriter)
	}{
		{"JSON", `{"b":1,"a":12345678901234567890123}`, "true", body("application/json; charset=utf-8", `{"b": 1, "a": 12345678901234567890123}`)},
		{"JSON that is none", `"{"`, "false", body("application/json", `{`)},
		{"JSON of another type", `"{}"`, "false", body("application/hal+json", `{}`)},
		{"text", `"grüße"`, "false", body("text/plain", "grüße")},
		{"text in Latin 1", `"grüße"`, "false", body("text/plain", "gr\xfc\xdfe")},
		{"declared Latin 1", `"Ã¼"`, "false", body("text/plain; charset=ISO-8859-1", "ü")},
		{"bytes", `"a�"`, "false", body("application/octet-stream", "a\xff")},
		{"nothing", `""`, "false", func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }},
		{"gzip", `[1]`, "true", func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "application/json")
			packed := gzip.NewWriter(w)
			io.WriteString(packed, "[1]")
			packed.Close()
		}},
		{"deflate", `"[1]"`, "false", func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "deflate")
			w.Header().Set("Content-Type", "text/plain")
			packed := zlib.NewWriter(w)
			io.WriteString(packed, "[1]")
			packed.Close()
		}},
		{"deflate without wrapper", `"[1]"`, "false", func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "deflate")
			w.Header().Set("Content-Type", "text/plain")
			packed, _ := flate.NewWriter(w, flate.BestSpeed)
			io.WriteString(packed, "[1]")
			packed.Close()
		}},
	}
	r := httpRunner(t, runner.HTTP{})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer = test.answer
			outcome, err := r.Run(t.Context(), httpCall("url", server.URL))
			require.NoError(t, err)
			require.Equal(t, petrel.StatusSucceeded, outcome.Status)
			require.Equal(t, test.body, encode(t, member(t, outcome.Result, "body")))
			require.Equal(t, test.parsed, encode(t, member(t, outcome.Result, "parsed")))
		})
	}
	t.Run("shape", func(t *testing.T) {
		answer = func(w http.ResponseWriter) {
			w.Header().Add("Set-Cookie", "a=1")
			w.Header().Add("Set-Cookie", "b=2")
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, "{}")
		}
		_, result := run(t, r, httpCall("url", server.URL))
		require.Equal(t, `{"status_code":200,"body":{},"parsed":true,"headers":{"Content-Length":"2","Content-Type":"application/json","Set-Cookie":"a=1, b=2"}}`, result)
		require.True(t, json.Valid([]byte(result)))
	})
	t.Run("HEAD", func(t *testing.T) {
		answer = body("application/json", `{}`)
		status, result := run(t, r, httpCall("url", server.URL, nil, "method", "HEAD"))
		require.Equal(t, petrel.StatusSucceeded, status)
		require.Contains(t, result, `"body":"","parsed":false`)
	})
	t.Run("status codes", func(t *testing.T) {
		for code, want := range map[int]petrel.Status{200: petrel.StatusSucceeded, 201: petrel.StatusSucceeded, 206: petrel.StatusSucceeded,
			207: petrel.StatusFailed, 302: petrel.StatusFailed, 404: petrel.StatusFailed, 500: petrel.StatusFailed} {
			answer = func(w http.ResponseWriter) { w.WriteHeader(code) }
			status, result := run(t, r, httpCall("url", server.URL))
			require.Equal(t, want, status, code)
			require.Contains(t, result, fmt.Sprintf(`"status_code":%d`, code))
		}
	})
	t.Run("too large", func(t *testing.T) {
		answer = func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			packed.Write(bytes.Repeat([]byte("x"), 1<<20))
			packed.Close()
		}
		_, err := httpRunner(t, runner.HTTP{MaxBody: 1 << 10}).Run(t.Context(), httpCall("url", server.URL))
		require.ErrorIs(t, err, runner.ErrResponseTooLarge)
		_, err = httpRunner(t, runner.HTTP{MaxBody: 1 << 20}).Run(t.Context(), httpCall("url", server.URL))
		require.NoError(t, err)
	})
}

func TestHTTPRedirects(t *testing.T) {
	server, seen := echoServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/from" {
			http.SetCookie(w, &http.Cookie{Name: "visit", Value: "1"})
			http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
		}
	})
	r := httpRunner(t, runner.HTTP{})
	from := server.URL + "/from?to="
	status, result := run(t, r, httpCall("url", from+"/to"))
	require.Equal(t, petrel.StatusFailed, status)
	require.Contains(t, result, `"status_code":302`)

	status, _ = run(t, r, httpCall("url", from+"/to", "allow_redirects", true, nil, "body", "x"))
	require.Equal(t, petrel.StatusSucceeded, status)
	require.Equal(t, "GET /to visit=1", seen.Method+" "+seen.Path+" "+seen.Header.Get("Cookie"))
	require.Equal(t, "act", seen.Header.Get("X-Stanley-Action"))

	_, err := r.Run(t.Context(), httpCall("url", from+"http://localhost/", "allow_redirects", true, "url_hosts_whitelist", []any{"127.0.0.1"}))
	require.ErrorIs(t, err, petrel.ErrInvalidParameters)
	require.ErrorContains(t, err, "host localhost is not in url_hosts_whitelist")

	_, err = r.Run(t.Context(), httpCall("url", from+url.QueryEscape("/from?to=/from"), "allow_redirects", true))
	require.NoError(t, err)
	loop := httptest.NewServer(http.RedirectHandler("/again", http.StatusFound))
	defer loop.Close()
	_, err = r.Run(t.Context(), httpCall("url", loop.URL, "allow_redirects", true))
	require.ErrorContains(t, err, "stopped after 30 redirects")
}

func TestHTTPTimeoutAndCancel(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			io.WriteString(w, "part")
			w.(http.Flusher).Flush()
		}
		<-release
	}))
	defer server.Close()
	defer close(release)
	r := httpRunner(t, runner.HTTP{})
	for _, path := range []string{"/", "/body"} {
		status, result := run(t, r, httpCall("url", server.URL+path, nil, "timeout", 0.1))
		require.Equal(t, petrel.StatusTimeout, status)
		require.Contains(t, result, `{"error":"no complete response after 100ms (parameter timeout)`)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	outcome, err := r.Run(ctx, httpCall("url", server.URL))
	require.NoError(t, err)
	require.Equal(t, petrel.StatusCanceled, outcome.Status)
}

func TestHTTPCertificates(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	r := httpRunner(t, runner.HTTP{})
	_, err := r.Run(t.Context(), httpCall("url", server.URL))
	require.ErrorContains(t, err, "certificate")
	status, _ := run(t, r, httpCall("url", server.URL, "verify_ssl_cert", false))
	require.Equal(t, petrel.StatusSucceeded, status)
	status, _ = run(t, httpRunner(t, runner.HTTP{Transport: server.Client().Transport}), httpCall("url", server.URL))
	require.Equal(t, petrel.StatusSucceeded, status)
}

func TestHTTPProxy(t *testing.T) {
	var through string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through = r.URL.String() + " " + r.Header.Get("Proxy-Authorization")
		w.WriteHeader(http.StatusOK)
	}))
	defer proxy.Close()
	address := strings.Replace(proxy.URL, "http://", "http://user:pw@", 1)
	status, _ := run(t, httpRunner(t, runner.HTTP{}), httpCall("url", "http://nowhere.invalid/x", "http_proxy", address))
	require.Equal(t, petrel.StatusSucceeded, status)
	require.Equal(t, "http://nowhere.invalid/x Basic dXNlcjpwdw==", through)
}

func TestHTTPUserAgent(t *testing.T) {
	server, seen := echoServer(t, nil)
	_, _ = run(t, httpRunner(t, runner.HTTP{UserAgent: "mymonitor/1"}), httpCall("url", server.URL))
	require.Equal(t, "mymonitor/1", seen.Header.Get("User-Agent"))
}
