package suppression

import (
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gonets/internal/apptest"
)

const (
	aMailing = "mailing00000001"
	aClient  = "client000000001"
)

func TestTokenBringsBackWhatItWasMadeFor(t *testing.T) {
	app := apptest.New(t)
	token, err := NewTokens(app).Make(PurposeUnsubscribe, aMailing, aClient)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{52}$`).MatchString(token) {
		t.Errorf("%q needs escaping in a URL", token)
	}
	// Another Tokens, as after a restart, reads the same key.
	mailing, client, err := NewTokens(app).Parse(PurposeUnsubscribe, token)
	if err != nil || mailing != aMailing || client != aClient {
		t.Fatalf("Parse = %q, %q, %v", mailing, client, err)
	}
	again, _ := NewTokens(app).Make(PurposeUnsubscribe, aMailing, aClient)
	if again != token {
		t.Error("the same link differs from mail to mail")
	}
}

func TestTokenIsRefused(t *testing.T) {
	tokens := NewTokens(apptest.New(t))
	token, err := tokens.Make(PurposeUnsubscribe, aMailing, aClient)
	if err != nil {
		t.Fatal(err)
	}
	foreign, _ := NewTokens(apptest.New(t)).Make(PurposeUnsubscribe, aMailing, aClient)
	last := "A"
	if strings.HasSuffix(token, "A") {
		last = "Q"
	}
	for name, bad := range map[string]string{
		"nothing":                        "",
		"too short":                      token[:51],
		"too long":                       token + "A",
		"another client's id":            aMailing + "client000000002" + token[30:],
		"another mailing's id":           "mailing00000002" + token[15:],
		"the ids the other way round":    aClient + aMailing + token[30:],
		"another signature":              token[:51] + last,
		"no signature":                   token[:30] + strings.Repeat("A", 22),
		"the token of another instance":  foreign,
		"upper case":                     strings.ToUpper(token[:30]) + token[30:],
		"letters outside ASCII":          strings.Repeat("я", 26),
		"a line break behind the token":  token + "\n",
		"padding in place of characters": token[:50] + "==",
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := tokens.Parse(PurposeUnsubscribe, bad); !errors.Is(err, ErrToken) {
				t.Fatalf("Parse(%q): %v", bad, err)
			}
		})
	}
	t.Run("a token of another purpose", func(t *testing.T) {
		if _, _, err := tokens.Parse(PurposeView, token); !errors.Is(err, ErrToken) {
			t.Fatal(err)
		}
	})
	t.Run("an id that is none makes no token", func(t *testing.T) {
		for _, id := range []string{"", "short", "CLIENT000000001", "client00000000/"} {
			if got, err := tokens.Make(PurposeView, aMailing, id); err == nil {
				t.Errorf("Make(%q) = %q", id, got)
			}
		}
	})
}

func TestTokenKeyIsMadeOnce(t *testing.T) {
	app := apptest.New(t)
	var wg sync.WaitGroup
	made := make([]string, 8)
	for i := range made {
		wg.Go(func() { made[i], _ = NewTokens(app).Make(PurposeView, aMailing, aClient) })
	}
	wg.Wait()
	for _, token := range made {
		if token == "" || token != made[0] {
			t.Fatalf("tokens differ: %q", made)
		}
	}
}
