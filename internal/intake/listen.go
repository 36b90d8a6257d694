// Package intake runs the ways in of bounces as the operator has set them up: mailboxes that are read, servers that take
// bounces by SMTP and LMTP, and webhooks of mail providers. What comes in is booked by package feedback.
package intake

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/feedback"
	"gonets/internal/listening"
	"gonets/internal/receiver"
)

// Addresses are where bounces are taken by other mail servers, as "HOST:PORT"; "" is nowhere. Without a host, all addresses
// of the machine are listened on.
type Addresses struct{ SMTP, LMTP string }

// Servers take bounces by SMTP and LMTP. Several processes may do so beside each other: a transaction books each.
type Servers struct{ running []*receiver.Receiver }

// Listen starts the servers. It fails if an address is wrong or taken; then none is running.
func Listen(ctx context.Context, app core.App, booker *feedback.Booker, at Addresses) (*Servers, error) {
	s := &Servers{}
	for _, o := range []receiver.Options{{Addr: at.SMTP}, {Addr: at.LMTP, LMTP: true}} {
		if o.Addr == "" {
			continue
		}
		flag := "--bounce-listen"
		if o.LMTP {
			flag = "--bounce-lmtp"
		}
		if _, _, err := net.SplitHostPort(o.Addr); err != nil {
			return nil, errors.Join(fmt.Errorf("%s must be HOST:PORT, such as 127.0.0.1:2525: %w", flag, err), s.Close())
		}
		o.Hostname = listening.Hostname(app)
		o.IsOurs, o.Take, o.Log = booker.IsOurs, booker.Take(feedback.FromSMTP, ""), app.Logger()
		started, err := receiver.Start(ctx, o)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s %s: %w", flag, o.Addr, err), s.Close())
		}
		s.running = append(s.running, started)
	}
	return s, nil
}

// Addrs are where the servers listen, SMTP first.
func (s *Servers) Addrs() []net.Addr {
	var all []net.Addr
	for _, r := range s.running {
		all = append(all, r.Addr())
	}
	return all
}

// Close ends the servers when nothing is being booked any more. What was not answered is handed over again later.
func (s *Servers) Close() error {
	var errs []error
	for _, r := range s.running {
		errs = append(errs, r.Close())
	}
	s.running = nil
	return errors.Join(errs...)
}
