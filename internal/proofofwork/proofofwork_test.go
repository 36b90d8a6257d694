package proofofwork_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"gonets/internal/keyedhash"
	"gonets/internal/proofofwork"
)

func TestASolutionIsAcceptedOnce(t *testing.T) {
	key, now := keyedhash.New([]byte("key")), time.Now()
	c := proofofwork.New(key, "form", now)
	solved, err := proofofwork.Solve(c)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name, subject, payload string, key *keyedhash.Hash, at time.Time) {
		t.Helper()
		if err := proofofwork.NewChecker().Check(key, subject, payload, at); !errors.Is(err, proofofwork.ErrUnsolved) {
			t.Errorf("%s: %v", name, err)
		}
	}
	raw, err := base64.StdEncoding.DecodeString(solved)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(from, to string) string {
		text := strings.Replace(string(raw), from, to, 1)
		if text == string(raw) {
			t.Fatalf("%q is not in %s", from, raw)
		}
		return base64.StdEncoding.EncodeToString([]byte(text))
	}
	refused("nothing", "form", "", key, now)
	refused("no base64", "form", "{}", key, now)
	refused("no JSON", "form", "AAAA", key, now)
	refused("too long", "form", solved+strings.Repeat("A", 4000), key, now)
	refused("another form", "other", solved, key, now)
	refused("another key", "form", solved, keyedhash.New([]byte("other")), now)
	refused("too late", "form", solved, key, now.Add(proofofwork.Lifetime+2*time.Second))
	refused("another number", "form", changed(`"number":`, `"number":1`), key, now)
	refused("a later end", "form", changed("expires=", "expires=9"), key, now)
	refused("another algorithm", "form", changed("SHA-256", "SHA-1"), key, now)

	checker := proofofwork.NewChecker()
	if err := checker.Check(key, "form", solved, now); err != nil {
		t.Errorf("the solution was refused: %v", err)
	}
	if err := checker.Check(key, "form", solved, now); !errors.Is(err, proofofwork.ErrUnsolved) {
		t.Errorf("it was accepted twice: %v", err)
	}
}
