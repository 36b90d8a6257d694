package nameserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

// A hostile domain must not make us ask for long: these are the most name servers, addresses of one, aliases in a row, and
// questions in all. Every question has its own bound of time (patience), and all together that of the context.
const (
	maxServers   = 4
	maxAddresses = 2
	maxAliases   = 8
	maxQuestions = 120
)

// errTooMany says that a domain needs more questions than we ask.
var errTooMany = errors.New("it takes too many questions")

// Zone is the part of the domain name system that a domain is in. Questions about names in it go to its own name servers, all
// others to the resolver.
type Zone struct {
	// Apex is the name at its top, such as example.org for mail.example.org.
	Apex string
	// Servers are its name servers that answer. It is empty if none does: then the resolver is asked, whose answers may be out of
	// its cache.
	Servers []string

	resolver  *Resolver
	addresses []string     // of Servers, with ports
	first     atomic.Int64 // of the addresses: it answered last
	asked     atomic.Int64
}

// ZoneOf finds the zone that a domain is in. Its error wraps ErrNoName if the domain does not exist.
//
// If the operator has named a resolver that is itself a name server of the domain, that one is asked alone.
func (r *Resolver) ZoneOf(ctx context.Context, domain string) (*Zone, error) {
	z := &Zone{resolver: r}
	authoritative, err := z.findApex(ctx, domain)
	if err != nil {
		return nil, err
	}
	if authoritative && r.server != "" {
		z.Servers, z.addresses = []string{r.server}, []string{r.server}
		return z, nil
	}
	answer, err := z.recurse(ctx, z.Apex, dns.TypeNS)
	if err != nil {
		return nil, err
	}
	var servers []server
	for _, record := range answer.Answer {
		ns, ok := record.(*dns.NS)
		if !ok || len(servers) >= maxServers*maxAddresses {
			continue
		}
		found, err := hosts(ctx, ns.Ns, z.recurse)
		if err != nil {
			continue // the others may be found
		}
		usable := slices.DeleteFunc(found, func(ip string) bool { return r.server == "" && !isPublic(ip) })
		for _, ip := range usable[:min(len(usable), maxAddresses)] {
			servers = append(servers, server{strings.TrimSuffix(strings.ToLower(ns.Ns), "."), net.JoinHostPort(ip, "53")})
		}
	}
	z.keepThoseThatAnswer(ctx, servers)
	return z, nil
}

// server is an address of a name server.
type server struct{ name, address string }

// keepThoseThatAnswer asks all name servers at the same time whether they have authority for the zone.
func (z *Zone) keepThoseThatAnswer(ctx context.Context, servers []server) {
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	answered := make([]bool, len(servers))
	var all sync.WaitGroup
	for i, s := range servers {
		all.Go(func() {
			answer, err := exchange(ctx, s.address, z.Apex, dns.TypeSOA, false)
			answered[i] = err == nil && answer.Authoritative
		})
	}
	all.Wait()
	for i, s := range servers {
		if answered[i] {
			z.Servers, z.addresses = append(z.Servers, s.name), append(z.addresses, s.address)
		}
	}
	z.Servers = slices.Compact(z.Servers)
}

// reachTime bounds how long name servers are waited for when they are asked first.
const reachTime = 3 * time.Second

// isPublic reports whether an address is one of the internet. Whoever makes the name servers of a domain must not have us ask
// machines of our own network.
func isPublic(ip string) bool {
	a, err := netip.ParseAddr(ip)
	a = a.Unmap()
	return err == nil && a.IsGlobalUnicast() && !a.IsPrivate() && !sharedSpace.Contains(a)
}

// sharedSpace are the addresses between a provider and its customers (RFC 6598).
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// findApex finds the top of the zone by its SOA record, which is in the answer for the apex and beside the answer for names
// below it (RFC 2308 § 3). It reports whether the server has authority for the zone.
func (z *Zone) findApex(ctx context.Context, domain string) (authoritative bool, err error) {
	for name := domain; strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
		answer, err := z.recurseRaw(ctx, name, dns.TypeSOA)
		if err != nil {
			return false, err
		}
		for _, record := range slices.Concat(answer.Answer, answer.Ns) {
			apex := strings.TrimSuffix(strings.ToLower(record.Header().Name), ".")
			if record.Header().Rrtype != dns.TypeSOA || !isIn(name, apex) {
				continue
			}
			if !strings.Contains(apex, ".") { // the domain is not registered
				return false, &net.DNSError{Err: ErrNoName.Error(), UnwrapErr: ErrNoName, Name: domain, IsNotFound: true}
			}
			z.Apex = apex
			return answer.Authoritative, nil
		}
	}
	return false, &net.DNSError{Err: ErrNoName.Error(), UnwrapErr: ErrNoName, Name: domain, IsNotFound: true}
}

