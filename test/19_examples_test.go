package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// example is a program of docs/api, in one language.
type example struct {
	language string
	needs    string   // a program that must be there
	command  []string // before the verb
	listen   []string // in place of the command and "listen PORT"; PORT stands for the port
	lists    bool     // it asks for bounces, instead of listening
}

var examples = []example{
	{language: "curl", needs: "curl", command: []string{"sh", "gonets.sh"}, lists: true},
	{language: "Python", needs: "python3", command: []string{"python3", "gonets.py"}},
	{language: "JavaScript", needs: "node", command: []string{"node", "gonets.mjs"}},
	{language: "PHP", needs: "php", command: []string{"php", "gonets.php"}, listen: []string{"php", "-S", "127.0.0.1:PORT", "gonets.php"}},
	{language: "Go", needs: "go", command: []string{"GO"}},
}

// Test19TheExamplesRun runs what docs/api shows, against an instance.
func Test19TheExamplesRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4*time.Minute, outbox.Options{Keep: 100})
	w.allowLoopback()
	for i, e := range examples {
		t.Run(e.language, func(t *testing.T) {
			if _, err := exec.LookPath(e.needs); err != nil {
				if os.Getenv(requireAll) == "1" {
					t.Fatal(err)
				}
				t.Skip(err)
			}
			e.run(t, w.in(t), fmt.Sprintf("owner%d@gonets.example", i))
		})
	}
}

func (e example) run(t *testing.T, w *world, email string) {
	owner := w.user(email, "owner").in(t)
	if e.language == "Go" {
		binary := filepath.Join(t.TempDir(), "example")
		if out, err := exec.CommandContext(w.ctx, "go", "build", "-o", binary, "../docs/api/gonets.go").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		e.command = []string{binary}
	}
	var token struct{ Secret string }
	owner.post("/api/gonets/tokens", object{"name": "example", "scopes": []string{"write", "send"}}).want(201).into(&token)
	environment := append(os.Environ(), "GONETS_URL="+w.nobody.base, "GONETS_TOKEN="+token.Secret)
	run := func(args ...string) (string, error) {
		c := exec.CommandContext(w.ctx, e.command[0], append(e.command[1:], args...)...)
		c.Dir, c.Env = "../docs/api", environment
		var errors strings.Builder
		c.Stderr = &errors
		out, err := c.Output()
		if err != nil {
			err = fmt.Errorf("%s %v: %w\n%s%s", e.language, args, err, out, errors.String())
		}
		return strings.TrimSpace(string(out)), err
	}
	must := func(args ...string) string {
		t.Helper()
		out, err := run(args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}

	person := strings.ToLower(e.language) + "@example.org"
	client := must("add-client", person, `Ann "A" Smith`)
	var added struct {
		Email, Status string
		FullName      string `json:"full_name"`
	}
	owner.get("/api/collections/clients/records/" + client).want(200).into(&added)
	if added.Email != person || added.FullName != `Ann "A" Smith` {
		t.Errorf("added %+v", added)
	}
	if _, err := run("add-client", person, "Ann"); err == nil || !strings.Contains(err.Error(), "not_unique") {
		t.Errorf("a second client with the address: %v", err)
	}

	subject := "Spring in " + e.language
	if said := must("send-mailing", subject, "Hello!"); !strings.HasPrefix(said, "completed") {
		t.Errorf("sent: %s", said)
	}
	if mails := w.outbox.List(0, 10, subject).Items; len(mails) != 1 || mails[0].To[0] != person {
		t.Errorf("the mail server has %+v", mails)
	}

	w.root.patch(users+"records/"+owner.id, object{"transactional_quota": 10}).want(200)
	order := "Order 17 of " + e.language
	call := must("send-email", "buyer-"+person, order, `Thank you for "17"`)
	owner.get("/api/gonets/transactional/" + call).want(200)
	eventually(w.ctx, t, "the email is sent", func() bool {
		mails := w.outbox.List(0, 10, order).Items
		return len(mails) == 1 && mails[0].To[0] == "buyer-"+person
	})

	e.learn(t, w, owner, environment, must, person)

	other := must("add-client", "other-"+person, "Ben")
	must("unsubscribe", "other-"+person)
	owner.get("/api/collections/clients/records/" + other).want(200).into(&added)
	if added.Status != "unsubscribed" {
		t.Errorf("the client is %s", added.Status)
	}
}

// learn has the last email of the person come back, and the example tell of it.
func (e example) learn(t *testing.T, w *world, owner *client, environment []string, must func(...string) string, person string) {
	t.Helper()
	bounce := func() {
		t.Helper()
		mail, _ := w.outbox.One(w.outbox.List(0, 1, person).Items[0].ID)
		report := filepath.Join(t.TempDir(), "bounce.eml")
		returned := strings.Replace(dsn("bounces@gonets.example", person), "--b--", "--b\nContent-Type: message/rfc822\n\n"+mail.Source+"\n--b--", 1)
		if err := os.WriteFile(report, []byte(returned), 0o600); err != nil {
			t.Fatal(err)
		}
		w.command("bounces", "read", "--apply", report).wantCode(t, 0)
	}
	if e.lists {
		bounce()
		if said := must("bounces", "2020-01-01 00:00:00"); !strings.Contains(said, person) || !strings.Contains(said, "User unknown") {
			t.Errorf("it says %s", said)
		}
		return
	}
	at := freeAddress(t)
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		t.Fatal(err)
	}
	var webhook struct{ Secret string }
	owner.post("/api/collections/webhooks/records", object{"url": "http://" + at + "/", "events": []string{"recipient.bounced", "mailing.completed"}}).want(200).into(&webhook)
	args := append(append([]string{}, e.command...), "listen", "PORT")
	if e.listen != nil {
		args = append([]string{}, e.listen...)
	}
	for i := range args {
		args[i] = strings.Replace(args[i], "PORT", port, 1)
	}
	c := exec.CommandContext(w.ctx, args[0], args[1:]...)
	c.Dir, c.Env = "../docs/api", append(environment, "GONETS_SECRET="+webhook.Secret)
	said := &output{}
	c.Stdout, c.Stderr = said, said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	eventually(w.ctx, t, "the receiver answers", func() bool {
		answer, err := http.Post("http://"+at+"/", "application/json", strings.NewReader("{}"))
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusUnauthorized {
			t.Fatalf("what is not signed is answered with %d", answer.StatusCode)
		}
		return true
	})
	bounce()
	eventually(w.ctx, t, "the receiver tells of the bounce", func() bool {
		return strings.Contains(said.String(), person+" hard") && strings.Contains(said.String(), "User unknown")
	})
}
