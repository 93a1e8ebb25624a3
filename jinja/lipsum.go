package jinja

import (
	"strings"
)

var lipsumWords = strings.Fields(`lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor
incididunt ut labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi
aliquip ex ea commodo consequat duis aute irure in reprehenderit voluptate velit esse cillum fugiat nulla pariatur
excepteur sint occaecat cupidatat non proident sunt culpa qui officia deserunt mollit anim id est laborum`)

var lipsumParams = params(0, "n", int64(5), "html", true, "min", int64(20), "max", int64(100))

// globalLipsum returns paragraphs of filler text.
func globalLipsum(s *evaluation, c *Call) (any, error) {
	a, err := s.args(c, lipsumParams)
	if err != nil {
		return nil, err
	}
	var sizes [3]int
	for i, at := range [...]int{0, 2, 3} {
		if sizes[i], err = size(c, lipsumParams.names[at], a[at]); err != nil {
			return nil, err
		}
	}
	count, least, most := sizes[0], max(1, sizes[1]), sizes[2]
	asHTML, err := s.truth(a[1])
	if err != nil {
		return nil, err
	}
	var paragraphs []string
	for range count {
		words := least
		if most > least {
			words += s.randomBelow(most - least)
		}
		if err := s.work(words); err != nil {
			return nil, err
		}
		if err := s.grow(16 * words); err != nil {
			return nil, err
		}
		paragraphs = append(paragraphs, s.paragraph(words))
	}
	if !asHTML {
		return strings.Join(paragraphs, "\n\n"), nil
	}
	for i, p := range paragraphs {
		paragraphs[i] = "<p>" + p + "</p>"
	}
	return Markup(strings.Join(paragraphs, "\n")), nil
}

func (s *evaluation) paragraph(words int) string {
	var b strings.Builder
	sentence := 0 // words until the sentence ends
	for i := range words {
		word := lipsumWords[s.randomBelow(len(lipsumWords))]
		if sentence == 0 {
			word = strings.ToUpper(word[:1]) + word[1:]
			sentence = 6 + s.randomBelow(10)
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		sentence--
		switch {
		case sentence == 0 || i == words-1:
			sentence = 0
			b.WriteByte('.')
		case s.randomBelow(8) == 0:
			b.WriteByte(',')
		}
	}
	return b.String()
}
