package bounce_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonets/internal/bounce"
)

// fixtures are emails in testdata, and what they say: kind, address, code, enhanced code and action of each recipient.
// Those of Postfix and Exim were made by them (mta_test.go); the others follow the RFCs and the forms of the systems.
var fixtures = map[string][]string{
	"postfix": {
		"hard unknown@example.com 550 5.1.1 failed", "hard gone@example.com 550 5.0.0 failed", "soft full@example.com 552 5.2.2 failed",
		"block spam@example.com 554 5.7.1 failed",
	},
	"postfix-expired": {"soft later@example.com 450 4.2.0 failed"},
	"postfix-delayed": {"delayed later@example.com 450 4.2.0 delayed"},
	"exim": {
		"hard unknown@example.com 550 5.1.1 failed", "hard gone@example.com 550 5.0.0 failed", "soft full@example.com 552 5.2.2 failed",
		"block spam@example.com 554 5.7.1 failed", "soft later@example.com 450 4.2.0 failed",
	},
	"qmail":                {"hard ann@example.com 0 5.1.1 ", "soft bob@example.com 552 5.2.2 "},
	"exchange-5.5":         {"hard ann@example.com 0  "},
	"exchange-german":      {"hard ann@example.com 550 5.1.1 "},
	"gmail-blocked":        {"block ann@example.com 554 5.7.1 "},
	"mailru":               {"hard ann@example.com 550  "},
	"russian-windows-1251": {"hard ann@example.com 0  "},
	"sendmail-old":         {"hard ann@nowhere.example 550  ", "hard bob@example.com 550 5.1.1 "},
	"notes":                {"hard ann@example.com 0  "},
	"opensmtpd-warning":    {"delayed ann@example.com 0  delayed"},
	"office365-denied":     {"hard ann@example.com 550 5.4.1 failed"},
	"forwarded":            {"hard ann+news@example.com 550 5.0.0 failed"},
	"utf8":                 {"hard анна@example.com 550 5.1.1 failed"},
	"delivered":            {"delivered ann@example.com 0 2.0.0 delivered", "delivered bob@example.com 0 2.1.9 relayed", "delivered list@example.com 0 2.0.0 expanded"},
	"broken-mime":          {"hard ann@example.com 0 5.1.1 failed", "soft bob@example.com 0 5.2.2 failed"},
	"nested":               {"hard ann@example.com 0 5.1.1 failed"},
	"complaint":            {"complaint ann@example.com 0  "},
	"ses-bounce":           {"hard ann@example.com 550 5.1.1 failed", "hard bob@example.com 0  "},
	"ses-complaint":        {"complaint ann@example.com 0  "},
	"complaint-hotmail":    {"complaint ann@example.com 0  "},
	"not-spam":             {"unknown ann@example.com 0  "},
	"vacation":             {"reply ann@example.com 0  "},
	"receipt":              {"reply ann@example.com 0  "},
	"person":               {"unknown  0  "},
	"person-delayed":       {"unknown  0  "},
	"bounce-of-vacation":   {"hard ann@example.com 0  "},
}

func TestWhatComesBackIsRead(t *testing.T) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) != len(fixtures) {
		t.Fatalf("%d fixtures and %d expectations: %v", len(files), len(fixtures), err)
	}
	for name, want := range fixtures {
		for _, ends := range []string{"\n", "\r\n", "\r"} {
			t.Run(fmt.Sprintf("%s with line ends %q", name, ends), func(t *testing.T) {
				r := bounce.Parse(bytes.ReplaceAll(fixture(t, name), []byte("\n"), []byte(ends)))
				got := map[string]bool{}
				for _, r := range r.Recipients {
					got[fmt.Sprintf("%s %s %d %s %s", r.Kind, r.Address, r.Code, r.Enhanced, r.Action)] = true
					if (r.Kind == bounce.Hard || r.Kind == bounce.Soft || r.Kind == bounce.Block) && r.Why == "" {
						t.Errorf("no reason for %+v", r)
					}
				}
				for _, w := range want {
					if !got[w] {
						t.Errorf("%q is missing in %v", w, got)
					}
				}
				if len(r.Recipients) != len(want) {
					t.Errorf("%d recipients: %+v", len(r.Recipients), r.Recipients)
				}
			})
		}
	}
}

func TestTheOriginalIsKnown(t *testing.T) {
	for _, name := range []string{"postfix", "exim", "qmail", "gmail-blocked", "sendmail-old", "office365-denied", "opensmtpd-warning", "nested", "complaint"} {
		o := bounce.Parse(fixture(t, name)).Original
		if o.MessageID != "1@news.example" || o.From != "news@news.example" || len(o.To) != 1 {
			t.Errorf("%s: %+v", name, o)
		}
	}
	for name := range fixtures {
		o := bounce.Parse(fixture(t, name)).Original
		found := false
		for _, a := range o.ReturnPaths {
			found = found || a == "bounces+mzxw6ytboi@news.example"
		}
		if !found && name != "not-spam" && name != "receipt" && !strings.HasPrefix(name, "person") {
			t.Errorf("%s: the return path is missing in %v", name, o.ReturnPaths)
		}
	}
}

func TestTheAddressThatWasMailedIsTheRecipient(t *testing.T) {
	r := bounce.Parse(fixture(t, "forwarded")).Recipients[0]
	if r.Address != "ann+news@example.com" || r.Final != "ann@elsewhere.example" {
		t.Errorf("%+v", r)
	}
}

func TestOneReportHasNoMoreThanItsLimits(t *testing.T) {
	var b strings.Builder
	b.WriteString("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n")
	for i := range 3 * bounce.MaxRecipients {
		fmt.Fprintf(&b, "Final-Recipient: rfc822; user%d@example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; %s\n\n", i, strings.Repeat("я", 3000))
		if b.Len() > 2<<20 {
			break
		}
	}
	for _, r := range bounce.Parse([]byte(b.String())).Recipients {
		if n := len([]rune(r.Diagnostic)); n > bounce.MaxDiagnostic {
			t.Fatalf("a diagnostic of %d characters", n)
		}
	}
	b.Reset()
	b.WriteString("Return-Path: <>\nSubject: failure notice\n\nfailed:\n")
	for i := range 3 * bounce.MaxRecipients {
		fmt.Fprintf(&b, "<u%d@example.com>: no\n", i)
	}
	if n := len(bounce.Parse([]byte(b.String())).Recipients); n != bounce.MaxRecipients {
		t.Errorf("%d recipients", n)
	}
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
