package sender

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"syscall"

	"gonets/internal/relay"
)

// reasonOf is why a mail server could not be used, in a word for which the UI has advice; "" when the stage says all that is known.
func reasonOf(err *relay.ServerError) string {
	var (
		hostname  x509.HostnameError
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		plain     tls.RecordHeaderError
		dns       *net.DNSError
		network   net.Error
	)
	switch {
	case errors.As(err, &hostname):
		return "certificate_name"
	case errors.As(err, &authority):
		return "certificate_unknown"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "certificate_expired"
	case errors.As(err, &plain):
		return "not_tls"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "no_such_host"
	case errors.As(err, &dns):
		return "dns"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "closed_port"
	case errors.Is(err, relay.ErrNoStartTLS):
		return "no_starttls"
	case errors.Is(err, relay.ErrNoLogin):
		return "no_login"
	case errors.Is(err, relay.ErrUnencrypted):
		return "unencrypted"
	case err.Stage == relay.StageLogin && err.Answer.Code >= 500:
		return "wrong_password"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "timeout"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "unreachable"
	}
	return ""
}
