//go:build !race

// go-smtp v0.25.1 reads its field dataResult in the goroutine of a chunk, and writes it in that of the connection: the race
// detector ends this test for a race that is not ours.

package receiver_test

import (
	"fmt"
	"strings"
	"testing"

	"gonets/internal/receiver"
)

// TestEnvelopesOfChunks begins an email with an empty chunk and gives it up at once, so that the goroutine that receives it
// may run when the next one has begun. go-smtp can then answer the next one with the error of the first, and the client tries again;
// but whatever is booked has its own envelope and text, and whatever is answered 250 is booked.
func TestEnvelopesOfChunks(t *testing.T) {
	var b books
	c := dial(t, start(t, false, b.take))
	c.says("", "220 ")
	c.says("EHLO mx.test", "250 ")
	promised := map[string]bool{}
	for n := range receiver.MaxMails / 2 {
		to := fmt.Sprintf("bounces+%d@example.org", n)
		c.chunks("MAIL FROM:<eve@example.net>\r\nRCPT TO:<bounces+eve@example.org>\r\nBDAT 0\r\nRSET\r\n"+
			"MAIL FROM:<mx@example.net>\r\nRCPT TO:<"+to+">\r\nBDAT 4 LAST\r\ntext", "250 ", "250 ", "250 ", "250 ", "250 ", "250 ")
		line, err := c.ReadLine()
		if err != nil {
			t.Fatal(err)
		}
		promised[to] = strings.HasPrefix(line, "250 ")
	}
	c.says("QUIT", "221 ")
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, mail := range b.mails {
		if mail.Sender != "mx@example.net" || len(mail.Recipients) != 1 || string(mail.Source) != "text" {
			t.Errorf("booked %q from %q to %q", mail.Source, mail.Sender, mail.Recipients)
			continue
		}
		delete(promised, mail.Recipients[0])
	}
	for to, said := range promised {
		if said {
			t.Errorf("what was for %s was answered 250 and is not booked", to)
		}
	}
}
