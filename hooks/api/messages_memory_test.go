package api_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"gonets/hooks/api"
	"gonets/hooks/hookstest"
	"gonets/internal/memory"
)

func TestPreviewsAndTestsTakeTheirMemoryByTurns(t *testing.T) {
	p := newPost(t, nil)
	const budget = 8 << 20
	mails := memory.Limit(p.App, budget, budget).Mails
	body := strings.Repeat("<p>A paragraph.</p>\n", 5_000) // 100 KB: 3 MB to make a mail of it
	p.Set(t, "messages", p.Message.Id, "body", body)
	draft := map[string]any{"subject": "x", "body": body, "to": []string{"me@gonets.example"}}
	var group sync.WaitGroup
	for _, who := range []string{boris, marta, superuser} {
		for range 3 { // each may have four at once
			group.Go(func() { p.Expect(t, 200, who, "POST", "/api/gonets/messages/preview", draft) })
		}
	}
	for range 2 {
		group.Go(func() { p.Expect(t, 200, anna, "GET", p.Route("preview"), nil) })
		group.Go(func() { p.Expect(t, 200, anna, "GET", p.Route("preflight"), nil) })
	}
	for range 5 {
		group.Go(func() { p.Expect(t, 200, anna, "POST", "/api/gonets/messages/test", draft) })
		group.Go(func() { p.Expect(t, 200, anna, "POST", p.Route("test"), map[string]any{"to": draft["to"]}) })
	}
	group.Wait()
	if mails.Most() > budget || mails.Most() < 2<<20 || mails.Taken() != 0 {
		t.Errorf("%d bytes of %d were taken, %d still are", mails.Most(), budget, mails.Taken())
	}
}

func TestWhoGetsNoMemoryIsToldToComeAgain(t *testing.T) {
	p := newPost(t, nil)
	mails := memory.Limit(p.App, 1<<20, 1<<20).Mails
	all, _ := mails.TryTake(1 << 20)
	defer all.Release()
	for _, path := range []string{p.Route("preview"), p.Route("preflight"), "/api/gonets/messages/preview"} {
		method := http.MethodGet
		if strings.HasPrefix(path, "/api/gonets/messages") {
			method = http.MethodPost
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			defer cancel()
			for mails.Waiting() == 0 && t.Context().Err() == nil {
				runtime.Gosched()
			}
		}()
		r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(`{"body":"x"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", p.Tokens[anna])
		rec := httptest.NewRecorder()
		p.HTTP.ServeHTTP(rec, r)
		if rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), `"mails_busy"`) || rec.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
}

// TestADraftThatArrivesSlowlyKeepsNoMemory: however long it takes, others have all of it.
func TestADraftThatArrivesSlowlyKeepsNoMemory(t *testing.T) {
	p := newPost(t, nil)
	mails := memory.Of(p.App).Mails
	raw := []byte(`{"subject":"x","body":"` + strings.Repeat("x", 300_000) + `"}`)
	taken := int64(-1)
	a := p.Ask(t, anna, "POST", "/api/gonets/messages/preview", io.MultiReader(
		bytes.NewReader(raw[:200_000]),
		&reading{Reader: bytes.NewReader(raw[200_000:]), begin: sync.OnceFunc(func() { taken = mails.Taken() })},
	))
	if a.Status != 200 || taken != 0 || mails.Most() < int64(len(raw)) {
		t.Errorf("%d, %d bytes were taken while it arrived, %d then", a.Status, taken, mails.Most())
	}
}

func TestADraftThatIsTooLongIsRefused(t *testing.T) {
	p := newPost(t, nil)
	long := `{"body":"` + strings.Repeat("x", api.MaxDraftBytes) + `"}`
	for _, path := range []string{"preview", "test", "html"} {
		for name, body := range map[string]io.Reader{
			"of a length that is told":     strings.NewReader(long),
			"of a length that is not told": io.MultiReader(strings.NewReader(long)),
			"twice too long":               io.MultiReader(strings.NewReader(long + long)),
		} {
			if a := p.Ask(t, anna, "POST", "/api/gonets/messages/"+path, body); a.Status != http.StatusRequestEntityTooLarge {
				t.Errorf("%s %s: %d %s", path, name, a.Status, a.Text)
			}
		}
	}
}

func TestATestWithLargeAttachmentsIsSentWhole(t *testing.T) {
	p := newPost(t, nil)
	p.Expect(t, 200, anna, "PATCH", recordsOf("messages", p.Message.Id), hookstest.FileForm(t, "attachments", "menu.txt", bytes.Repeat([]byte("soup of the day"), 100_000)))
	a := p.Expect(t, 200, anna, "POST", p.Route("test"), map[string]any{"to": []string{"me@gonets.example", "you@gonets.example"}})
	for email, r := range a.By(t, "results", "email") {
		if r["status"] != "success" {
			t.Errorf("%s: %v", email, r)
		}
	}
	for _, item := range p.Outbox.List(0, 2, "").Items {
		mail, _ := p.Outbox.One(item.ID)
		if n := len(mail.Source); n < 1_500_000*4/3 || !strings.Contains(mail.Source, "c291cCBvZiB0aGUgZGF5") {
			t.Errorf("a mail of %d bytes arrived", n)
		}
	}
}

func TestAttachmentsThatCannotBeReadAreNotTheFaultOfTheRequest(t *testing.T) {
	p := newPost(t, nil)
	p.Expect(t, 200, anna, "PATCH", recordsOf("messages", p.Message.Id), hookstest.FileForm(t, "attachments", "menu.txt", []byte("soup of the day")))
	must(t, os.RemoveAll(filepath.Join(p.App.DataDir(), "storage")))
	for method, verb := range map[string]string{"GET": "preview", "POST": "test"} {
		a := p.Expect(t, 500, anna, method, p.Route(verb), map[string]any{"to": []string{"me@gonets.example"}})
		if strings.Contains(a.Text, "menu") {
			t.Errorf("it tells %s", a.Text)
		}
	}
}
