package runner

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"runtime/debug"
	"slices"
	"time"

	"github.com/petrel-dev/petrel"
	"github.com/petrel-dev/petrel/pyvalue"
	"github.com/petrel-dev/petrel/schema"
)

// HTTP says how the runner http-request makes requests. The zero value is ready for use.
type HTTP struct {
	// Transport makes the requests; nil means one like
	// [http.DefaultTransport]. With one of your own, its own settings for
	// proxies and certificates hold, and not those of actions.
	Transport http.RoundTripper
	// UserAgent is sent with every request, whatever the action says; empty
	// means petrel/ and the version.
	UserAgent string
	// MaxBody is how many bytes the body of a response may have, unpacked; 0
	// means 10 MiB. More is an error.
	MaxBody int64
}

const (
	defaultMaxBody = 10 << 20
	maxRedirects   = 30
)

// HTTPRequest returns the runner http-request, which makes an HTTP request.
// It keeps connections open for later requests until it is closed; it is an
// [io.Closer].
//
// The request follows from the runner's parameters and from these of the
// action, if it has them: method, body, params (of the query), timeout (in
// seconds), file_name, file_content and file_content_type. A body that is an
// object is sent as a form, or as JSON if the Content-Type is application/json.
// With allow_redirects, redirects may only lead to hosts that the lists of
// hosts allow.
func HTTPRequest(options HTTP) petrel.Runner {
	r := &httpRequest{options: options, spec: petrel.RunnerSpec{
		Name:        "http-request",
		Description: "Makes an HTTP request.",
		Aliases:     []string{"http-runner"},
		Parameters:  schema.MustParseParameters(httpRequestParameters),
		OutputKey:   "body",
	}}
	if r.options.UserAgent == "" {
		r.options.UserAgent = "petrel/" + moduleVersion()
	}
	if r.options.MaxBody <= 0 {
		r.options.MaxBody = defaultMaxBody
	}
	r.verifying, r.trusting = options.Transport, options.Transport
	if options.Transport == nil {
		r.verifying = newTransport(false)
		r.trusting = newTransport(true)
	}
	return r
}

type httpRequest struct {
	options             HTTP
	spec                petrel.RunnerSpec
	verifying, trusting http.RoundTripper
}

func (r *httpRequest) Spec() petrel.RunnerSpec { return r.spec }

// Close closes the connections that are kept for later requests, unless they
// belong to a transport that was handed in.
func (r *httpRequest) Close() error {
	if r.options.Transport == nil {
		r.verifying.(*http.Transport).CloseIdleConnections()
		r.trusting.(*http.Transport).CloseIdleConnections()
	}
	return nil
}

// proxyKey is the key of a context's proxies.
type proxyKey struct{}

// proxies are the URLs of proxies by scheme.
type proxies map[string]*url.URL

// newTransport returns a transport that takes proxies from the context of the
// request, else from the environment. It leaves compression to us, since it
// would drop the headers that tell of it.
func newTransport(insecure bool) *http.Transport {
	return &http.Transport{
		Proxy: func(request *http.Request) (*url.URL, error) {
			given, _ := request.Context().Value(proxyKey{}).(proxies)
			if proxy := given[request.URL.Scheme]; proxy != nil {
				return proxy, nil
			}
			return http.ProxyFromEnvironment(request)
		},
		DialContext:         (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: insecure},
		TLSHandshakeTimeout: time.Minute,
		DisableCompression:  true,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        100,
		MaxIdleConnsPerHost: 10,
		IdleConnTimeout:     90 * time.Second,
	}
}

func moduleVersion() string {
	const path = "github.com/petrel-dev/petrel"
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, module := range append([]*debug.Module{&info.Main}, info.Deps...) {
			if module.Path == path && module.Version != "" && module.Version != "(devel)" {
				return module.Version
			}
		}
	}
	return "devel"
}

