package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/apptest"
	"gonets/internal/delivery"
	"gonets/internal/nameserver"
	"gonets/internal/printable"
	"gonets/internal/smtptest"
)

// hostile is what somebody outside could have written: it clears the screen, and turns the end of a line around.
const hostile = "evil\x1b[2J\x1b]0;title\a\u009b31m\u202egpj.\u2066"

// run runs a command on the app and returns what it printed.
func run(t *testing.T, c *cobra.Command, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	c.SetOut(&out)
	c.SetErr(io.Discard)
	c.SetArgs(args)
	c.SilenceErrors, c.SilenceUsage = true, true
	_ = c.Execute() // the exit code says what the doctor thinks of the instance
	return out.String()
}

func wantClean(t *testing.T, what, printed string) {
	t.Helper()
	if cleaned := strings.ReplaceAll(printed, "\n", ""); printable.Line(cleaned) != cleaned {
		t.Errorf("%s prints %q", what, printed)
	}
	if !strings.Contains(printed, "evil") {
		t.Errorf("%s does not say it at all: %q", what, printed)
	}
}

func TestTheDoctorPrintsNothingThatDrivesATerminal(t *testing.T) {
	greeting := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Connect, smtptest.Say("554 "+hostile))}})
	certificate := smtptest.Start(t, smtptest.Script{TLS: smtptest.Implicit, CertNames: []string{"evil\x1b[31m.example"}})
	for name, server := range map[string]*smtptest.Server{"a greeting": greeting, "a certificate": certificate} {
		t.Run(name, func(t *testing.T) {
			app := apptest.New(t)
			settings := app.Settings()
			settings.SMTP.Enabled, settings.SMTP.Host, settings.SMTP.Port, settings.SMTP.TLS = true, "localhost", server.Port(), server == certificate
			if err := app.Save(settings); err != nil {
				t.Fatal(err)
			}
			var r running
			wantClean(t, "the doctor", run(t, doctorCommand(app, &r, new(nameserver.Resolver))))
			printed := run(t, doctorCommand(app, &r, new(nameserver.Resolver)), "--json")
			wantClean(t, "the doctor in JSON", printed)
			if !json.Valid([]byte(printed)) {
				t.Errorf("no JSON: %s", printed)
			}
		})
	}
}

func TestCommandsPrintNothingThatDrivesATerminal(t *testing.T) {
	app := apptest.New(t)
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		t.Fatal(err)
	}
	owner := core.NewRecord(users)
	owner.Load(map[string]any{"email": "owner@example.org", "password": "correct horse", "role": "owner", "language": "en", "timezone": "UTC"})
	if err := app.Save(owner); err != nil {
		t.Fatal(err)
	}
	// As somebody has it in the database who got past every check.
	for _, sql := range []string{
		`INSERT INTO mailings (id, owner, name, status, audience, waiting_reason, created) VALUES ('abcdefghijklmno', {:owner}, {:text}, 'paused', 'everyone', json_object('code', 'server', 'detail', {:text}), '2026-01-01')`,
		`INSERT INTO contents (no, mailing, owner, letter, last) VALUES (1, 'abcdefghijklmno', {:owner}, '{}', 1)`,
		`INSERT INTO recipients (id, mailing, client, email, state, tries, next_try_at) VALUES ((1 << 32) + 1, 'abcdefghijklmno', 'onmlkjihgfedcba', {:text}, 'failed', 1, 0)`,
	} {
		if _, err := app.DB().NewQuery(sql).Bind(dbx.Params{"owner": owner.Id, "text": hostile}).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	var r running
	wantClean(t, "mailings", run(t, mailingsCommand(app, &r)))
	wantClean(t, "mailings --json", run(t, mailingsCommand(app, &r), "--json"))
	report := run(t, reportCommand(app, &r, delivery.New(app)), "abcdefghijklmno")
	wantClean(t, "report", strings.ReplaceAll(report, "\r\n", "\n"))
	wantClean(t, "status", run(t, statusCommand(app, &r), "abcdefghijklmno"))

	var back []mailingLine
	if err := json.Unmarshal([]byte(run(t, mailingsCommand(app, &r), "--json")), &back); err != nil || back[0].Name != hostile {
		t.Errorf("JSON has lost something: %+v, %v", back, err)
	}

	whatever := r.command(app, "whatever", "", cobra.NoArgs, func(_ context.Context, out io.Writer, _ []string) error {
		_, err := io.WriteString(out, hostile)
		return err
	})
	wantClean(t, "a command that does not think of it", run(t, whatever))

	program := r.command(app, "program", "", cobra.NoArgs, func(_ context.Context, out io.Writer, _ []string) error {
		_, err := io.WriteString(forProgram(out), hostile)
		return err
	})
	if got := run(t, program); got != hostile {
		t.Errorf("a file for a program became %q", got)
	}
}
