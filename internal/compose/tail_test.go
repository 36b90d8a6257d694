package compose

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gonets/internal/base64lines"
	"gonets/internal/dkim"
)

// files is a storage that counts what is read from it.
type files struct {
	opened, read, open atomic.Int64
}

// attachment is a file of so many bytes that nobody holds in memory.
func (f *files) attachment(name string, size int64) Attachment {
	return Attachment{Name: name, ContentType: "application/pdf", Size: size, Open: func() (io.ReadCloser, error) {
		f.opened.Add(1)
		f.open.Add(1)
		return &file{f, io.LimitReader(rand.NewChaCha8([32]byte([]byte(strings.Repeat(name, 32)[:32]))), size)}, nil
	}}
}

type file struct {
	files *files
	io.Reader
}

func (f *file) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	f.files.read.Add(int64(n))
	return n, err
}

func (f *file) Close() error {
	f.files.open.Add(-1)
	return nil
}

// largest counts the bytes written to it and remembers the longest write.
type largest struct{ written, longest int }

func (l *largest) Write(p []byte) (int, error) {
	l.written += len(p)
	l.longest = max(l.longest, len(p))
	return len(p), nil
}

func TestLargeAttachmentsAreReadWhileTheMailIsWritten(t *testing.T) {
	t.Parallel()
	const size = 5<<20 + 1
	var storage files
	l := messageOf4600()
	l.Attachments = []Attachment{storage.attachment("a.pdf", size), storage.attachment("b.pdf", size)}
	c := prepare(t, l)
	if n := storage.read.Load(); n != 0 {
		t.Errorf("%d bytes were read although there is no mail yet", n)
	}
	var dst []byte
	for mails := int64(1); mails <= 3; mails++ {
		m, err := c.Compose(dst, anna(), march)
		if err != nil {
			t.Fatal(err)
		}
		dst = m.Head
		if len(m.Head) > 16<<10 || c.frame.after.inMemory() > 16<<10 {
			t.Errorf("%d bytes of the mail and %d of all mails are in memory", len(m.Head), c.frame.after.inMemory())
		}
		var w largest
		n, err := m.WriteTo(&w)
		if err != nil || n != m.Size() || int64(w.written) != n || n < 2*size*4/3 {
			t.Errorf("wrote %d bytes, %d were to be written, %v", n, m.Size(), err)
		}
		if w.longest > 70<<10 {
			t.Errorf("%d bytes were written at once", w.longest)
		}
		if opened := storage.opened.Load(); opened != 2*mails || storage.open.Load() != 0 {
			t.Errorf("for %d mails %d files were opened, %d are still", mails, opened, storage.open.Load())
		}
	}
}

func TestSmallAttachmentsAreReadOnce(t *testing.T) {
	t.Parallel()
	var storage files
	l := messageOf4600()
	l.Attachments = []Attachment{storage.attachment("a.pdf", maxKeptAttachments/2), storage.attachment("b.pdf", maxKeptAttachments/2)}
	c := prepare(t, l)
	for range 3 {
		if _, err := c.Mail(anna(), march); err != nil {
			t.Fatal(err)
		}
	}
	if n := storage.opened.Load(); n != 2 {
		t.Errorf("files were opened %d times", n)
	}
}

// TestAttachmentsArriveAsTheyAre checks sizes around the ends of lines and blocks, kept and streamed.
func TestAttachmentsArriveAsTheyAre(t *testing.T) {
	t.Parallel()
	const blockOf = base64lines.BytesPerBlock
	for _, size := range []int64{0, 1, 2, 3, 56, 57, 58, 114, 115, blockOf - 1, blockOf, blockOf + 1, 2 * blockOf, 2*blockOf + 57, maxKeptAttachments, maxKeptAttachments + 1} {
		for _, beside := range []int64{0, maxKeptAttachments + 1} { // the second makes all of them be streamed
			var storage files
			l := messageOf4600()
			l.Attachments = []Attachment{storage.attachment("a.bin", size), storage.attachment("b.bin", beside)}
			m, err := prepare(t, l).Compose(nil, anna(), march)
			if err != nil {
				t.Fatal(err)
			}
			var source bytes.Buffer
			if n, err := m.WriteTo(&source); err != nil || n != m.Size() || n != int64(source.Len()) {
				t.Fatalf("%d bytes beside %d: wrote %d of %d, %v", size, beside, n, m.Size(), err)
			}
			got := receive(t, source.Bytes())
			for i, name := range []string{"a.bin", "b.bin"} {
				r, _ := l.Attachments[i].Open()
				want, _ := io.ReadAll(r)
				if got.attachments[name] != string(want) {
					t.Errorf("%d bytes beside %d: %s has %d bytes and is not what was attached", size, beside, name, len(got.attachments[name]))
				}
			}
		}
	}
}

func TestAStreamedMailIsSignedAsAWhole(t *testing.T) {
	t.Parallel()
	key := ed25519Key(t)
	var storage files
	l := messageOf4600()
	l.Attachments = []Attachment{storage.attachment("a.pdf", 3<<20)}
	l.DKIM = []dkim.Key{{Domain: "example.org", Selector: "s1", PrivateKey: key.pem}}
	c := prepare(t, l)
	m, err := c.Compose(nil, anna(), march)
	if err != nil {
		t.Fatal(err)
	}
	var source bytes.Buffer
	if _, err := m.WriteTo(&source); err != nil {
		t.Fatal(err)
	}
	if err := verify(t, source.Bytes(), key.record); err != nil {
		t.Error(err)
	}
	source.Bytes()[source.Len()-200] ^= 1
	if verify(t, source.Bytes(), key.record) == nil {
		t.Error("a changed attachment goes unnoticed")
	}
}

func TestAnAttachmentThatChangedOrCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	for _, size := range []int64{1000, 5 << 20} {
		for name, open := range map[string]func() (io.ReadCloser, error){
			"cannot be opened": func() (io.ReadCloser, error) { return nil, gone },
			"is shorter":       func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zeros{}, size-1)), nil },
			"is longer":        func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zeros{}, size+1)), nil },
			"never ends":       func() (io.ReadCloser, error) { return io.NopCloser(zeros{}), nil },
			"breaks": func() (io.ReadCloser, error) {
				return io.NopCloser(io.MultiReader(io.LimitReader(zeros{}, size/2), broken{gone})), nil
			},
		} {
			l := messageOf4600()
			l.Attachments = []Attachment{{Name: "a.bin", Size: size, Open: open}}
			c, err := Prepare(l)
			if err == nil {
				var m Email
				if m, err = c.Compose(nil, anna(), march); err == nil {
					_, err = m.WriteTo(io.Discard)
				}
			}
			if err == nil || !strings.Contains(err.Error(), "a.bin") {
				t.Errorf("a file of %d bytes that %s: %v", size, name, err)
			}
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestPreviewsAreNotSigned(t *testing.T) {
	t.Parallel()
	l := messageOf4600()
	l.DKIM = []dkim.Key{{Domain: "example.org", Selector: "s1", PrivateKey: ed25519Key(t).pem}}
	c := prepare(t, l)
	p, err := c.Preview(anna(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.ToLower(p.Source), "dkim-signature") {
		t.Errorf("a preview is signed:\n%s", p.Source)
	}
	if source, err := c.Mail(anna(), march); err != nil || !bytes.HasPrefix(source, []byte("DKIM-Signature: ")) {
		t.Errorf("the mail is not signed, %v", err)
	}
}
