package encodedword

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLinesAreShortAndSayTheText(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                     "",
		"one word":                    "Hello",
		"many words":                  strings.TrimSpace(strings.Repeat("word after word ", 30)),
		"a long word":                 strings.Repeat("a", 200),
		"Russian":                     strings.Repeat("Осенние новинки и скидки ", 20) + "!",
		"characters beyond the plane": strings.Repeat("👩‍👧 ", 40) + "end",
		"what looks encoded":          "=?utf-8?Q?no?=",
	} {
		for _, column := range []int{0, len("Subject: "), 70} {
			written := string(Append(nil, column, text))
			at := column
			for i, line := range strings.Split(written, "\r\n") {
				if i > 0 {
					at = 0
					if !strings.HasPrefix(line, " ") {
						t.Errorf("%s: a folded line begins with %q", name, line[:1])
					}
				}
				if at+len(line) > LineLength && column < 70 {
					t.Errorf("%s: a line has %d bytes", name, at+len(line))
				}
			}
			got, err := new(mime.WordDecoder).DecodeHeader(strings.ReplaceAll(written, "\r\n", ""))
			if err != nil || strings.TrimPrefix(got, " ") != text || !utf8.ValidString(got) {
				t.Errorf("%s at %d: %q, %v", name, column, got, err)
			}
		}
	}
}
