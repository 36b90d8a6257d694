package doctor

import (
	"errors"
	"fmt"
	"html"
	"net/mail"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"

	"gonets/internal/printable"
)

func detailOf(f Finding) string {
	text := printable.Line(f.Detail)
	if len(text) > mostDetail {
		text = strings.ToValidUTF8(text[:mostDetail], "") + "…"
	}
	return text
}

// mail sends one e-mail to each superuser. It fails when nobody gets it.
func (a *Alerts) mail(begun, ended []told, problems map[string]Finding) error {
	supers, err := a.app.FindRecordsByFilter(core.CollectionNameSuperusers, "email != {:none}", "created", mostTold, 0,
		dbx.Params{"none": core.DefaultInstallerEmail})
	if err != nil {
		return fmt.Errorf("list the superusers: %w", err)
	}
	settings := a.app.Settings()
	subject, text := settings.Meta.AppName+": "+subjectOf(begun, ended), alertText(begun, ended, problems, settings.Meta.AppURL)
	var errs []error
	for _, s := range supers {
		errs = append(errs, a.app.NewMailClient().Send(&mailer.Message{
			From:    mail.Address{Name: settings.Meta.SenderName, Address: settings.Meta.SenderAddress},
			To:      []mail.Address{{Address: s.Email()}},
			Subject: subject,
			Text:    text,
			HTML:    `<pre style="white-space:pre-wrap;font:inherit">` + html.EscapeString(text) + `</pre>`,
			Headers: map[string]string{"Auto-Submitted": "auto-generated"}, // RFC 3834: no vacation answers it
		}))
	}
	err = errors.Join(errs...)
	for _, e := range errs {
		if e == nil {
			return nil
		}
	}
	return err
}

func subjectOf(begun, ended []told) string {
	switch {
	case len(begun) == 0:
		return printable.Count(int64(len(ended)), "problem is over", "problems are over")
	case len(begun) == 1:
		return "a problem: " + strings.ReplaceAll(begun[0].Name, "_", " ")
	}
	return printable.Count(int64(len(begun)), "problem", "problems")
}

func alertText(begun, ended []told, problems map[string]Finding, address string) string {
	var b strings.Builder
	at := func(p told) string { return time.UnixMilli(p.Since).UTC().Format(time.DateTime + " MST") }
	for _, p := range begun {
		fmt.Fprintf(&b, "Since %s: %s.\n", at(p), strings.TrimSuffix(p.Detail, "."))
		if do := problems[p.Name].Do; do != "" {
			fmt.Fprintf(&b, "What to do: %s.\n", do)
		}
		b.WriteString("\n")
	}
	for _, p := range ended {
		fmt.Fprintf(&b, "It is over: %s (since %s).\n\n", strings.TrimSuffix(p.Detail, "."), at(p))
	}
	fmt.Fprintf(&b, "%s\nYou get this once for each problem, and once when it is over.\n", address)
	return b.String()
}