func (r *httpRequest) Run(ctx context.Context, call *petrel.Call) (petrel.Outcome, error) {
	timeout, err := seconds(call.Parameters, "timeout")
	if err != nil {
		return petrel.Outcome{}, err
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	result, err := r.exchange(limited, call)
	switch {
	case err == nil:
		return petrel.Outcome{Status: httpStatus(result), Result: result}, nil
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return petrel.Outcome{Status: petrel.StatusCanceled, Result: pyvalue.MapOf("error", "canceled")}, nil
	case isTimeout(limited, err):
		message := fmt.Sprintf("no complete response after %s (parameter timeout): %v", timeout, err)
		return petrel.Outcome{Status: petrel.StatusTimeout, Result: pyvalue.MapOf("error", message)}, nil
	}
	return petrel.Outcome{}, err
}

func isTimeout(ctx context.Context, err error) bool {
	var network net.Error
	return errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout()
}

// httpStatus returns what StackStorm makes of a response's status code.
func httpStatus(result *pyvalue.Map) petrel.Status {
	if code, _ := result.GetString("status_code"); code.(int64) >= 200 && code.(int64) <= 206 {
		return petrel.StatusSucceeded
	}
	return petrel.StatusFailed
}

// exchange makes the request and returns the result.
func (r *httpRequest) exchange(ctx context.Context, call *petrel.Call) (*pyvalue.Map, error) {
	allowed, err := hostListsOf(call)
	if err != nil {
		return nil, err
	}
	given, err := proxiesOf(call)
	if err != nil {
		return nil, err
	}
	ctx = context.WithValue(ctx, proxyKey{}, given)
	request, err := buildRequest(ctx, call, r.options.UserAgent)
	if err != nil {
		return nil, err
	}
	if err := allowed.check(request.URL); err != nil {
		return nil, err
	}
	client := &http.Client{Transport: r.verifying, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	if !optionalFlag(call.RunnerParameters, "verify_ssl_cert", true) {
		client.Transport = r.trusting
	}
	if optionalFlag(call.RunnerParameters, "allow_redirects", false) {
		if client.Jar, err = cookiejar.New(nil); err != nil {
			return nil, err
		}
		client.CheckRedirect = func(next *http.Request, before []*http.Request) error {
			if len(before) > maxRedirects {
				return fmt.Errorf("stopped after %d redirects", maxRedirects)
			}
			return allowed.check(next.URL)
		}
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return readResponse(response, r.options.MaxBody)
}

func proxiesOf(call *petrel.Call) (proxies, error) {
	given := proxies{}
	for _, scheme := range []string{"http", "https"} {
		name := scheme + "_proxy"
		text, err := optionalText(call.RunnerParameters, name)
		if err != nil {
			return nil, err
		}
		if text == "" {
			continue
		}
		proxy, err := url.Parse(text)
		if err != nil || proxy.Host == "" {
			// The error of url.Parse would show the URL with its password.
			return nil, invalid("%s: not a URL with scheme and host", name)
		}
		given[scheme] = proxy
	}
	return given, nil
}

// hostLists say which hosts may be requested.
type hostLists struct {
	black, white []string
}

func hostListsOf(call *petrel.Call) (hostLists, error) {
	var lists hostLists
	for name, list := range map[string]*[]string{"url_hosts_blacklist": &lists.black, "url_hosts_whitelist": &lists.white} {
		value := optional(call.RunnerParameters, name)
		if value == nil {
			continue
		}
		items, ok := pyvalue.Elements(value)
		if !ok {
			return lists, invalid("%s: must be an array and not %s", name, pyvalue.TypeName(value))
		}
		for _, item := range items {
			*list = append(*list, pyvalue.Str(item))
		}
	}
	if len(lists.black) > 0 && len(lists.white) > 0 {
		return lists, invalid("url_hosts_blacklist and url_hosts_whitelist exclude each other")
	}
	return lists, nil
}

// check compares the host without port and brackets.
func (l hostLists) check(u *url.URL) error {
	host := u.Hostname()
	switch {
	case slices.ContainsFunc(l.black, sameHost(host)):
		return invalid("url: host %s is in url_hosts_blacklist", host)
	case len(l.white) > 0 && !slices.ContainsFunc(l.white, sameHost(host)):
		return invalid("url: host %s is not in url_hosts_whitelist", host)
	}
	return nil
}
