package contestant

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync/atomic"
)

// blast measures the ceiling: each connection writes the same prepared bytes again and again (a body with its final dot and
// the next envelope) and counts the lines of the answers. Nothing is rendered, parsed or recorded.
func blast(ctx context.Context, address string, l Load) (int, error) {
	envelope := "MAIL FROM:<news@example.org>\r\nRCPT TO:<reader1234567@example.com>\r\nDATA\r\n"
	group := []byte(string(prepared(l.Size)) + ".\r\n" + envelope)
	return inParallel(l.Connections, func(mails *atomic.Int64) error {
		nc, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return err
		}
		defer nc.Close()
		defer context.AfterFunc(ctx, func() { _ = nc.Close() })()
		replies := make([]byte, 4096)
		for _, turn := range []struct {
			say   string
			lines int
		}{{"", 1}, {"EHLO bench\r\n", 4}, {envelope, 3}} {
			if err := exchange(nc, []byte(turn.say), turn.lines, replies); err != nil {
				return ended(ctx, err)
			}
		}
		for {
			if err := exchange(nc, group, 4, replies); err != nil {
				return ended(ctx, err)
			}
			mails.Add(1)
		}
	})
}

// exchange writes and then reads so many lines. None of them may be a refusal.
func exchange(nc net.Conn, say []byte, lines int, replies []byte) error {
	if len(say) > 0 {
		if _, err := nc.Write(say); err != nil {
			return err
		}
	}
	for lines > 0 {
		n, err := nc.Read(replies)
		if err != nil {
			return err
		}
		if replies[0] == '4' || replies[0] == '5' {
			return fmt.Errorf("refused: %.60q", replies[:n])
		}
		lines -= bytes.Count(replies[:n], []byte("\n"))
	}
	return nil
}
