package webhook

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Fetch gets a page of Amazon's by HTTPS. It must not follow redirects, and must read no more than maxPage bytes.
type Fetch func(ctx context.Context, address string) ([]byte, error)

// Limits of what is fetched.
const (
	// maxPage is the maximum size of a page in bytes; a certificate has two thousand.
	maxPage = 64 << 10
	// fetchTime is how long a page may take.
	fetchTime = 10 * time.Second
	// mostFetches is how many pages are fetched in a minute. Amazon changes its certificate once a year, so more are asked
	// for by forged messages only.
	mostFetches = 10
	// mostCertificates is how many certificates are kept.
	mostCertificates = 20
)

// client follows no redirects: they are how the pinning of a host was got around elsewhere.
var client = &http.Client{
	Timeout:       fetchTime,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// fetchAmazon is Fetch by the network.
func fetchAmazon(ctx context.Context, address string) ([]byte, error) {
	return fetch(ctx, client, address)
}

func fetch(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answered %s", response.Status)
	}
	page, err := io.ReadAll(io.LimitReader(response.Body, maxPage+1))
	if err == nil && len(page) > maxPage {
		err = errors.New("the page is too long")
	}
	return page, err
}

// certificate is one that was fetched.
type certificate struct {
	key         *rsa.PublicKey
	from, until time.Time
}

// get fetches a page, within the limits.
func (r *Reader) get(ctx context.Context, address string) ([]byte, error) {
	r.mu.Lock()
	now := time.Now()
	for len(r.fetched) > 0 && now.Sub(r.fetched[0]) > time.Minute {
		r.fetched = r.fetched[1:]
	}
	full := len(r.fetched) >= mostFetches
	if !full {
		r.fetched = append(r.fetched, now)
	}
	r.mu.Unlock()
	if full {
		return nil, fmt.Errorf("%w: too many were fetched", ErrUnavailable)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	page, err := r.fetch(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return page, nil
}

// key is the public key of the certificate at an address, which is Amazon's.
func (r *Reader) key(ctx context.Context, address string, now time.Time) (*rsa.PublicKey, error) {
	r.mu.Lock()
	known, ok := r.certificates[address]
	r.mu.Unlock()
	if !ok {
		page, err := r.get(ctx, address)
		if err != nil {
			return nil, err
		}
		if known, err = parse(page); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		r.mu.Lock()
		if len(r.certificates) >= mostCertificates {
			clear(r.certificates)
		}
		r.certificates[address] = known
		r.mu.Unlock()
	}
	if now.Before(known.from) || now.After(known.until) {
		return nil, fmt.Errorf("%w: its certificate has expired", ErrSignature)
	}
	return known.key, nil
}

func parse(page []byte) (certificate, error) {
	block, _ := pem.Decode(page)
	if block == nil || block.Type != "CERTIFICATE" {
		return certificate{}, errors.New("the page is no certificate")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return certificate{}, err
	}
	key, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok {
		return certificate{}, errors.New("the certificate has no RSA key")
	}
	return certificate{key, c.NotBefore, c.NotAfter}, nil
}
