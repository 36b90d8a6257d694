package charset

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// judge takes the encoding in which the sample reads best.
func judge(sample []byte) Guess {
	high := 0
	for _, b := range sample {
		if b >= utf8.RuneSelf {
			high++
		}
	}
	type reading struct {
		candidate
		text  string
		score float64
	}
	var best, second reading
	for i, c := range candidates {
		text, err := c.Encoding.NewDecoder().String(string(sample))
		if err != nil {
			continue
		}
		r := reading{c, text, c.score(sample, text)}
		switch {
		case i == 0:
			best, second = r, reading{score: -1e9}
		case r.text == best.text:
		case r.score > best.score:
			best, second = r, best
		case r.score > second.score:
			second = r
		}
	}
	each := 1 / float64(max(high, 1))
	return Guess{best.Charset, best.score*each > 0.3 && (best.score-second.score)*each > 0.1}
}

// score says how much the text looks like one in this encoding.
func (c *candidate) score(sample []byte, text string) float64 {
	if c.pairs != nil {
		return c.scorePairs(sample, text)
	}
	best := -1e9
	for _, a := range c.alphabets {
		best = max(best, a.score(text))
	}
	return best
}

// scorePairs is score for encodings of East Asia: how common the characters are.
func (c *candidate) scorePairs(sample []byte, text string) float64 {
	score := 0.0
	for i := 0; i < len(sample); i++ {
		if sample[i] < utf8.RuneSelf {
			continue
		}
		if i+1 == len(sample) {
			score--
			break
		}
		s := c.pairs(sample[i], sample[i+1])
		score += s
		if s != halfWidth {
			i++
		}
	}
	for _, r := range text {
		switch {
		case r == utf8.RuneError:
			score -= 4
		case c.common[r]:
			score += 2
		}
	}
	return score
}

// punctuation is what stands in texts beside letters.
const punctuation = "«»“”„‘’‚–—…№€£°§©®™·•\u00a0\u00ad¡¿ªº"

// withinWords is what may stand between the letters of a word.
const withinWords = "’·\u00a0\u00ad–—"

// score says how much the text looks like one in a language that is written in this alphabet.
func (a *alphabet) score(text string) float64 {
	score := 0.0
	var before, last rune // the two characters before this one
	letters, vowels := 0, 0
	for _, r := range text {
		isLetter := unicode.IsLetter(r)
		if isLetter && r >= utf8.RuneSelf {
			letters++
			low := unicode.ToLower(r)
			if strings.ContainsRune(a.vowels, low) {
				vowels++
			}
			weight, has := a.weights[low]
			if !has {
				weight = -1.5
			}
			score += weight
			score -= misplaced(before, last, r)
			if lastIsLetter := unicode.IsLetter(last); a.latin && last >= utf8.RuneSelf && lastIsLetter {
				score -= 0.7 // accented letters seldom stand side by side
				if before >= utf8.RuneSelf && unicode.IsLetter(before) {
					score--
				}
			} else if !a.latin && last < utf8.RuneSelf && lastIsLetter {
				score -= 1.5 // two scripts in one word
			}
		} else {
			if !isLetter {
				if letters >= 4 && vowels == 0 && a.vowels != "" {
					score -= 2
				}
				letters, vowels = 0, 0
				if r >= utf8.RuneSelf && !strings.ContainsRune(punctuation, r) && !a.marks(r) {
					score -= 2
				}
			} else if !a.latin && last >= utf8.RuneSelf && unicode.IsLetter(last) {
				score -= 1.5
			}
		}
		if isLetter && last >= utf8.RuneSelf && strings.ContainsRune(punctuation, last) && !strings.ContainsRune(withinWords, last) && unicode.IsLetter(before) {
			score -= 2 // a punctuation mark within a word
		}
		before, last = last, r
	}
	return score
}

// marks reports whether r is a mark of a script whose letters have such.
func (a *alphabet) marks(r rune) bool { return a.vowels == "" && unicode.IsMark(r) }

// misplaced is the penalty of a capital letter after a small one, and of a small one after two capitals.
func misplaced(before, last, r rune) float64 {
	switch {
	case unicode.IsUpper(r) && unicode.IsLower(last):
		return 2
	case unicode.IsLower(r) && unicode.IsUpper(last) && unicode.IsUpper(before):
		return 1
	}
	return 0
}
