package site

import "testing"

func TestAnAddressPutsNothingElseIntoThePolicy(t *testing.T) {
	for address, want := range map[string]string{
		"https://gonets.example/":       "https://gonets.example",
		"http://127.0.0.1:8090/app":     "http://127.0.0.1:8090",
		"":                              "",
		"gonets.example":                "",
		"javascript:alert(1)":           "",
		"https://a.example; script-src": "",
		"https://a.example,b":           "",
	} {
		if got := originOf(address); got != want {
			t.Errorf("%q gives %q, want %q", address, got, want)
		}
	}
}
