package middleware

import "testing"

func TestWithoutSecretsKeepsTheRest(t *testing.T) {
	for in, want := range map[string]string{
		"/api/files/a/b/c.png?thumb=56x56":                 "/api/files/a/b/c.png?thumb=56x56",
		"/x?token=abc&y=2#z":                               "/x?token=…&y=2#z",
		"/x?file_token=abc":                                "/x?file_token=…",
		"/x?next=%2Fy%3Ftoken%3Dabc":                       "/x?next=%2Fy%3Ftoken%3D…",
		"https://a.example/#/reset/eyJhbGciOiJI.eyJp.c-2_": "https://a.example/#/reset/…",
		"/u/short":                                         "/u/short",
		"/U/a1b2c3a1b2c3a1b2c3a1b2c3?x=1":                  "/U/…?x=1",
		"/u/%2e/a1b2c3a1b2c3a1b2c3a1b2c3":                  "/u/%2e/…",
		"//v//./a1b2c3a1b2c3a1b2c3a1b2c3/":                 "//v//./…/",
		"/x?back=%2Fu%2fa1b2c3a1b2c3a1b2c3a1b":             "/x?back=%2Fu%2f…",
		"/u/%61%31b2c3a1b2c3a1b2c3a1b2c3a1b2":              "/u/…",
		"/%75/a1b2c3a1b2c3a1b2c3a1b2c3":                    "/%75/…",
		"/u/%2e%2E/u/a1b2c3a1b2c3a1b2c3a1b2c3":             "/u/%2e%2E/u/…",
		"/hooks/mailgun/a1b2c3a1b2c3a1b2c3a1b2c3":          "/hooks/mailgun/…",
		"/%68oo%6Bs/ses/./a1b2c3a1b2c3a1b2c3a1b2c3?x":      "/%68oo%6Bs/ses/./…?x",
		"/x?back=%2Fhooks%2Fses%2fa1b2c3a1b2c3a1b2c3a1b2c": "/x?back=%2Fhooks%2Fses%2f…",
		"//hooks//brevo//%61%31b2c3a1b2c3a1b2c3a1b2c3":     "//hooks//brevo//…",
		"/hooks/mailgun/short":                             "/hooks/mailgun/short",
		"invalid token":                                    "invalid token",
		"3 tokens=?":                                       "3 tokens=?",
		"/api/collections/users/auth-refresh":              "/api/collections/users/auth-refresh",
		"/api/gonets/mailings/abcdefghijklmno":             "/api/gonets/mailings/abcdefghijklmno",
	} {
		if got := withoutSecrets(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
