package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

const (
	// expiresSoon is when a certificate should have been renewed: Let's Encrypt's are renewed 30 days before their end.
	expiresSoon = 14 * 24 * time.Hour
	// certificateTime bounds the look at a certificate.
	certificateTime = 5 * time.Second
	// certificateFresh is how long what was seen is good for in a service.
	certificateFresh = time.Hour
)

// certificate checks the certificate of the public address, as visitors get it: the one of Gonets or that of a proxy.
func (d *doctor) certificate(ctx context.Context) error {
	address, err := url.Parse(d.app.Settings().Meta.AppURL)
	if err != nil || address.Scheme != "https" || address.Hostname() == "" || isLocal(address.Hostname()) {
		return nil // public_address has said so
	}
	if d.certificates != nil {
		d.findings = append(d.findings, d.certificates.Get(certificateFresh))
		return nil
	}
	d.findings = append(d.findings, certificateOf(ctx, address))
	return nil
}

func certificateOf(ctx context.Context, address *url.URL) Finding {
	ctx, cancel := context.WithTimeout(ctx, certificateTime)
	defer cancel()
	host, port := address.Hostname(), address.Port()
	if port == "" {
		port = "443"
	}
	f := Finding{Code: "certificate", Subject: host, Level: levelOK}
	dialer := tls.Dialer{Config: &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	var refused *tls.CertificateVerificationError
	switch {
	case errors.As(err, &refused):
		f.Level, f.Reason, f.Detail = levelError, "not_valid", host+": "+refused.Err.Error()
		f.Do = "renew the certificate, or have the proxy serve the one of this name; until then browsers and mail programs refuse the links"
	case err != nil:
		f.Level, f.Reason, f.Detail = levelWarning, "unreachable", fmt.Sprintf("%s cannot be reached from this machine: %s", host, err)
		f.Do = "open it from another network; if it works there, all is well"
	default:
		defer conn.Close()
		end := earliest(conn.(*tls.Conn).ConnectionState().PeerCertificates)
		f.Detail = host + " is certified until " + end.UTC().Format(time.DateTime+" MST")
		f.Values = map[string]any{"until": end.UTC().Format(time.RFC3339)}
		if time.Until(end) < expiresSoon {
			f.Level, f.Reason = levelError, "expires"
			f.Do = "renew it: it should have been renewed by itself by now"
		}
	}
	return f
}

// earliest is when the first certificate of a chain ends.
func earliest(chain []*x509.Certificate) time.Time {
	var end time.Time
	for _, c := range chain {
		if end.IsZero() || c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	return end
}
