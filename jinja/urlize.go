package jinja

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/petrel-dev/petrel/pyvalue"
)

var urlizeParams = params(1, "value", nil, "trim_url_limit", nil, "nofollow", false, "target", nil, "rel", nil, "extra_schemes", nil)

var (
	urlWord    = regexp.MustCompile(`(?i)^((https?://|www\.)(([\w%-]+\.)+)?([a-z]{2,63}|xn--[\w%]{2,59})|([\w%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil)|(https?://)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}\])))(:[\d]{1,5})?(?:[/?#]\S*)?$`)
	emailWord  = regexp.MustCompile(`^\S+@\w[\w.-]*\.\w+$`)
	uriScheme  = regexp.MustCompile(`^([\w.+-]{2,}:(/){0,2})$`)
	wordHead   = regexp.MustCompile(`^([(<]|&lt;)+`)
	wordTail   = regexp.MustCompile(`([)>.,\n]|&gt;)+$`)
	blankSpans = regexp.MustCompile(`\s+`)
)

// filterURLize turns URLs and mail addresses into links.
func filterURLize(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, urlizeParams)
	if err != nil {
		return nil, err
	}
	text, err := s.text(a[0])
	if err != nil {
		return nil, err
	}
	if _, safe := a[0].(Markup); !safe {
		text = escapeHTML(text)
	}
	if err := s.work(4 * len(text)); err != nil {
		return nil, err
	}
	l := linker{limit: -1}
	if a[1] != nil {
		if l.limit, err = size(c, "trim_url_limit", a[1]); err != nil {
			return nil, err
		}
	}
	if err := l.attributes(s, a); err != nil {
		return nil, err
	}
	if a[5] != nil {
		schemes, err := s.collect(a[5])
		if err != nil {
			return nil, err
		}
		for _, scheme := range schemes {
			name, _ := plain(scheme).(string)
			if !uriScheme.MatchString(name) {
				return nil, newError(KindFilterArgument, "urlize: %s is not a scheme of URLs", pyvalue.Repr(scheme))
			}
			l.schemes = append(l.schemes, name)
		}
	}
	var b strings.Builder
	for {
		span := blankSpans.FindStringIndex(text)
		if span == nil {
			break
		}
		b.WriteString(l.word(text[:span[0]]))
		b.WriteString(text[span[0]:span[1]])
		text = text[span[1]:]
	}
	b.WriteString(l.word(text))
	return s.markupIfEscaping(b.String()), nil
}

type linker struct {
	limit   int
	extra   string
	schemes []string
}

func (l *linker) attributes(s *evaluation, a []any) error {
	rel := []string{"noopener"}
	if a[4] != nil {
		text, err := s.text(a[4])
		if err != nil {
			return err
		}
		rel = append(rel, strings.Fields(text)...)
	}
	nofollow, err := s.truth(a[2])
	if err != nil {
		return err
	}
	if nofollow {
		rel = append(rel, "nofollow")
	}
	slices.Sort(rel)
	l.extra = ` rel="` + escapeHTML(strings.Join(slices.Compact(rel), " ")) + `"`
	if a[3] != nil {
		target, err := s.text(a[3])
		if err != nil {
			return err
		}
		l.extra += ` target="` + escapeHTML(target) + `"`
	}
	return nil
}

func (l *linker) trim(url string) string {
	if l.limit >= 0 && utf8.RuneCountInString(url) > l.limit {
		return string([]rune(url)[:l.limit]) + "..."
	}
	return url
}

func (l *linker) word(word string) string {
	head := wordHead.FindString(word)
	middle, tail := word[len(head):], ""
	if at := wordTail.FindStringIndex(middle); at != nil {
		middle, tail = middle[:at[0]], middle[at[0]:]
	}
	for _, pair := range [...][2]string{{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}} {
		opened := strings.Count(middle, pair[0])
		if opened <= strings.Count(middle, pair[1]) {
			continue
		}
		for range min(opened, strings.Count(tail, pair[1])) {
			end := strings.Index(tail, pair[1]) + len(pair[1])
			middle += tail[:end]
			tail = tail[end:]
		}
	}
	return head + l.link(middle) + tail
}

func (l *linker) link(text string) string {
	switch {
	case urlWord.MatchString(text):
		href := text
		if !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
			href = "https://" + text
		}
		return `<a href="` + href + `"` + l.extra + `>` + l.trim(text) + `</a>`
	case strings.HasPrefix(text, "mailto:") && emailWord.MatchString(text[7:]):
		return `<a href="` + text + `">` + text[7:] + `</a>`
	case strings.Contains(text, "@") && !strings.HasPrefix(text, "www.") && !strings.HasPrefix(text, "@") &&
		!strings.Contains(text, ":") && emailWord.MatchString(text):
		return `<a href="mailto:` + text + `">` + text + `</a>`
	}
	for _, scheme := range l.schemes {
		if text != scheme && strings.HasPrefix(text, scheme) {
			return `<a href="` + text + `"` + l.extra + `>` + text + `</a>`
		}
	}
	return text
}
