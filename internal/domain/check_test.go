package domain_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/dnsrecord"
	"gonets/internal/dnstest"
	"gonets/internal/domain"
	"gonets/internal/mailingtest"
	"gonets/internal/nameserver"
	"gonets/internal/smtptest"
)

// world is an instance with domains.
type world struct{ *mailingtest.World }

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{mailingtest.New(t)}
	w.App.Settings().Meta.AppURL = "https://mail.gonets.test"
	if err := w.App.Save(w.App.Settings()); err != nil {
		t.Fatal(err)
	}
	return w
}

// add adds a domain as the collection does, which makes its keys.
func (w world) add(t *testing.T, name string) *core.Record {
	t.Helper()
	c, err := w.App.FindCollectionByNameOrId("domains")
	if err != nil {
		t.Fatal(err)
	}
	r := core.NewRecord(c)
	r.Set("name", name)
	if err := domain.MakeKeys(r); err != nil {
		t.Fatal(err)
	}
	if err := w.App.Save(r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (w world) records(t *testing.T, name string) domain.Report {
	t.Helper()
	report, err := domain.RecordsOf(t.Context(), w.App, name)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func one(t *testing.T, report domain.Report, kind string) domain.Record {
	t.Helper()
	for _, r := range report.Records {
		if r.Kind == kind {
			return r
		}
	}
	t.Fatalf("there is no %s in %+v", kind, report.Records)
	return domain.Record{}
}

// zone writes the records that a report wants as lines of a zone.
func zone(report domain.Report) string {
	var lines string
	for _, r := range report.Records {
		if r.Type == "MX" {
			lines += r.Name + ". MX 10 " + r.Expected + ".\n"
		} else {
			lines += dnstest.TXT(r.Name+".", r.Expected)
		}
	}
	return lines
}

func resolverAt(t *testing.T, address string) *nameserver.Resolver {
	t.Helper()
	r := new(nameserver.Resolver)
	if err := r.Set(address); err != nil {
		t.Fatal(err)
	}
	return r
}

func (w world) check(t *testing.T, r *nameserver.Resolver, name string) domain.Report {
	t.Helper()
	report, err := domain.Check(t.Context(), w.App, r, name)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestARealNameServerIsAsked publishes what is wanted at an NSD, then other things.
func TestARealNameServerIsAsked(t *testing.T) {
	w := newWorld(t)
	server := smtptest.Start(t, smtptest.Script{})
	w.NewSender(server, map[string]any{"from_email": "news@whole.test", "return_path": "bounces@b.whole.test"})
	w.NewSender(server, map[string]any{"name": "wrong", "from_email": "news@wrong.test"})
	w.add(t, "whole.test")
	w.add(t, "wrong.test")
	whole := w.records(t, "whole.test")
	if got := one(t, whole, domain.KindDKIM); got.Host != "gonets1._domainkey" || len(got.Parts) != 2 || strings.Join(got.Parts, "") != got.Expected {
		t.Errorf("the first key is to be entered as %+v", got)
	}
	if got := one(t, whole, domain.KindReturnPath); got.Name != "b.whole.test" || got.Expected != "v=spf1 a:mail.gonets.test ~all" || got.Optional {
		t.Errorf("the return path is to be entered as %+v", got)
	}
	address := dnstest.Start(t, map[string]string{
		"whole.test": zone(whole),
		"wrong.test": dnstest.TXT("@", "v=spf1 include:other.test -all") + dnstest.TXT("@", "not spf") +
			"gonets1._domainkey CNAME key.other.test.\n" + dnstest.TXT("gonets1-ed._domainkey", "v=DKIM1; k=ed25519; p=") +
			dnstest.TXT("_dmarc", "v=DMARC1; p=perhaps"),
		"other.test":  dnstest.TXT("@", "v=spf1 ip4:192.0.2.1 -all") + dnstest.TXT("key", "v=DKIM1; p=MCowBQYDK2VwAyEA"),
		"gonets.test": "mail A 203.0.113.5\n",
		"two.test":    dnstest.TXT("@", "v=spf1 -all") + dnstest.TXT("@", "v=spf1 a -all"),
		"bare.test":   "",
	})
	r := resolverAt(t, address)

	report := w.check(t, r, "whole.test")
	if !report.OK || !report.Alignment.OK || report.Alignment.Verdict != "both" || report.Zone != "whole.test" || len(report.Asked) != 1 {
		t.Errorf("what is whole is found to be %+v", report)
	}
	for _, record := range report.Records {
		if record.Verdict != dnsrecord.OK && !record.Optional {
			t.Errorf("%s is found to be %+v", record.Kind, record)
		}
	}
	if kept := w.records(t, "whole.test"); kept.CheckedAt == nil || !kept.OK || one(t, kept, domain.KindMX).Verdict != dnsrecord.OK {
		t.Errorf("kept was %+v", kept)
	}

	report = w.check(t, r, "wrong.test")
	for kind, want := range map[string]dnsrecord.Verdict{
		domain.KindSPF: dnsrecord.NotAllowed, domain.KindDKIM: dnsrecord.OtherKey, domain.KindDKIM2: dnsrecord.Revoked, domain.KindDMARC: dnsrecord.Unreadable,
	} {
		if got := one(t, report, kind); got.Verdict != want || got.Text == "" || got.Do == "" || len(got.Found) == 0 {
			t.Errorf("%s is found to be %+v, want %s", kind, got, want)
		}
	}
	if got := one(t, report, domain.KindSPF).Expected; got != "v=spf1 include:other.test a:mail.gonets.test -all" {
		t.Errorf("SPF is to become %q", got)
	}
	if got := one(t, report, domain.KindDKIM).Alias; got != "key.other.test" {
		t.Errorf("the alias is said to be %q", got)
	}
	if report.OK || report.Alignment.Verdict != "none" {
		t.Errorf("the alignment is %+v", report.Alignment)
	}

	for name, want := range map[string]dnsrecord.Verdict{
		"two.test": dnsrecord.Several, "bare.test": dnsrecord.Missing, "refused.example": domain.NoAnswer, "gmail.com": domain.NotYours,
	} {
		report := w.check(t, r, name)
		if got := one(t, report, domain.KindSPF).Verdict; got != want {
			t.Errorf("%s is found to be %s, want %s", name, got, want)
		}
		if got := one(t, report, domain.KindDKIM).Verdict; want == dnsrecord.Missing && got != domain.NoKey {
			t.Errorf("without a key DKIM is found to be %s", got)
		}
	}
}

// TestKeysAreChangedOnceTheNextArePublished: until then the old ones sign.
func TestKeysAreChangedOnceTheNextArePublished(t *testing.T) {
	w := newWorld(t)
	record := w.add(t, "turn.test")
	if err := domain.Rotate(w.App, "turn.test"); err != nil {
		t.Fatal(err)
	}
	next := w.records(t, "turn.test")
	if got := one(t, next, domain.KindNextDKIM).Host; got != "gonets2._domainkey" {
		t.Errorf("the next key goes to %s", got)
	}
	without := dnstest.Start(t, map[string]string{"turn.test": ""})
	if report := w.check(t, resolverAt(t, without), "turn.test"); report.Changed || one(t, report, domain.KindDKIM).Host != "gonets1._domainkey" {
		t.Errorf("keys that are not published sign: %+v", report)
	}
	with := dnstest.Start(t, map[string]string{"turn.test": zone(next)})
	if report := w.check(t, resolverAt(t, with), "turn.test"); !report.Changed || one(t, report, domain.KindDKIM).Host != "gonets2._domainkey" {
		t.Errorf("keys that are published do not sign: %+v", report)
	}
	record, err := w.App.FindRecordById("domains", record.Id)
	if err != nil {
		t.Fatal(err)
	}
	if record.GetString("dkim_selector") != "gonets2" || record.GetString("next_selector") != "" || record.GetString("dkim_key") != "" {
		t.Errorf("the domain is %v", record.FieldsData())
	}
	if again := w.check(t, resolverAt(t, with), "turn.test"); again.Changed || one(t, again, domain.KindDKIM).Verdict != dnsrecord.OK {
		t.Errorf("checked again: %+v", again)
	}
}

// TestADeafNameServerIsNotWaitedForLong: nobody answers at all.
func TestADeafNameServerIsNotWaitedForLong(t *testing.T) {
	w := newWorld(t)
	w.add(t, "deaf.test")
	deaf, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begun := time.Now()
	report, err := domain.Check(ctx, w.App, resolverAt(t, deaf.LocalAddr().String()), "deaf.test")
	if err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	if err == nil && !report.Unanswered() {
		t.Errorf("found %+v", report)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}
