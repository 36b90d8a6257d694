package submission

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
	"golang.org/x/crypto/acme/autocert"

	"gonets/internal/listening"
	"gonets/internal/transactional"
)

// Settings say where e-mails are taken.
type Settings struct {
	Address   string // HOST:PORT; "" is nowhere
	Cert, Key string // files in PEM; without them the certificate of Domains is used
	// Domains are those that the server gets certificates for from Let's Encrypt.
	Domains []string
}

// Flags adds the flags of the settings to the command that serves.
func Flags(serve *cobra.Command) *Settings {
	o := new(Settings)
	serve.Flags().StringVar(&o.Address, "smtp-listen", "", "take e-mails of programs by SMTP at HOST:PORT (docs/smtp.md)")
	serve.Flags().StringVar(&o.Cert, "smtp-cert", "", "certificate for it, a file in PEM; default: that of the domain that is served")
	serve.Flags().StringVar(&o.Key, "smtp-key", "", "key of that certificate, a file in PEM")
	run := serve.RunE
	serve.RunE = func(c *cobra.Command, domains []string) error {
		o.Domains = domains
		return run(c, domains)
	}
	return o
}

// Bind takes e-mails by SMTP while the application serves. The settings are read when it begins to.
func Bind(app core.App, service *transactional.Service, o *Settings) {
	listening.Bind(app, "take e-mails by SMTP", func(e *core.ServeEvent) (io.Closer, error) {
		if o.Address == "" {
			return nil, nil
		}
		encryption, err := o.encryption(app.Logger(), e.CertManager)
		if err != nil {
			return nil, err
		}
		running, err := start(app, service, o.Address, encryption, !o.onThisMachine())
		if err != nil {
			return nil, fmt.Errorf("--smtp-listen %s: %w", o.Address, err)
		}
		app.Logger().Info("E-mails of programs are taken by SMTP", "address", running.smtp.Addr().String(), "tls", encryption != nil)
		return running, nil
	})
}

// encryption is how connections are encrypted; nil if they are not, which is for programs on this machine only.
func (o *Settings) encryption(log *slog.Logger, certificates *autocert.Manager) (*tls.Config, error) {
	if _, _, err := net.SplitHostPort(o.Address); err != nil {
		return nil, fmt.Errorf("--smtp-listen must be HOST:PORT, such as 127.0.0.1:2587: %w", err)
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	switch {
	case (o.Cert == "") != (o.Key == ""):
		return nil, errors.New("--smtp-cert and --smtp-key belong together: give both")
	case o.Cert != "":
		f := &pair{cert: o.Cert, key: o.Key, log: log}
		if err := f.load(); err != nil {
			return nil, fmt.Errorf("--smtp-cert, --smtp-key: %w", err)
		}
		c.GetCertificate = f.certificate
	case len(o.Domains) > 0:
		c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if hello.ServerName == "" { // some programs do not say whom they call
				hello.ServerName = o.Domains[0]
			}
			return certificates.GetCertificate(hello)
		}
	case !o.onThisMachine():
		return nil, fmt.Errorf("--smtp-listen %s can be reached from other machines, so it needs a certificate: give --smtp-cert and --smtp-key, or serve a domain", o.Address)
	default:
		return nil, nil
	}
	return c, nil
}

// onThisMachine reports whether only programs on this machine can reach the address.
func (o *Settings) onThisMachine() bool {
	at, err := net.ResolveTCPAddr("tcp", o.Address)
	return err == nil && at.IP.IsLoopback()
}

// reloadEvery is how soon a certificate that was renewed is used.
const reloadEvery = time.Minute

// pair is a certificate with its key, in files that are read again when they change.
type pair struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	loaded  *tls.Certificate
	of      [2]time.Time // when the files were changed that it is loaded from
	checked time.Time
}

func (f *pair) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.checked) >= reloadEvery {
		if err := f.load(); err != nil {
			f.log.Error("read the certificate for SMTP again; the old one stays", "err", err)
		}
	}
	return f.loaded, nil
}

// load reads the files if they have changed.
func (f *pair) load() error {
	f.checked = time.Now()
	var of [2]time.Time
	for i, path := range []string{f.cert, f.key} {
		about, err := os.Stat(path)
		if err != nil {
			return err
		}
		of[i] = about.ModTime()
	}
	if f.loaded != nil && of == f.of {
		return nil
	}
	loaded, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.loaded, f.of = &loaded, of
	return nil
}
