package bounce

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestAnMboxIsDivided(t *testing.T) {
	const first = "From MAILER-DAEMON Fri May  1 10:00:00 2026\r\nSubject: a\n\nFrom here on it is text.\n\nFrom ann to bob\n"
	const second = "From x@example.com Fri May  1 10:00:01 2026\nSubject: b\n\n>From here too\n"
	for _, c := range []struct {
		name, source string
		want         []string
	}{
		{"of two emails", first + "\n" + second, []string{first + "\n", second}},
		{"with an empty email", first + "\n" + second + "\n" + second, []string{first + "\n", second + "\n", second}},
		{"of one email", first, []string{first}},
		{"that is none", "Subject: a\n\n" + second, []string{"Subject: a\n\n" + second}},
		{"with a long line", first + strings.Repeat("x", 200<<10) + "\n\n" + second, []string{first + strings.Repeat("x", 200<<10) + "\n\n", second}},
		{"of nothing", "", []string{""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for email, err := range Emails(iotest.OneByteReader(strings.NewReader(c.source))) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(email))
			}
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("%d emails, want %d: %.300q", len(got), len(c.want), got)
			}
		})
	}
}

func TestNoMoreOfAnEmailIsKeptThanIsRead(t *testing.T) {
	source := io.MultiReader(strings.NewReader("From a@example.com Fri May  1 10:00:00 2026\n"), strings.NewReader(strings.Repeat("line\n", MaxSize/2)),
		strings.NewReader("\nFrom b@example.com Fri May  1 10:00:00 2026\nSubject: b\n"))
	var sizes []int
	for email, err := range Emails(source) {
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(email))
	}
	if len(sizes) != 2 || sizes[0] != MaxSize || sizes[1] > 100 {
		t.Errorf("emails of %v bytes", sizes)
	}
}

func TestAnErrorOfTheSourceIsReturned(t *testing.T) {
	broken := errors.New("the disk")
	for _, err := range Emails(iotest.ErrReader(broken)) {
		if !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
	}
}
