// Package nameserver asks the domain name system: a resolver, or the name servers of a domain itself, whose answers are not out of
// a cache.
package nameserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"

	"github.com/miekg/dns"

	"gonets/internal/address"
)

// Resolver is the resolver of this machine, or the one that the operator names. The zero value is that of this machine. It is a
// value of a flag (pflag.Value).
type Resolver struct{ server string }

// resolvConf is where a Unix machine has the addresses of its resolvers.
const resolvConf = "/etc/resolv.conf"

// ErrNoName is wrapped by errors about a name that does not exist at all. Errors about a name that only has no record of the
// kind that was asked for do not wrap it; both are a *net.DNSError with IsNotFound.
var ErrNoName = errors.New("no such name")

// Set names the resolver: an IP address or a host name, with a port or without.
func (r *Resolver) Set(server string) error {
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		host, port = server, "53"
		if ip, err := netip.ParseAddr(server); err == nil {
			host = ip.String()
		}
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 || !isHost(host) {
		return fmt.Errorf("%q is no name server: give its address, such as 9.9.9.9 or 127.0.0.1:5353", server)
	}
	r.server = net.JoinHostPort(host, port)
	return nil
}

func isHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return address.IsASCIIDomain(host)
}

// String is the resolver that was named, "" for that of this machine.
func (r *Resolver) String() string { return r.server }

// Type is what the help of a command calls the value.
func (r *Resolver) Type() string { return "ADDRESS" }

// servers are the addresses of the resolver.
func (r *Resolver) servers() ([]string, error) {
	if r.server != "" {
		return []string{r.server}, nil
	}
	conf, err := dns.ClientConfigFromFile(resolvConf)
	if err != nil || len(conf.Servers) == 0 {
		return nil, errors.New("this machine does not say which resolver it has: name one with --dns")
	}
	var servers []string
	for _, s := range conf.Servers {
		servers = append(servers, net.JoinHostPort(s, conf.Port))
	}
	return servers, nil
}

// LookupTXT returns the TXT records of a name, each in one piece.
func (r *Resolver) LookupTXT(ctx context.Context, name string) ([]string, error) {
	if r.server == "" {
		return net.DefaultResolver.LookupTXT(ctx, name)
	}
	return texts(r.ask(ctx, name, dns.TypeTXT))
}

// LookupMX returns the mail servers of a domain, the preferred ones first.
func (r *Resolver) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	if r.server == "" {
		return net.DefaultResolver.LookupMX(ctx, name)
	}
	return mailServers(r.ask(ctx, name, dns.TypeMX))
}

// LookupHost returns the addresses of a host.
func (r *Resolver) LookupHost(ctx context.Context, name string) ([]string, error) {
	if r.server == "" {
		return net.DefaultResolver.LookupHost(ctx, name)
	}
	return hosts(ctx, name, r.ask)
}

// ask asks the resolver, which follows aliases.
func (r *Resolver) ask(ctx context.Context, name string, kind uint16) (*dns.Msg, error) {
	servers, err := r.servers()
	if err != nil {
		return nil, err
	}
	var answer *dns.Msg
	for _, server := range servers[:min(len(servers), maxResolvers)] {
		if answer, err = exchange(ctx, server, name, kind, true); err == nil {
			return found(answer, name)
		}
	}
	return nil, err
}

// maxResolvers is how many resolvers of this machine are asked, as resolvers of C libraries do.
const maxResolvers = 3