// isIn reports whether a name is in a zone.
func isIn(name, apex string) bool {
	return name == apex || strings.HasSuffix(name, "."+apex)
}

// LookupTXT returns the TXT records of a name, each in one piece.
func (z *Zone) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return texts(z.ask(ctx, name, dns.TypeTXT))
}

// LookupMX returns the mail servers of a domain, the preferred ones first.
func (z *Zone) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	return mailServers(z.ask(ctx, name, dns.TypeMX))
}

// LookupHost returns the addresses of a host.
func (z *Zone) LookupHost(ctx context.Context, name string) ([]string, error) {
	return hosts(ctx, name, z.ask)
}

// Alias returns the name that a name is an alias of (CNAME), "" if it is none.
func (z *Zone) Alias(ctx context.Context, name string) (string, error) {
	answer, err := z.ask(ctx, name, dns.TypeCNAME)
	switch {
	case isMissing(err):
		return "", nil
	case err != nil:
		return "", err
	}
	return aliasIn(answer, name), nil
}

// aliasIn is the target of the alias that the name is in an answer.
func aliasIn(answer *dns.Msg, name string) string {
	for _, r := range answer.Answer {
		if c, ok := r.(*dns.CNAME); ok && strings.EqualFold(c.Hdr.Name, dns.Fqdn(name)) {
			return strings.ToLower(strings.TrimSuffix(c.Target, "."))
		}
	}
	return ""
}

// ask asks whoever has authority for a name, and follows aliases.
func (z *Zone) ask(ctx context.Context, name string, kind uint16) (*dns.Msg, error) {
	for range maxAliases {
		name = strings.ToLower(strings.TrimSuffix(name, "."))
		if len(z.addresses) == 0 || !isIn(name, z.Apex) {
			return z.recurse(ctx, name, kind)
		}
		answer, err := z.askServers(ctx, name, kind)
		if err != nil {
			return nil, err
		}
		if isReferral(answer) {
			return z.recurse(ctx, name, kind) // a part of the zone that has servers of its own
		}
		_, missing := found(answer, name)
		target := aliasIn(answer, name)
		if missing == nil || target == "" {
			return answer, missing
		}
		name = target
	}
	return nil, &net.DNSError{Err: fmt.Sprintf("more than %d aliases in a row", maxAliases), Name: name, IsTemporary: true}
}

// isReferral reports whether a server names other servers instead of an answer.
func isReferral(answer *dns.Msg) bool {
	return !answer.Authoritative && len(answer.Answer) == 0 &&
		slices.ContainsFunc(answer.Ns, func(r dns.RR) bool { return r.Header().Rrtype == dns.TypeNS })
}

// askServers asks the name servers one after the other until one answers. That one is asked first from then on.
func (z *Zone) askServers(ctx context.Context, name string, kind uint16) (*dns.Msg, error) {
	var last error
	first := int(z.first.Load())
	for i := range z.addresses {
		at := (first + i) % len(z.addresses)
		if err := z.count(name); err != nil {
			return nil, err
		}
		answer, err := exchange(ctx, z.addresses[at], name, kind, false)
		if err != nil {
			last = err
			continue
		}
		z.first.Store(int64(at))
		return answer, nil
	}
	return nil, last
}

// recurse asks the resolver.
func (z *Zone) recurse(ctx context.Context, name string, kind uint16) (*dns.Msg, error) {
	answer, err := z.recurseRaw(ctx, name, kind)
	if err != nil {
		return nil, err
	}
	return found(answer, name)
}

func (z *Zone) recurseRaw(ctx context.Context, name string, kind uint16) (answer *dns.Msg, err error) {
	servers, err := z.resolver.servers()
	if err != nil {
		return nil, err
	}
	for _, server := range servers[:min(len(servers), maxResolvers)] {
		if err := z.count(name); err != nil {
			return nil, err
		}
		if answer, err = exchange(ctx, server, name, kind, true); err == nil {
			return answer, nil
		}
	}
	return nil, err
}

// count counts the questions.
func (z *Zone) count(name string) error {
	if z.asked.Add(1) > maxQuestions {
		return &net.DNSError{Err: errTooMany.Error(), UnwrapErr: errTooMany, Name: name, IsTemporary: true}
	}
	return nil
}
