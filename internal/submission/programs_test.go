package submission

import (
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gonets/internal/smtptest"
)

// program leaves out a test without a program.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("GONETS_REQUIRE_ALL") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

// TestPrograms hands over e-mails with programs of others: swaks, msmtp, and mail() of PHP, which runs msmtp as PHP's
// sendmail_path, as it does on servers of WordPress and with cron.
func TestPrograms(t *testing.T) {
	w := newWorld(t, true)
	dir := t.TempDir()
	ca, conf, body := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "msmtprc"), filepath.Join(dir, "page.html")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.certificate})
	for path, content := range map[string]string{
		ca:   string(cert),
		body: "<p>" + strings.Repeat("Заказ принят. ", 20_000) + "</p>\n",
		conf: fmt.Sprintf("account default\nhost localhost\nport %d\nauth plain\nuser any\npassword %s\ntls on\ntls_starttls on\ntls_trust_file %s\nfrom news@example.org\nset_from_header on\n", w.port(), w.secret, ca),
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	arrived := 0
	for _, p := range []struct {
		name, program string
		arguments     []string
		in, want      string
	}{
		{"swaks by PLAIN", "swaks", []string{"--auth", "PLAIN"}, "", "This is a test mailing"},
		{"swaks by LOGIN, 500 KB", "swaks", []string{"--auth", "LOGIN", "--add-header", "Content-Type: text/html; charset=utf-8", "--body", "@" + body}, "", "Заказ принят"},
		{"msmtp", "msmtp", []string{"-C", conf, "ivan@example.com"}, "From: root (Cron Daemon)\nSubject: cron\n\nBackup is done\n", "Backup is done"},
		{"PHP", "php", []string{
			"-d", "sendmail_path=msmtp -C " + conf + " -t", "-r", `exit(mail("ivan@example.com", "Новый комментарий", "Ваш комментарий", ["From" => "Блог <news@example.org>", "Content-Type" => "text/plain; charset=utf-8"]) ? 0 : 1);`,
		}, "", "Ваш комментарий"},
	} {
		t.Run(p.name, func(t *testing.T) {
			if p.program == "php" {
				program(t, "msmtp")
			}
			if p.program == "swaks" {
				p.arguments = append(p.arguments, "--server", "127.0.0.1", "--port", fmt.Sprint(w.port()), "--tls", "--tls-verify", "--tls-ca-path", ca,
					"--auth-user", "any", "--auth-password", w.secret, "--from", "news@example.org", "--to", "ivan@example.com", "--timeout", "30")
			}
			c := exec.CommandContext(t.Context(), program(t, p.program), p.arguments...)
			c.Stdin = strings.NewReader(p.in)
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			arrived++
			m := w.arrived(arrived)
			if !strings.Contains(string(m.Body), p.want) || !strings.Contains(string(m.Body), "ESMTPSA") || strings.Join(m.To, " ") != "ivan@example.com" {
				t.Errorf("to %s arrived\n%.3000s", m.To, m.Body)
			}
			w.verified(m.Body)
		})
	}
	t.Run("without TLS nobody signs in", func(t *testing.T) {
		c := w.dial(t)
		c.says("MAIL FROM:<news@example.org>", "530 5.7.0 Begin TLS first")
		c.says("AUTH PLAIN "+plain(w.secret), "523 5.7.10 ")
		if hello := c.says("EHLO program.test", "250 "); strings.Contains(hello, "AUTH") || !strings.Contains(hello, "STARTTLS") {
			t.Errorf("offered: %s", hello)
		}
	})
}

func TestTheCertificate(t *testing.T) {
	cert, _, err := smtptest.Certificate([]string{"mail.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "cert.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, o := range map[string]*Settings{
		"HOST:PORT":               {Address: "587"},
		"needs a certificate":     {Address: ":587"},
		"belong together":         {Address: ":587", Cert: file},
		"--smtp-cert, --smtp-key": {Address: ":587", Cert: file, Key: file},
		"no such file":            {Address: ":587", Cert: file, Key: file + "x"},
	} {
		if _, err := o.encryption(nil, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", *o, err, want)
		}
	}
	for _, at := range []string{"127.0.0.1:0", "[::1]:0", "localhost:0"} {
		if c, err := (&Settings{Address: at}).encryption(nil, nil); c != nil || err != nil {
			t.Errorf("%s: %v, %v", at, c, err)
		}
	}
}
