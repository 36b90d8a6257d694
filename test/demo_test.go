package e2e

import (
	"net/http"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// newDemo starts `gonets demo` in an empty folder.
func newDemo(t *testing.T, limit time.Duration) *world {
	t.Helper()
	w := emptyWorld(t, limit)
	w.data = filepath.Join(w.folder, "demo_data")
	w.demo()
	return w
}

// demo starts `gonets demo` and waits until it answers.
func (w *world) demo(args ...string) {
	w.t.Helper()
	http.DefaultClient.CloseIdleConnections()
	w.server = start(w.ctx, w.t, w.folder, append([]string{"demo", "--http", w.listen}, args...)...)
	w.server.answers(w.ctx, w.nobody.base)
}

// account is a sign-in that the demo prints.
type account struct{ role, email, password string }

// printed are the sign-ins that the demo has printed, the first of each role.
func (w *world) printed() map[string]account {
	w.t.Helper()
	line := regexp.MustCompile(`(?m)^.*\b(owner|manager|superuser)\b.*?\s{2,}(\S+@\S+)\s+(\S+)`)
	accounts := make(map[string]account)
	eventually(w.ctx, w.t, "the demo has printed a sign-in of each role", func() bool {
		for _, found := range line.FindAllStringSubmatch(w.server.stdout.String(), -1) {
			if _, has := accounts[found[1]]; !has {
				accounts[found[1]] = account{role: found[1], email: found[2], password: found[3]}
			}
		}
		return len(accounts) == 3
	})
	return accounts
}

// enter signs in with a printed account.
func (w *world) enter(a account) *client {
	w.t.Helper()
	collection := "users"
	if a.role == "superuser" {
		collection = "_superusers"
	}
	var s signedIn
	w.nobody.signIn(collection, a.email, a.password).want(200).into(&s)
	return w.nobody.as(s)
}
