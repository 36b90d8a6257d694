package e2e

import (
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"gonets/internal/mtatest"
	"gonets/internal/outbox"
	"gonets/internal/smtptest"
)

// postfixSetting is a setting in packaging/docker/postfix.Dockerfile.
var postfixSetting = regexp.MustCompile(`(?m)^    "([a-z_A-Z]+) = ?(.*)" \\?$`)

// Test18ThePostfixOfTheComposeFileTakesMailings runs a Postfix with the settings of its Dockerfile over those of Debian, which offers
// encryption with a certificate that nobody knows. Only networks, logs and where emails go to are others.
func Test18ThePostfixOfTheComposeFileTakesMailings(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(filepath.Join("..", "packaging", "docker", "postfix.Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	certificate, _, err := smtptest.Certificate([]string{"nobody.example"})
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	settings := []string{"smtpd_tls_cert_file = {dir}/cert.pem", "smtpd_tls_key_file = {dir}/key.pem", "smtpd_tls_security_level = may"}
	found := postfixSetting.FindAllStringSubmatch(string(file), -1)
	if len(found) < 8 {
		t.Fatalf("only these settings are found in the Dockerfile: %q", found)
	}
	for _, f := range found {
		if !slices.Contains([]string{"inet_interfaces", "maillog_file"}, f[1]) {
			settings = append(settings, f[1]+" = "+f[2])
		}
	}

	w := emptyWorld(t, 2*time.Minute)
	w.catchMail(outbox.Options{})
	_, behind, err := net.SplitHostPort(w.outbox.Addr())
	if err != nil {
		t.Fatal(err)
	}
	to, err := strconv.Atoi(behind)
	if err != nil {
		t.Fatal(err)
	}
	port := mtatest.Postfix(t, mtatest.Config{Behind: to, Settings: settings, Files: map[string]string{
		"cert.pem": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})),
		"key.pem":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
	}})
	w.command("superuser", "upsert", rootEmail, password).wantCode(t, 0)
	w.serve()
	w.signInRoot()
	w.useMailServer(net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	// An email about an account, which PocketBase sends, and a mailing.
	w.root.post("/api/settings/test/email", object{"email": "boss@example.org", "template": "verification"}).want(204)
	w.mails("boss@example.org", 1)
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 1, numbered)
	owner.after(owner.mailing(owner.message(nil), nil), "completed", "send", nil)
	w.mails(numbered(0), 1)
}
