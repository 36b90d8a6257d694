package hooks_test

import (
	"context"
	"database/sql/driver"
	"flag"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"modernc.org/sqlite"

	"gonets/hooks/api"
	"gonets/hooks/clients"
	"gonets/hooks/hookstest"
	"gonets/hooks/pages"
	"gonets/internal/delivery"
	"gonets/internal/smtptest"
	"gonets/internal/suppression"
)

var update = flag.Bool("update", false, "write the traces of docs/architecture.md")

// The limits of a trace: functions of ours, and changes from one of our packages to another.
const (
	maxFunctions = 12
	maxHops      = 3
)

// traces are the stacks that were taken, by their names. A trigger or the mail server takes each at the last step.
var traces = struct {
	sync.Mutex
	taken map[string]string
}{taken: map[string]string{}}

// keep keeps the first stack of a name.
func keep(name, stack string) {
	traces.Lock()
	defer traces.Unlock()
	if _, ok := traces.taken[name]; !ok {
		traces.taken[name] = stack
	}
}

func taken(name string) string {
	traces.Lock()
	defer traces.Unlock()
	return traces.taken[name]
}

// SQLite runs in the goroutine of its caller, so a function of SQL can take the stack of who writes a row.
func init() {
	sqlite.MustRegisterScalarFunction("take_trace", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		keep(fmt.Sprint(args[0]), string(debug.Stack()))
		return nil, nil
	})
}

// goroutineIn returns the stack of the goroutine that is in a function, "" if there is none.
func goroutineIn(function string) string {
	all := make([]byte, 4<<20)
	all = all[:runtime.Stack(all, true)]
	for stack := range strings.SplitSeq(string(all), "\n\n") {
		if strings.Contains(stack, "\n"+function+"(") {
			return stack
		}
	}
	return ""
}

// function is a function of ours in a trace.
type function struct {
	of, name  string // its package, its name with the type
	isLiteral bool
}

var (
	// call is a function in a stack, and the file of ours that it stands in: inlined code has the name of who calls it.
	call    = regexp.MustCompile(`(?m)^gonets/\S+?\.([^\s/]+)\(.*\)\n\t(\S*/((?:hooks|internal)(?:/[a-z0-9]+)*)/\w+\.go):`)
	literal = regexp.MustCompile(`(\.func\d+|\.gowrap\d+|\.\d+|-fm)+$`)
	// around is what every request passes before its handler.
	around = regexp.MustCompile(`^hooks/(middleware|request) |^\S+ Bind`)
)

// read returns the functions of ours in a stack, the outermost first. A function literal belongs to the function that it
// stands in.
func read(stack string) []function {
	var all []function
	for _, m := range call.FindAllStringSubmatch(stack, -1) {
		if strings.Contains(m[2], "/pkg/mod/") || strings.HasSuffix(m[3], "test") || strings.HasSuffix(m[2], "_test.go") {
			continue
		}
		name := literal.ReplaceAllString(m[1], "")
		isLiteral := name != m[1]
		name = strings.NewReplacer("(*", "", ")", "", "[...]", "").Replace(name)
		if parts := strings.Split(name, "."); len(parts) > 2 {
			name = strings.Join(parts[len(parts)-2:], ".")
		}
		all = append(all, function{m[3], name, isLiteral})
	}
	slices.Reverse(all)
	for i, f := range slices.Backward(all) {
		if around.MatchString(f.of + " " + f.name) {
			all = all[i+1:]
			break
		}
	}
	var way []function
	for _, f := range all {
		isThere := func(g function) bool { return g.of == f.of && g.name == f.name }
		if !f.isLiteral || !slices.ContainsFunc(way, isThere) {
			way = append(way, f)
		}
	}
	return way
}

// behaviours are what is traced: the trace's name, and what its last step is.
var behaviours = []struct{ name, title, lastStep string }{
	{"send", "Send: the launch", "a row of `recipients` is written"},
	{"wire", "Send: the submission", "the connection waits for the answer to the final dot"},
	{"deferral", "4xx to deferral", "the recipient's state becomes `deferred`; the worker has submitted to the ledger what `verdict.Judge` says of the answer"},
	{"domain", "Rate limit of a domain", "the worker waits as long as `nextByDomain` says"},
	{"unsubscribe", "Unsubscribe to suppression", "the row of `suppressions` is written"},
	{"import", "Import of a line", "the row of `clients` is written"},
}

// triggers take the traces whose last step is a write.
var triggers = []string{
	`CREATE TRIGGER trace_send AFTER INSERT ON recipients BEGIN SELECT take_trace('send'); END`,
	`CREATE TRIGGER trace_deferral AFTER UPDATE OF state ON recipients WHEN NEW.state = 'deferred' BEGIN SELECT take_trace('deferral'); END`,
	`CREATE TRIGGER trace_unsubscribe AFTER INSERT ON suppressions BEGIN SELECT take_trace('unsubscribe'); END`,
	`CREATE TRIGGER trace_import AFTER INSERT ON clients WHEN NEW.email = 'imported@example.com' BEGIN SELECT take_trace('import'); END`,
}

