package preflight

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/message"
	"gonets/internal/template"
)

const (
	// clippedHTML is from which size on Gmail cuts the HTML and hides the rest, including the unsubscribe link.
	clippedHTML = 102 << 10
	// largeMail is from which size on some mail servers refuse an e-mail; most have limits between 10 and 25 MB.
	largeMail = 10 << 20
)

// Message checks the e-mail of a message: the checks that need neither an audience nor a mail server, also for a draft. Of m
// it reads only the fields about the message. The error is the database's.
func (c *Checker) Message(app core.App, m Mailing) ([]Check, error) {
	checks, _, err := c.message(app, m)
	return checks, err
}

// inspected is a message of which an e-mail can be made.
type inspected struct {
	composer *compose.Composer
	unknown  []string // variables that no client has
}

// message is Message, and the message for further checks; that is nil when no e-mail can be made of it.
func (c *Checker) message(app core.App, m Mailing) ([]Check, *inspected, error) {
	if m.NoMessage {
		return []Check{fault(codeMessage, Error, "missing", nil, "the mailing has no message")}, nil, nil
	}
	composer, err := compose.Prepare(m.Message)
	if err != nil {
		return []Check{unusable(err)}, nil, nil
	}
	preview, err := composer.Preview(m.Example, c.now())
	if err != nil {
		return []Check{unusable(err)}, nil, nil
	}
	attributes, err := knownAttributes(app, m.Owner)
	if err != nil {
		return nil, nil, err
	}
	unknown := composer.Unknown(attributes)
	return []Check{
		found(codeMessage, nil, "there is a message"),
		checkTemplate(composer.CutValues()),
		checkSubject(m.Message, preview),
		checkVariables(unknown),
		checkSamples(composer, m.Message),
		checkLinks(composer, preview, m),
		checkImages(preview, m),
		checkSize(m.Attached, preview),
		checkUnsubscribeLink(composer, m),
		checkPostalAddress(composer, m),
		checkLanguage(m.Message, preview),
	}, &inspected{composer, unknown}, nil
}

// unusable is the check of a message of which no e-mail can be made.
func unusable(err error) Check {
	var broken *template.Error
	if errors.As(err, &broken) {
		return fault(codeTemplate, Error, "broken_template", Detail{"field": broken.Field, "line": broken.Line}, "%s", broken)
	}
	return fault(codeMessage, Error, "unusable", nil, "%s", err)
}

func checkTemplate(cut []string) Check {
	if len(cut) == 0 {
		return found(codeTemplate, nil, "the templates can be read")
	}
	return fault(codeTemplate, Warning, "cut_values", Detail{"variables": cut},
		"%s stands in a style or a script, where only letters, digits and # %% . , _ - of a value are kept: put it into quotes or url('…')", strings.Join(cut, ", "))
}

func checkSubject(l compose.Message, p compose.Preview) Check {
	detail := Detail{"subject": p.Subject}
	switch {
	case strings.TrimSpace(l.Subject) == "":
		return fault(codeSubject, Error, "empty", nil, "the subject is empty")
	case strings.TrimSpace(p.Subject) == "":
		return fault(codeSubject, Warning, "empty_for_some", nil, "the subject is empty for a client without those values: give a default")
	}
	return found(codeSubject, detail, "the subject is %q", p.Subject)
}

func checkVariables(unknown []string) Check {
	if len(unknown) == 0 {
		return found(codeUnknownVariables, Detail{"variables": []string{}}, "every variable is known")
	}
	return fault(codeUnknownVariables, Warning, "unknown", Detail{"variables": unknown}, "no client has %s: it stays empty", strings.Join(unknown, ", "))
}

