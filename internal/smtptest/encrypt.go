package smtptest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"time"
)

func (s *session) startTLS() error {
	if s.server.script.TLS != StartTLS || s.encrypted {
		s.say("502 5.5.1 Error: command not implemented")
		return nil
	}
	if done, err := s.act(STARTTLS, "220 2.0.0 Ready to start TLS"); err != nil || !done {
		return err
	}
	return s.encrypt()
}

// encrypt begins anew over TLS: what was said before does not count (RFC 3207 § 4.2).
func (s *session) encrypt() error {
	if err := s.flush(); err != nil {
		return err
	}
	secure := tls.Server(s.nc, &tls.Config{Certificates: []tls.Certificate{s.server.cert}})
	if err := secure.Handshake(); err != nil {
		return err
	}
	s.nc = secure
	s.in = bufio.NewReaderSize(turning{s}, 64<<10)
	s.encrypted, s.greeted = true, false
	return nil
}

// Certificate makes a certificate for names and IP addresses that vouches for itself, and a pool that trusts it.
func Certificate(names []string) (tls.Certificate, *x509.CertPool, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "peer.test"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots, nil
}
