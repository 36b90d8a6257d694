package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// tsconfig has the compiler check every type of the generated client and of the program that uses it.
const tsconfig = `{"compilerOptions": {"strict": true, "skipLibCheck": true, "target": "es2022", "module": "commonjs", "moduleResolution": "node10",
	"lib": ["es2022", "dom", "dom.iterable"], "types": [], "outDir": "js"}, "files": ["main.ts"]}`

// Test19AGeneratedClientListsClientsAndSends has @hey-api/openapi-ts make a client in TypeScript of openapi.json, and runs a program
// with it (testdata/client.ts).
func Test19AGeneratedClientListsClientsAndSends(t *testing.T) {
	t.Parallel()
	tools := filepath.Join(os.Getenv("NODE_PATH"), ".bin")
	if _, err := os.Stat(filepath.Join(tools, "openapi-ts")); os.Getenv("NODE_PATH") == "" || err != nil {
		if os.Getenv(requireAll) == "1" {
			t.Fatalf("NODE_PATH names no folder with @hey-api/openapi-ts: %v", err)
		}
		t.Skip("NODE_PATH names no folder with @hey-api/openapi-ts")
	}
	w := newWorld(t, 5*time.Minute, outbox.Options{Keep: 10})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 2, numbered)
	w.root.patch(users+"records/"+owner.id, object{"transactional_quota": 10}).want(200)
	var token struct{ Secret string }
	owner.post("/api/gonets/tokens", object{"name": "client", "scopes": []string{"write", "send"}}).want(201).into(&token)

	dir := t.TempDir()
	program, err := os.ReadFile("testdata/client.ts")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"openapi.json": string(w.nobody.get("/api/gonets/openapi.json").want(200).body), "main.ts": string(program), "tsconfig.json": tsconfig,
		"package.json": `{"type": "commonjs"}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) string {
		t.Helper()
		c := exec.CommandContext(w.ctx, name, args...)
		c.Dir, c.Env = dir, append(os.Environ(), "GONETS_URL="+w.nobody.base, "GONETS_TOKEN="+token.Secret)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	run(filepath.Join(tools, "openapi-ts"), "-i", "openapi.json", "-o", "client", "-p", "@hey-api/client-fetch", "@hey-api/sdk", "@hey-api/typescript")
	run(filepath.Join(tools, "tsc"), "-p", ".")
	var said struct {
		Emails              []string
		Status              string
		Recipients, Refused int
	}
	if out := run("node", "js/main.js"); json.Unmarshal([]byte(strings.TrimSpace(out)), &said) != nil {
		t.Fatalf("the program says %s", out)
	}
	if strings.Join(said.Emails, " ") != numbered(0)+" "+numbered(1) || said.Status != "completed" || said.Recipients != 1 || said.Refused != 400 {
		t.Errorf("%+v", said)
	}
	if mails := w.outbox.List(0, 10, "Spring").Items; len(mails) != 2 {
		t.Errorf("the mail server has %+v", mails)
	}
	eventually(w.ctx, t, "the email is sent", func() bool { return len(w.outbox.List(0, 10, "Order 17").Items) == 1 })
}
