package arrival

import "testing"

func TestHashKnowsAnEmailByItsContent(t *testing.T) {
	hash := func(source string) string { return Mail{Source: []byte(source)}.Hash() }
	same := hash("Subject: a\n\nb\n")
	for _, source := range []string{"Subject: a\r\n\r\nb\r\n", "Subject: a\n\nb", "Subject: a\r\n\nb\r\n"} {
		if hash(source) != same {
			t.Errorf("%q has another hash", source)
		}
	}
	for _, source := range []string{"Subject: a\n\nc\n", "Subject: a\nb\n", "Subject: a\n\nb\n\n", ""} {
		if hash(source) == same {
			t.Errorf("%q has the same hash", source)
		}
	}
}
