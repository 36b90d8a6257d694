package relay

import (
	"context"
	"net"
)

// Dial connects to a mail server, sends EHLO, starts TLS and logs in, as s requires. Ending ctx ends the attempt.
//
// Every error is a *ServerError.
func Dial(ctx context.Context, s Server) (*Conn, error) {
	s = s.filled()
	if err := s.check(); err != nil {
		return nil, &ServerError{Server: s.address(), Stage: StageConnect, Err: err}
	}
	dialer := net.Dialer{Timeout: s.Timeouts.Connect}
	nc, err := dialer.DialContext(ctx, "tcp", s.address())
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, &ServerError{Server: s.address(), Stage: StageConnect, Err: err}
	}
	c := &Conn{server: s, wire: newWire(nc), loopback: isLoopback(nc.RemoteAddr())}
	defer c.bind(ctx)()
	if trouble := c.greet(); trouble != nil {
		_ = c.raw.Close()
		trouble.Server = s.address()
		return nil, trouble
	}
	return c, nil
}

// greet does everything that comes before the first mail.
func (c *Conn) greet() *ServerError {
	if c.server.TLS == TLSImplicit {
		if err := c.handshake(); err != nil {
			return &ServerError{Stage: StageTLS, Err: err}
		}
	}
	greeting, err := c.readReply(c.server.Timeouts.Greeting)
	if err != nil {
		return &ServerError{Stage: StageGreeting, Err: err}
	}
	if greeting.code != 220 {
		return &ServerError{Stage: StageGreeting, Answer: greeting.answer(StageGreeting)}
	}
	c.greeting = greeting.answer(StageGreeting)
	if trouble := c.hello(); trouble != nil {
		return trouble
	}
	if trouble := c.startTLS(); trouble != nil {
		return trouble
	}
	return c.login()
}

// hello sends EHLO and reads the extensions of the server, or HELO if the server does not know EHLO.
func (c *Conn) hello() *ServerError {
	name := c.server.LocalName
	if name == "" {
		name = addressLiteral(c.nc.LocalAddr())
	}
	r, err := c.ask("EHLO " + name)
	if err != nil {
		return &ServerError{Stage: StageHello, Err: err}
	}
	if r.isSuccess() {
		c.can = parseExtensions(string(r.text))
		return nil
	}
	if r.code/100 != 5 {
		return &ServerError{Stage: StageHello, Answer: r.answer(StageHello)}
	}
	r, err = c.ask("HELO " + name)
	if err != nil {
		return &ServerError{Stage: StageHello, Err: err}
	}
	if !r.isSuccess() {
		return &ServerError{Stage: StageHello, Answer: r.answer(StageHello)}
	}
	c.can = extensions{size: -1}
	return nil
}

// ask sends one line and waits for the reply.
func (c *Conn) ask(line string) (reply, error) {
	if c.in.Buffered() > 0 {
		return reply{}, protocolError{"something was said before it was asked for"}
	}
	c.out = append(append(c.out, line...), "\r\n"...)
	if _, err := c.flush(c.server.Timeouts.Command); err != nil {
		return reply{}, err
	}
	return c.readReply(c.server.Timeouts.Command)
}

// addressLiteral is the name of a host without a name in EHLO: [192.0.2.1] or [IPv6:2001:db8::1] (RFC 5321 § 4.1.3).
func addressLiteral(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	switch {
	case !ok:
		return "localhost"
	case tcp.IP.To4() != nil:
		return "[" + tcp.IP.String() + "]"
	}
	return "[IPv6:" + tcp.IP.String() + "]"
}

func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
