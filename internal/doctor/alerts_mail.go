package doctor

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/mail"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"

	"gonets/internal/mailing"
	"gonets/internal/printable"
)

// stored is a finding as the database keeps it: each superuser is told of it in their own language.
func stored(f Finding) string {
	f.Detail = printable.Line(f.Detail)
	if len(f.Detail) > mostDetail {
		f.Detail = strings.ToValidUTF8(f.Detail[:mostDetail], "") + "…"
	}
	raw, err := json.Marshal(f)
	if err != nil {
		panic(err) // texts and figures always encode
	}
	return string(raw)
}

// finding is what was stored. Earlier versions stored the detail alone.
func (t told) finding() Finding {
	var f Finding
	if json.Unmarshal([]byte(t.Detail), &f) != nil || f.Code == "" {
		f.Code, f.Subject, _ = strings.Cut(t.Name, " ")
		f.Detail = t.Detail
	}
	return f
}

// mail sends one e-mail to each superuser, in their language. It fails when nobody gets it.
func (a *Alerts) mail(begun, ended []told, problems map[string]Finding) error {
	supers, err := a.app.FindRecordsByFilter(core.CollectionNameSuperusers, "email != {:none}", "created", mostTold, 0,
		dbx.Params{"none": core.DefaultInstallerEmail})
	if err != nil {
		return fmt.Errorf("list the superusers: %w", err)
	}
	// What is known now says more than what was stored: it has not been shortened, and has what to do.
	for i, p := range begun {
		if f, ok := problems[p.Name]; ok {
			begun[i].Detail = stored(f)
		}
	}
	settings := a.app.Settings()
	var errs []error
	for _, s := range supers {
		w := wordsIn(s.GetString("language"))
		subject := mailing.ServiceName(a.app, w.language) + ": " + w.subject(begun, ended)
		text := w.text(begun, ended, settings.Meta.AppURL)
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
