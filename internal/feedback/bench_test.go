package feedback

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"testing"

	"gonets/internal/arrival"
	"gonets/internal/bounce"
	"gonets/internal/launch"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/returnpath"
	"gonets/internal/smtptest"
)

// BenchmarkApply books bounces from files as gonets bounces read --apply does, a hundred in one transaction. Its figures are
// for one bounce.
func BenchmarkApply(b *testing.B) {
	w, files := returned(b)
	benchmark(b, func() {
		var mails []Mail
		for i, file := range files {
			mails = append(mails, Mail{Mail: arrival.Mail{Source: read(b, file)}})
			if len(mails) < 100 && i < len(files)-1 {
				continue
			}
			booked, err := w.booker.Apply(b.Context(), mails)
			if err != nil || booked[0].Outcome != arrival.Booked {
				b.Fatal(booked, err)
			}
			mails = mails[:0]
		}
	})
	wantBooked(b, w)
}

// BenchmarkTake books each in a transaction of its own, as they come from mailboxes and by SMTP.
func BenchmarkTake(b *testing.B) {
	w, files := returned(b)
	take := w.booker.Take(FromSMTP, "")
	benchmark(b, func() {
		for _, file := range files {
			if outcome, err := take(b.Context(), arrival.Mail{Source: read(b, file)}); err != nil || outcome != arrival.Booked {
				b.Fatal(outcome, err)
			}
		}
	})
	wantBooked(b, w)
}

// BenchmarkReader reads the same files and books nothing.
func BenchmarkReader(b *testing.B) {
	_, files := returned(b)
	benchmark(b, func() {
		for _, file := range files {
			bounce.Parse(read(b, file))
		}
	})
}

// BenchmarkBareParse only takes the same files apart with the standard library.
func BenchmarkBareParse(b *testing.B) {
	_, files := returned(b)
	benchmark(b, func() {
		for _, file := range files {
			m, err := mail.ReadMessage(bytes.NewReader(read(b, file)))
			if err != nil {
				b.Fatal(err)
			}
			_, params, _ := mime.ParseMediaType(m.Header.Get("Content-Type"))
			for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
				p, err := parts.NextPart()
				if err != nil {
					break // the end
				}
				if _, err := io.Copy(io.Discard, p); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func benchmark(b *testing.B, run func()) {
	b.ResetTimer()
	run()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "bounces/s")
}

func read(b *testing.B, file string) []byte {
	source, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	return source
}

// returned makes a mailing that was sent to b.N recipients, and a file with the soft bounce of each.
func returned(b *testing.B) (*world, []string) {
	b.Helper()
	w := &world{World: mailingtest.New(b), server: smtptest.Start(b, smtptest.Script{})}
	w.booker = New(w.App)
	w.NewClients(b.N)
	sender := w.NewSender(w.server, map[string]any{"return_path": "bounces@example.org", "return_path_style": "plus"})
	id := w.NewMailing(map[string]any{"sender": sender})
	verbs := launch.New(w.App, func() {})
	if _, err := verbs.Launch(b.Context(), id, ""); err != nil {
		b.Fatal(err)
	}
	w.sql(`UPDATE recipients SET state = 'sent', tries = 1`, nil)
	w.sql(`UPDATE mailings SET sent = total, status = 'completed', finished_at = started_at`, nil)
	var key []byte
	if err := w.App.DB().NewQuery(`SELECT return_key FROM contents`).Row(&key); err != nil {
		b.Fatal(err)
	}
	var rows []struct {
		ID    int64
		Email string
	}
	if err := w.App.DB().NewQuery(`SELECT id, email FROM recipients`).All(&rows); err != nil {
		b.Fatal(err)
	}
	path, err := returnpath.New("bounces@example.org", returnpath.Plus)
	if err != nil {
		b.Fatal(err)
	}
	folder := b.TempDir()
	files := make([]string, len(rows))
	for i, r := range rows {
		files[i] = filepath.Join(folder, fmt.Sprint(i))
		header := "From: News <news@example.org>\r\nTo: <" + r.Email + ">\r\nSubject: Hello\r\nMessage-ID: <" + returnpath.MessageID(returnpath.Key(key), r.ID) + "@example.org>\r\n\r\n"
		source := dsn(smtptest.Mail{From: path.Of(returnpath.Key(key), r.ID), To: []string{r.Email}, Body: []byte(header)}, "5.2.2", "552 5.2.2 mailbox full")
		if err := os.WriteFile(files[i], source, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return w, files
}

func wantBooked(b *testing.B, w *world) {
	if n := w.count(`SELECT COUNT(*) FROM recipients WHERE state = '`+string(mailing.Bounced)+`'`, nil); n != b.N {
		b.Fatalf("%d of %d are bounced", n, b.N)
	}
}
