package nameserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

const (
	// patience is how long one try waits for an answer, and tries how often a question is sent: packets get lost.
	patience = 2 * time.Second
	tries    = 2
	// maxPacket is the size of a UDP answer that passes every network (DNS flag day 2020); what is larger comes by TCP.
	maxPacket = 1232
)

// exchange asks one server one question. It fails when the server does not answer, or answers that it cannot.
func exchange(ctx context.Context, server, name string, kind uint16, recurse bool) (*dns.Msg, error) {
	question := new(dns.Msg)
	question.SetQuestion(dns.Fqdn(name), kind)
	question.RecursionDesired = recurse
	question.SetEdns0(maxPacket, false)
	var answer *dns.Msg
	var err error
	for try := 0; try < tries && ctx.Err() == nil; try++ {
		answer, err = send(ctx, "udp", question, server)
		if err == nil && answer.Truncated {
			answer, err = send(ctx, "tcp", question, server)
		}
		if err == nil {
			break
		}
	}
	switch {
	case err == nil && answer == nil:
		err = ctx.Err()
	case err == nil && answer.Rcode != dns.RcodeSuccess && answer.Rcode != dns.RcodeNameError:
		err = errors.New("it answers " + dns.RcodeToString[answer.Rcode])
	}
	if err != nil {
		return nil, &net.DNSError{Err: err.Error(), UnwrapErr: err, Name: name, Server: server, IsTemporary: true}
	}
	return answer, nil
}

func send(ctx context.Context, network string, question *dns.Msg, server string) (*dns.Msg, error) {
	client := dns.Client{Net: network, Timeout: patience, UDPSize: maxPacket}
	answer, _, err := client.ExchangeContext(ctx, question, server)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", server, err)
	}
	return answer, nil
}

// found returns an answer that has something of the kind that was asked for, or an error that says that there is nothing.
func found(answer *dns.Msg, name string) (*dns.Msg, error) {
	kind := answer.Question[0].Qtype
	if slices.ContainsFunc(answer.Answer, func(r dns.RR) bool { return r.Header().Rrtype == kind }) {
		return answer, nil
	}
	missing := &net.DNSError{Err: "no such record", Name: name, IsNotFound: true}
	if answer.Rcode == dns.RcodeNameError {
		missing.Err, missing.UnwrapErr = ErrNoName.Error(), ErrNoName
	}
	return nil, missing
}

// isMissing reports whether an error says that there is no such name or record.
func isMissing(err error) bool {
	var failed *net.DNSError
	return errors.As(err, &failed) && failed.IsNotFound
}

func texts(answer *dns.Msg, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	var all []string
	for _, r := range answer.Answer {
		if t, ok := r.(*dns.TXT); ok {
			all = append(all, unescape(strings.Join(t.Txt, "")))
		}
	}
	return all, nil
}

// unescape takes back what the library writes as in a zone file: \" and \DDD.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\' || i+1 == len(s):
			b.WriteByte(s[i])
		case i+3 < len(s) && isDigit(s[i+1]) && isDigit(s[i+2]) && isDigit(s[i+3]):
			b.WriteByte((s[i+1]-'0')*100 + (s[i+2]-'0')*10 + s[i+3] - '0')
			i += 3
		default:
			b.WriteByte(s[i+1])
			i++
		}
	}
	return b.String()
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func mailServers(answer *dns.Msg, err error) ([]*net.MX, error) {
	if err != nil {
		return nil, err
	}
	var all []*net.MX
	for _, r := range answer.Answer {
		if m, ok := r.(*dns.MX); ok {
			all = append(all, &net.MX{Host: strings.ToLower(m.Mx), Pref: m.Preference})
		}
	}
	slices.SortStableFunc(all, func(a, b *net.MX) int { return int(a.Pref) - int(b.Pref) })
	return all, nil
}

// hosts asks for both kinds of addresses.
func hosts(ctx context.Context, name string, ask func(context.Context, string, uint16) (*dns.Msg, error)) ([]string, error) {
	var all []string
	var missing error
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		answer, err := ask(ctx, name, kind)
		switch {
		case isMissing(err):
			missing = err
			continue
		case err != nil:
			return nil, err
		}
		for _, r := range answer.Answer {
			switch r := r.(type) {
			case *dns.A:
				all = append(all, r.A.String())
			case *dns.AAAA:
				all = append(all, r.AAAA.String())
			}
		}
	}
	if len(all) == 0 {
		return nil, missing
	}
	return all, nil
}