func checkSize(files []message.File, p compose.Preview) Check {
	var attached int64
	for _, f := range files {
		attached += f.Size
	}
	// Base64 in lines of 76 makes 78 bytes of 57.
	whole := int64(len(p.Source)) + attached*78/57
	detail := Detail{"bytes": whole, "html_bytes": len(p.HTML), "attachments_bytes": attached}
	switch {
	case whole > largeMail:
		return fault(codeSize, Warning, "large", detail, "a mail has %d MB: some mail servers refuse it. Link to files instead of attaching them", whole>>20)
	case len(p.HTML) > clippedHTML:
		return fault(codeSize, Warning, "clipped", detail, "the HTML has %d KB: Gmail shows the first 102 KB only", len(p.HTML)>>10)
	}
	return found(codeSize, detail, "a mail has %d KB", (whole+1023)>>10)
}

func checkUnsubscribeLink(composer *compose.Composer, m Mailing) Check {
	by := "footer"
	if composer.HasUnsubscribeLink() {
		by = "author"
	}
	if public := checkPublicAddress(m); public.Level != OK {
		return fault(codeUnsubscribeLink, Warning, "public_address", Detail{"by": by}, "the unsubscribe link does not work for recipients: %s", public.Detail["text"])
	}
	if by == "footer" {
		return found(codeUnsubscribeLink, Detail{"by": by}, "a footer with the unsubscribe link is added")
	}
	return found(codeUnsubscribeLink, Detail{"by": by}, "the message has an unsubscribe link")
}

// checkPostalAddress warns of an e-mail without a postal address, which laws about commercial e-mail ask for.
func checkPostalAddress(composer *compose.Composer, m Mailing) Check {
	switch {
	case m.Message.Brand.Address == "":
		return fault(codePostalAddress, Warning, "missing", nil, "the brand has no postal address: many countries require one in every commercial e-mail")
	case composer.ShowsAddress():
		return found(codePostalAddress, Detail{"by": "author"}, "the message shows the postal address")
	}
	return found(codePostalAddress, Detail{"by": "footer"}, "a footer with the postal address is added")
}

// fewLetters is how many letters are needed to recognise the language.
const fewLetters = 40

// checkLanguage compares the script of the text with the language of the footer.
func checkLanguage(l compose.Message, p compose.Preview) Check {
	cyrillic, letters := 0, 0
	for _, r := range p.Subject + p.Text {
		if unicode.IsLetter(r) {
			letters++
			if unicode.Is(unicode.Cyrillic, r) {
				cyrillic++
			}
		}
	}
	looks := "en"
	if 2*cyrillic > letters {
		looks = "ru"
	}
	if letters >= fewLetters && looks != l.Language {
		return fault(codeLanguage, Warning, "other_language", Detail{"language": l.Language, "looks": looks},
			"the message looks like %q and the footer is in %q: that is the owner's language", looks, l.Language)
	}
	return found(codeLanguage, Detail{"language": l.Language}, "the footer is in %q", l.Language)
}

// sampled is how many of an owner's newest and oldest clients are read for their attributes.
const sampled = 1000

// knownAttributes are the attributes that clients of the owner have. It reads the newest and the oldest clients, so that it
// takes the same time for a hundred clients as for a million.
func knownAttributes(app core.App, owner string) ([]string, error) {
	var names []string
	err := app.DB().NewQuery(`
		SELECT DISTINCT 'client.attributes.' || j.key
		FROM (
			SELECT * FROM ( -- both by idx_clients_owner_created
				SELECT attributes FROM clients WHERE owner = {:owner} ORDER BY created DESC, id DESC LIMIT {:sampled}
			)
			UNION ALL
			SELECT * FROM (
				SELECT attributes FROM clients WHERE owner = {:owner} ORDER BY created, id LIMIT {:sampled}
			)
		) c,
		json_each(CASE WHEN json_valid(c.attributes) THEN c.attributes END) j
		WHERE typeof(j.key) = 'text'
		LIMIT 1000`).
		Bind(dbx.Params{"owner": owner, "sampled": sampled}).
		Column(&names)
	if err != nil {
		return nil, fmt.Errorf("look at the attributes of clients: %w", err)
	}
	return names, nil
}