// TestTraces takes a stack trace at the last step of five behaviours, and holds what docs/architecture.md says of them.
// "go test ./hooks -run Traces -update" writes them there.
func TestTraces(t *testing.T) {
	var engine *delivery.Engine
	w := hookstest.New(t, pages.BindUnsubscribe, clients.BindImports, func(app core.App) {
		engine = delivery.New(app)
		api.BindMailings(app, engine)
	})
	server := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{
		func(m smtptest.Moment) *smtptest.Act {
			if m.Command != smtptest.Body {
				return nil
			}
			w.Eventually(t, "a connection that reads", func() bool {
				stack := goroutineIn("gonets/internal/relay.(*wire).readReply")
				if strings.Contains(stack, "sendLoop") {
					keep("wire", stack)
				}
				return taken("wire") != ""
			})
			return nil
		},
		smtptest.To("full@example.org", smtptest.Body, smtptest.Say("452 4.2.2 Mailbox full")),
	}})
	for _, statement := range triggers {
		w.SQL(t, statement, nil)
	}
	engine.Start(context.Background())
	t.Cleanup(func() { engine.Stop(context.Background()) })

	sender := w.Add(t, "senders", map[string]any{
		"name": "post", "access": "everyone", "from_email": "news@example.org", "host": server.Host(), "port": server.Port(),
		"tls": "none", "domain_rate_per_second": 1, "connections": 1,
	})
	for _, email := range []string{"first@example.net", "second@example.net", "full@example.org"} {
		w.Add(t, "clients", map[string]any{"owner": w.IDs[hookstest.Anna], "email": email})
	}
	mailing := w.Sendable(t, map[string]any{"audience": "everyone", "sender": sender.Id})
	w.Expect(t, http.StatusAccepted, hookstest.Anna, http.MethodPost, hookstest.Route(mailing, "send"), nil)
	w.Eventually(t, "the deferral", func() bool { return taken("deferral") != "" })
	w.Eventually(t, "a connection that waits", func() bool {
		if stack := goroutineIn("gonets/internal/dispatch.(*Dispatcher).next"); stack != "" {
			keep("domain", stack)
		}
		return taken("domain") != ""
	})

	var client string
	hookstest.Must(t, w.App.DB().Select("client").From("recipients").Where(dbx.HashExp{"mailing": mailing, "email": "full@example.org"}).Row(&client))
	token, err := suppression.NewTokens(w.App).Make(suppression.PurposeUnsubscribe, mailing, client)
	hookstest.Must(t, err)
	form := &hookstest.Form{ContentType: "application/x-www-form-urlencoded"}
	form.Body.WriteString("List-Unsubscribe=One-Click")
	w.Expect(t, http.StatusOK, hookstest.Anonymous, http.MethodPost, "/u/"+token, form)

	file := &hookstest.Form{}
	parts := multipart.NewWriter(&file.Body)
	part, err := parts.CreateFormFile("file", "clients.csv")
	hookstest.Must(t, err)
	_, err = part.Write([]byte("email\nimported@example.com\n"))
	hookstest.Must(t, err)
	hookstest.Must(t, parts.Close())
	file.ContentType = parts.FormDataContentType()
	w.Expect(t, http.StatusAccepted, hookstest.Anna, http.MethodPost, "/api/gonets/clients/import", file)
	w.Eventually(t, "the import", func() bool { return taken("import") != "" })

	hold(t, written(t))
}

// written are the traces as the page shows them. Those that are too long fail the test.
func written(t *testing.T) string {
	var b strings.Builder
	for _, behaviour := range behaviours {
		way := read(taken(behaviour.name))
		hops, of := 0, ""
		fmt.Fprintf(&b, "\n**%s.** Last step: %s.\n\n", behaviour.title, behaviour.lastStep)
		for i, f := range way {
			if f.of != of {
				if i > 0 {
					b.WriteString("\n")
					hops++
				}
				fmt.Fprintf(&b, "- `%s`: `%s`", f.of, f.name)
				of = f.of
				continue
			}
			fmt.Fprintf(&b, " → `%s`", f.name)
		}
		b.WriteString("\n")
		if len(way) == 0 || len(way) > maxFunctions || hops > maxHops {
			t.Errorf("%s: %d functions and %d hops, want at most %d and %d: %v\n%s", behaviour.title, len(way), hops, maxFunctions, maxHops, way, taken(behaviour.name))
		}
	}
	return b.String()
}

const (
	page  = "../docs/architecture.md"
	begin = "<!-- traces: go test ./hooks -run Traces -update -->\n"
	end   = "<!-- end of traces -->"
)

// hold compares the traces with those of the page, or writes them there.
func hold(t *testing.T, traces string) {
	raw, err := os.ReadFile(page)
	hookstest.Must(t, err)
	before, rest, ok := strings.Cut(string(raw), begin)
	was, after, isEnded := strings.Cut(rest, end)
	switch {
	case !ok || !isEnded:
		t.Fatalf("%s has no place for the traces", page)
	case *update:
		hookstest.Must(t, os.WriteFile(page, []byte(before+begin+traces+"\n"+end+after), 0o644))
	case strings.TrimSpace(was) != strings.TrimSpace(traces):
		t.Errorf("%s has other traces; go test ./hooks -run Traces -update writes them:\n%s", page, traces)
	}
}
