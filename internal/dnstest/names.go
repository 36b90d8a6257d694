package dnstest

import (
	"context"
	"net"
)

// Names is a domain name system without a server: TXT records by their names. "MX NAME" has the mail servers of a name and
// "A NAME" its addresses.
type Names map[string][]string

// LookupTXT returns the records of a name.
func (n Names) LookupTXT(_ context.Context, name string) ([]string, error) {
	if texts, ok := n[name]; ok {
		return texts, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// LookupMX returns the mail servers of a name.
func (n Names) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	hosts, err := n.LookupTXT(ctx, "MX "+name)
	var servers []*net.MX
	for _, host := range hosts {
		servers = append(servers, &net.MX{Host: host})
	}
	return servers, err
}

// LookupHost returns the addresses of a name.
func (n Names) LookupHost(ctx context.Context, name string) ([]string, error) {
	return n.LookupTXT(ctx, "A "+name)
}
