package e2e

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
)

// Test15LargeAttachmentsAreNotInMemory sends 30 mails of 16 MB over ten connections, and ten more as tests.
func Test15LargeAttachmentsAreNotInMemory(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("this system does not tell how much memory a process has had")
	}
	const (
		total = 30
		most  = 130 // MB; whole in memory, the mails of ten connections alone would be 164
	)
	w := newWorld(t, 3*time.Minute, outbox.Options{Keep: -1})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, total, numbered)
	message := owner.message(nil)
	owner.attach(message, 2, 6<<20)
	id := owner.mailing(message, nil)

	w.restart() // what uploads have taken is another matter
	owner.verb(id, "send", nil).want(202)
	owner.reaches(id, "completed")
	if n := w.outbox.Total(); n != total {
		t.Errorf("%d mails arrived, want %d", n, total)
	}
	to := make([]string, 10)
	for i := range to {
		to[i] = numbered(i)
	}
	owner.post("/api/gonets/mailings/"+id+"/test", object{"to": to}).want(200)
	if n := w.outbox.Total(); n != total+len(to) {
		t.Errorf("%d mails arrived, want %d", n, total+len(to))
	}
	if peak := w.server.peak(); peak > most {
		t.Errorf("the process took %d MB, want at most %d", peak, most)
	}
}

// attach adds files of so many bytes to a message.
func (c *client) attach(message string, files, size int) {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := range files {
		file, err := form.CreateFormFile("attachments", fmt.Sprintf("file%d.bin", i))
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := file.Write(bytes.Repeat([]byte{byte(i), 0xff}, size/2)); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		c.t.Fatal(err)
	}
	c.send(http.MethodPatch, "/api/collections/messages/records/"+message, &body, form.FormDataContentType()).want(200)
}

// peak is the most memory in MB that the process has had.
func (p *process) peak() int {
	p.t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(raw), "VmHWM:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		p.t.Fatalf("no VmHWM in %s", raw)
	}
	kb, err := strconv.Atoi(fields[0])
	if err != nil {
		p.t.Fatal(err)
	}
	return kb >> 10
}
