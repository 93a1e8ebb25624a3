package dateutil

import (
	"strings"
	"unicode"
)

// tokenize splits a text into words, numbers (with a decimal point), blanks and
// single other characters.
func tokenize(text string) []string {
	var tokens []string
	runes := []rune(strings.ReplaceAll(text, "\x00", ""))
	for i := 0; i < len(runes); {
		start := i
		switch r := runes[i]; {
		case unicode.IsSpace(r):
			tokens = append(tokens, " ")
			i++
			continue
		case !unicode.IsLetter(r) && !isDigit(r):
			tokens = append(tokens, string(r))
			i++
			continue
		}
		inNumber, dotted, letters := isDigit(runes[i]), false, !isDigit(runes[i])
	scan:
		for i++; i < len(runes); i++ {
			r, last := runes[i], runes[i-1]
			switch {
			case unicode.IsLetter(r):
				if inNumber {
					if !dotted || last != '.' {
						break scan
					}
					inNumber = false
				}
				letters = true
			case isDigit(r):
				if !inNumber {
					if !dotted || last != '.' {
						break scan
					}
					inNumber = true
				}
			case r == '.', r == ',' && inNumber && !dotted && i-start >= 2:
				dotted = true
			default:
				break scan
			}
		}
		tokens = append(tokens, splitDotted(string(runes[start:i]), dotted, letters)...)
	}
	return tokens
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// splitDotted takes a token with points apart unless it is a decimal number.
func splitDotted(token string, dotted, letters bool) []string {
	if !dotted {
		return []string{token}
	}
	if !letters && strings.Count(token, ".") <= 1 && !strings.HasSuffix(token, ".") && !strings.HasSuffix(token, ",") {
		if !strings.Contains(token, ".") {
			token = strings.ReplaceAll(token, ",", ".")
		}
		return []string{token}
	}
	var parts []string
	for token != "" {
		i := strings.IndexAny(token, ".,")
		if i < 0 {
			return append(parts, token)
		}
		if i > 0 {
			parts = append(parts, token[:i])
		}
		parts = append(parts, token[i:i+1])
		token = token[i+1:]
	}
	return parts
}
