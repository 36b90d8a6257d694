package mtatest

import (
	"crypto/tls"
	"fmt"
	"testing"

	"gonets/internal/porttest"
)

// Submission starts a Postfix as mail services have them: it takes mail only over TLS by STARTTLS, with the certificate, and only
// from those who have signed in, with any user name and DovecotPassword. A Dovecot beside it knows the passwords.
// What it accepts it passes on to the port behind.
func Submission(t testing.TB, behind int, certificate tls.Certificate) (port int) {
	t.Helper()
	passwords := porttest.Free(t)
	Dovecot(t, certificate, fmt.Sprintf(`
auth_mechanisms = plain login
service auth {
  inet_listener {
    address = 127.0.0.1
    port = %d
  }
}`, passwords))
	cert, key := pemOf(t, certificate)
	return Postfix(t, Config{
		Behind: behind,
		Files:  map[string]string{"cert.pem": cert, "key.pem": key},
		Settings: []string{
			"smtpd_tls_cert_file = {dir}/cert.pem",
			"smtpd_tls_key_file = {dir}/key.pem",
			"smtpd_tls_security_level = encrypt",
			"smtpd_tls_auth_only = yes",
			"smtpd_sasl_auth_enable = yes",
			"smtpd_sasl_type = dovecot",
			fmt.Sprintf("smtpd_sasl_path = inet:127.0.0.1:%d", passwords),
			"smtpd_delay_reject = yes",
			"smtpd_relay_restrictions = permit_sasl_authenticated, reject",
		},
	})
}
