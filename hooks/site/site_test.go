package site_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/andybalholm/brotli"

	"gonets/hooks/hookstest"
	"gonets/hooks/request"
	"gonets/hooks/site"
)

const (
	startPage = "<!doctype html><title>Gonets</title>"
	immutable = "public, max-age=31536000, immutable"
)

var script = strings.Repeat("export const answer = 42;\n", 100)

// newSite serves a few files as `serve` does.
func newSite(t *testing.T) *world {
	t.Helper()
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	site := &site.Site{Embedded: fstest.MapFS{
		"index.html":                        text(startPage),
		"app.js":                            text(script),
		"style.css":                         text("body{}"),
		"icon.svg":                          text("<svg xmlns='http://www.w3.org/2000/svg'/>"),
		"site.webmanifest":                  text("{}"),
		"robots.txt":                        text("User-agent: *"),
		"pages/index.html":                  text("<p>pages</p>"),
		"vendor/preact-11.2.0.js":           text(script),
		"vendor/dompurify@3.4.1/purify.mjs": text(script),
		"vendor/inter-latin-5.3.0.woff2":    text(strings.Repeat("\x00\x01", 1000)),
		"vendor/licences/preact.txt":        text("MIT"),
		".env":                              text("SECRET=1"),
		".git/config":                       text("[core]"),
		".well-known/security.txt":          text("Contact: mailto:root@example.org"),
	}}
	return newWorld(t, request.BindCompression, site.Bind)
}

func TestTheSiteIsServedAsItStands(t *testing.T) {
	w := newSite(t)
	for _, tc := range []struct {
		name, path, contentType, cache string
		body                           string
	}{
		{"the start page", "/", "text/html; charset=utf-8", "no-cache", startPage},
		{"the start page by name", "/index.html", "text/html; charset=utf-8", "no-cache", startPage},
		{"a folder's page", "/pages/", "text/html; charset=utf-8", "no-cache", "<p>pages</p>"},
		{"a script", "/app.js", "text/javascript; charset=utf-8", "no-cache", script},
		{"a script that is asked for with a query", "/app.js?v=1", "text/javascript; charset=utf-8", "no-cache", script},
		{"a style sheet", "/style.css", "text/css; charset=utf-8", "no-cache", "body{}"},
		{"a drawing", "/icon.svg", "image/svg+xml", "no-cache", "<svg xmlns='http://www.w3.org/2000/svg'/>"},
		{"a manifest", "/site.webmanifest", "application/manifest+json", "no-cache", "{}"},
		{"a vendor file with its version in its name", "/vendor/preact-11.2.0.js", "text/javascript; charset=utf-8", immutable, script},
		{"a vendor file in a folder with its version", "/vendor/dompurify@3.4.1/purify.mjs", "text/javascript; charset=utf-8", immutable, script},
		{"a font", "/vendor/inter-latin-5.3.0.woff2", "font/woff2", immutable, strings.Repeat("\x00\x01", 1000)},
		{"a vendor file without a version", "/vendor/licences/preact.txt", "text/plain; charset=utf-8", "no-cache", "MIT"},
		{"a well-known file", "/.well-known/security.txt", "text/plain; charset=utf-8", "no-cache", "Contact: mailto:root@example.org"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := w.Get(t, anonymous, tc.path)
			if rec.Code != http.StatusOK || rec.Body.String() != tc.body {
				t.Fatalf("%d %.80q", rec.Code, rec.Body)
			}
			if got := rec.Header().Get("Content-Type"); got != tc.contentType {
				t.Errorf("content type %q", got)
			}
			if got := rec.Header().Get("Cache-Control"); got != tc.cache {
				t.Errorf("cache control %q", got)
			}
			tag := rec.Header().Get("ETag")
			if !strings.HasPrefix(tag, `"`) || rec.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("tag %q, headers %v", tag, rec.Header())
			}
			if again := w.Get(t, anonymous, tc.path, "If-None-Match", `"other", W/`+tag); again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("ETag") != tag {
				t.Errorf("asked again: %d %q %v", again.Code, again.Body, again.Header())
			}
			head := w.Send(t, anonymous, http.MethodHead, tc.path)
			if head.Code != http.StatusOK || head.Body.Len() > 0 || head.Header().Get("Content-Length") != rec.Header().Get("Content-Length") {
				t.Errorf("HEAD: %d, %d bytes, %v", head.Code, head.Body.Len(), head.Header())
			}
		})
	}
}

func TestWhatIsNotThereIs404AndNoPage(t *testing.T) {
	w := newSite(t)
	for _, path := range []string{
		"/nothing", "/missing.js", "/pages", "/vendor/", "/index.html/", "/index.html/x", "/.env", "/.git/config",
		"/pages/../.env", "/%2e%2e/go.mod", "/..%2f..%2fetc/passwd", "/a%00b", "/" + strings.Repeat("x", 5000),
		"/api/nothing", "/api/gonets/nothing",
	} {
		rec := w.Get(t, anonymous, path, "Accept", "text/html")
		switch {
		case rec.Code == http.StatusNotFound && strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json"):
		case rec.Code/100 == 3 && !strings.Contains(rec.Header().Get("Location"), ".."): // the router cleans the path first
		default:
			t.Errorf("%.40s: %d %s %.80q", path, rec.Code, rec.Header().Get("Content-Type"), rec.Body)
		}
	}
	if rec := w.Send(t, anonymous, http.MethodPost, "/app.js"); rec.Code != http.StatusNotFound && rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST of a file: %d", rec.Code)
	}
}

