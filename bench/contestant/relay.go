package contestant

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"

	"gonets/internal/relay"
)

// sendByRelay sends the same e-mails by relay.Conn, which the engine uses too, each to another recipient, and parses the
// answers.
func sendByRelay(ctx context.Context, address string, l Load) (int, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return 0, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return 0, err
	}
	s := relay.Server{Host: host, Port: number, LocalName: "bench"}
	body := prepared(l.Size)
	var recipients atomic.Int64
	next := func() relay.Envelope {
		to := "reader" + strconv.FormatInt(recipients.Add(1), 10) + "@example.com"
		return relay.Envelope{From: "news@example.org", To: to}
	}
	return inParallel(l.Connections, func(mails *atomic.Int64) error {
		c, err := relay.Dial(ctx, s)
		if err != nil {
			return ended(ctx, err)
		}
		defer c.Close()
		if err := c.Begin(next()); err != nil {
			return err
		}
		for {
			answer, err := c.Begun(ctx)
			if err != nil {
				return ended(ctx, err)
			}
			if !answer.Open() {
				return fmt.Errorf("refused: %s", answer)
			}
			after := next()
			if answer, err = c.Finish(ctx, bytes.NewReader(body), &after); err != nil {
				return ended(ctx, err)
			}
			if !answer.Success() {
				return fmt.Errorf("refused: %s", answer)
			}
			mails.Add(1)
		}
	})
}
