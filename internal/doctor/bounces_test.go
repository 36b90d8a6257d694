package doctor

import (
	"context"
	"net"
	"slices"
	"testing"

	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

// unknown is a domain name system that knows no name.
type unknown struct{}

func (unknown) LookupTXT(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (u unknown) LookupHost(ctx context.Context, name string) ([]string, error) {
	return u.LookupTXT(ctx, name)
}

func (u unknown) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	_, err := u.LookupTXT(ctx, name)
	return nil, err
}

func TestBouncesThatCannotComeBackAreTold(t *testing.T) {
	w := mailingtest.New(t)
	server := smtptest.Start(t, smtptest.Script{})
	id := w.NewSender(server, map[string]any{"from_email": "news@gonets.io"})
	codes := func() (codes []string) {
		findings, _, err := Examine(t.Context(), w.App, unknown{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if slices.Contains([]string{"spf", "return_path", "bounces"}, f.Code) {
				codes = append(codes, f.Code+" "+f.Level)
			}
		}
		slices.Sort(codes)
		return codes
	}
	if got := codes(); len(got) > 0 {
		t.Errorf("without a return path: %q", got)
	}
	r, err := w.App.FindRecordById("senders", id)
	if err != nil {
		t.Fatal(err)
	}
	r.Set("return_path", "bounces@gonets.io")
	if err := w.App.Save(r); err != nil {
		t.Fatal(err)
	}
	if got := codes(); !slices.Equal(got, []string{"return_path warning", "spf warning"}) {
		t.Errorf("without an MX: %q", got)
	}
	w.Save("mailboxes", map[string]any{
		"name": "bounces", "kind": "imap", "host": "imap.gonets.io", "port": 993, "tls": "implicit", "username": "b", "password": "s3cret",
		"active": true, "last_error": "The mail server cannot be reached.",
	})
	if got := codes(); !slices.Equal(got, []string{"bounces warning", "return_path ok", "spf warning"}) {
		t.Errorf("with a mailbox that is read: %q", got)
	}
}