func TestTextIsCompressedForWhoTakesIt(t *testing.T) {
	w := newSite(t)
	for _, tc := range []struct {
		name, path, accepts, coding string
	}{
		{"browsers take the shortest", "/app.js", "gzip, deflate, br, zstd", "br"},
		{"others take gzip", "/app.js", "gzip, deflate", "gzip"},
		{"at a price", "/app.js", "br;q=0, gzip;q=0.2", "gzip"},
		{"or not at all", "/app.js", "gzip;q=0", ""},
		{"or say nothing of it", "/app.js", "", ""},
		{"a short file gains nothing", "/style.css", "gzip, br", ""},
		{"a font is compressed already", "/vendor/inter-latin-5.3.0.woff2", "gzip, br", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := w.Get(t, anonymous, tc.path, "Accept-Encoding", tc.accepts)
			if got := rec.Header().Get("Content-Encoding"); got != tc.coding {
				t.Fatalf("coding %q, headers %v", got, rec.Header())
			}
			switch tc.coding {
			case "gzip":
				if hookstest.Unzipped(t, rec) != script {
					t.Error("the file came out changed")
				}
			case "br":
				if body, err := io.ReadAll(brotli.NewReader(rec.Body)); err != nil || string(body) != script {
					t.Errorf("the file came out changed: %v", err)
				}
			}
		})
	}

	plain, zipped := w.Get(t, anonymous, "/app.js"), w.Get(t, anonymous, "/app.js", "Accept-Encoding", "gzip")
	if plain.Header().Get("ETag") == zipped.Header().Get("ETag") {
		t.Error("both codings have one strong tag")
	}
	for _, rec := range []*httptest.ResponseRecorder{plain, zipped} {
		if rec.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("vary %q", rec.Header().Get("Vary"))
		}
	}
}

func TestARangeGetsTheWholeFile(t *testing.T) {
	w := newSite(t)
	for _, accepts := range []string{"", "gzip"} {
		rec := w.Get(t, anonymous, "/app.js", "Range", "bytes=0-9", "Accept-Encoding", accepts)
		if rec.Code != http.StatusOK || rec.Header().Get("Content-Range") != "" || rec.Header().Get("Accept-Ranges") != "none" {
			t.Errorf("%d %v", rec.Code, rec.Header())
		}
	}
}

func TestPagesSayWhatABrowserMayDo(t *testing.T) {
	w := newSite(t)
	for _, path := range []string{"/", "/icon.svg"} {
		header := w.Get(t, anonymous, path).Header()
		policy := header.Get("Content-Security-Policy")
		for _, part := range []string{
			"default-src 'self'", "script-src 'self';", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
			"img-src 'self' data: blob: https: https://gonets.example;",
		} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: %q is not in %q", path, part, policy)
			}
		}
		if strings.Contains(policy, "unsafe-eval") || strings.Count(policy, "unsafe-inline") != 1 {
			t.Errorf("%s: %q", path, policy)
		}
		for name, want := range map[string]string{
			"Referrer-Policy": "same-origin", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestAFolderShowsEditsAtOnce(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "app.js")
	site := &site.Site{Folder: folder}
	w := newWorld(t, site.Bind)

	if rec := w.Get(t, anonymous, "/app.js"); rec.Code != http.StatusNotFound {
		t.Errorf("before there is one: %d", rec.Code)
	}
	tags := map[string]bool{}
	at := time.Now()
	for i, content := range []string{"one", "two", "longer"} {
		must(t, os.WriteFile(file, []byte(content), 0o600))
		must(t, os.Chtimes(file, time.Time{}, at.Add(time.Duration(i)*time.Millisecond)))
		rec := w.Get(t, anonymous, "/app.js")
		if rec.Body.String() != content {
			t.Errorf("got %q, want %q", rec.Body, content)
		}
		tags[rec.Header().Get("ETag")] = true
	}
	if len(tags) != 3 {
		t.Errorf("three contents have %d tags", len(tags))
	}
	must(t, os.Remove(file))
	if rec := w.Get(t, anonymous, "/app.js"); rec.Code != http.StatusNotFound {
		t.Errorf("after it is gone: %d", rec.Code)
	}
}

func TestAFolderThatIsNotThereIsRefused(t *testing.T) {
	site := &site.Site{Folder: filepath.Join(t.TempDir(), "nothing")}
	if _, err := site.Files(); err == nil || !strings.Contains(err.Error(), "--public") {
		t.Errorf("got %v", err)
	}
}
