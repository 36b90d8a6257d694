package transactional

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/mail"
	"reflect"
	"strings"
	"unicode/utf8"

	"gonets/internal/address"
	"gonets/internal/compose"
	"gonets/internal/denial"
	"gonets/internal/excerpt"
	"gonets/internal/printable"
)

// checkRecipients normalizes the addresses. One that is named twice with the same values counts once.
func checkRecipients(c *Call) error {
	switch n := len(c.To); {
	case n == 0:
		return denial.BadRequest("required", "to", "say whom the e-mail goes to: one address at least")
	case n > MaxRecipients:
		return denial.BadRequest("too_many_recipients", "to", "a call goes to at most %d addresses: this one has %d", MaxRecipients, n)
	}
	all, seen := 0, map[string]Recipient{}
	to := make([]Recipient, 0, len(c.To))
	for _, r := range c.To {
		email, err := address.Normalize(r.Email)
		if err != nil {
			return denial.BadRequest("invalid_email", "to", "%q is no e-mail address: %s", excerpt.Of(r.Email, 100), err)
		}
		r.Email = email
		if err := oneLine("to", "a full_name", r.FullName, maxName); err != nil {
			return err
		}
		n, err := dataBytes("to", r.Data)
		if err != nil {
			return err
		}
		if all += n; all > MaxAllData {
			return denial.BadRequest("data_too_long", "to", "the data of all recipients together has at most %d KB of JSON", MaxAllData>>10)
		}
		if other, twice := seen[email]; twice {
			if !reflect.DeepEqual(other, r) {
				return denial.BadRequest("duplicate", "to", "%s is there twice, with different values: make two calls", email)
			}
			continue
		}
		seen[email] = r
		to = append(to, r)
	}
	c.To = to
	return nil
}

// checkContent checks all but the recipients.
func checkContent(c *Call) error {
	if c.Written != nil {
		return nil
	}
	if _, err := dataBytes("data", c.Data); err != nil {
		return err
	}
	if err := checkFiles(c); err != nil {
		return err
	}
	if err := oneLine("from_name", "from_name", c.FromName, maxName); err != nil {
		return err
	}
	if c.ReplyTo != "" && !isReplyTo(c.ReplyTo) {
		return denial.BadRequest("invalid_email", "reply_to", "%q is no e-mail address", excerpt.Of(c.ReplyTo, 100))
	}
	given := c.Subject != "" || c.HTML != "" || c.Markdown != "" || c.Text != ""
	switch {
	case c.Message != "" && given:
		return denial.BadRequest("two_contents", "message", "either name a message, or give a subject with html, markdown or text: not both")
	case c.Message != "":
		return nil
	case strings.TrimSpace(c.Subject) == "":
		return denial.BadRequest("required", "subject", "the e-mail has no subject: give one, or name a message")
	case c.HTML == "" && c.Markdown == "" && c.Text == "":
		return denial.BadRequest("required", "html", "the e-mail has no text: give html, markdown or text, or name a message")
	case c.HTML != "" && c.Markdown != "":
		return denial.BadRequest("two_contents", "markdown", "give html or markdown: not both")
	}
	if err := oneLine("subject", "the subject", c.Subject, MaxSubject); err != nil {
		return err
	}
	for field, text := range map[string]string{"html": c.HTML, "markdown": c.Markdown, "text": c.Text} {
		if utf8.RuneCountInString(text) > MaxText {
			return denial.BadRequest("too_long", field, "%s has at most %d characters", field, MaxText)
		}
	}
	return nil
}

// isReplyTo reports whether a text is an address, with or without a name. Its length is looked at first: it may be as long as a
// request.
func isReplyTo(text string) bool {
	if len(text) > maxReplyTo {
		return false
	}
	parsed, err := mail.ParseAddress(text)
	if err == nil {
		_, err = address.ASCII(parsed.Address)
	}
	return err == nil
}

// oneLine refuses a text that is too long or would break a header.
func oneLine(field, what, text string, most int) error {
	switch {
	case utf8.RuneCountInString(text) > most:
		return denial.BadRequest("too_long", field, "%s has at most %d characters", what, most)
	case strings.ContainsFunc(text, printable.BreaksLine):
		return denial.BadRequest("no_line_breaks", field, "%s must be one line without control characters", what)
	}
	return nil
}

// dataBytes is the length of data as JSON.
func dataBytes(field string, data map[string]any) (int, error) {
	if len(data) == 0 {
		return 0, nil
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return 0, denial.BadRequest("invalid_data", field, "the data is no JSON object")
	}
	if len(raw) > MaxData {
		return 0, denial.BadRequest("data_too_long", field, "data has at most %d KB of JSON", MaxData>>10)
	}
	return len(raw), nil
}

// hashOf is the hash of all that a call asks for.
func hashOf(c *Call) (sum [sha256.Size]byte, err error) {
	if c.Written != nil { // whose key is made of all that came
		return sha256.Sum256([]byte(c.Key)), nil
	}
	h := sha256.New()
	named := *c
	named.Key, named.Files = "", nil
	if err := json.NewEncoder(h).Encode(named); err != nil {
		return sum, fmt.Errorf("hash a call: %w", err)
	}
	for _, f := range c.Files {
		r, err := f.Content.Reader.Open()
		if err != nil {
			return sum, fmt.Errorf("%w: %w", errFiles, err)
		}
		fmt.Fprintf(h, "%q %q %d\n", f.Name, f.Type, f.Content.Size)
		_, err = io.Copy(h, r)
		_ = r.Close()
		if err != nil {
			return sum, fmt.Errorf("%w: %w", errFiles, err)
		}
	}
	h.Sum(sum[:0])
	return sum, nil
}

// formatOf is the format of the body, the body, and the text alternative if there is one beside it.
func formatOf(c *Call) (format compose.Format, body, text string) {
	switch {
	case c.HTML != "":
		return compose.FormatHTML, c.HTML, c.Text
	case c.Markdown != "":
		return compose.FormatMarkdown, c.Markdown, c.Text
	}
	return compose.FormatText, c.Text, ""
}
