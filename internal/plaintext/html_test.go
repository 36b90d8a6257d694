package plaintext

import (
	"strings"
	"testing"
)

func TestPunctuationAfterAddresses(t *testing.T) {
	for url, want := range map[string]string{
		"https://a.example/":                "https://a.example/",
		"https://a.example/).":              "https://a.example/",
		"https://a.example/(b).":            "https://a.example/(b)",
		"https://a.example/(b)).":           "https://a.example/(b)",
		"https://a.example/((b)..).!)":      "https://a.example/((b)..)",
		"https://a.example/" + closing(1e6): "https://a.example/",
	} {
		if got := withoutPunctuation(url); got != want {
			t.Errorf("%.40s: %.40s, want %s", url, got, want)
		}
	}
}

func closing(n int) string { return strings.Repeat(").", n) }
