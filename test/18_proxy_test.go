package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gonets/internal/outbox"
	"gonets/internal/smtptest"
)

// proxied is the name that both examples in packaging/proxy are about.
const proxied = "mail.example.org"

// Test18TheExamplesOfProxiesWork runs Caddy and nginx with the examples of packaging/proxy, in which only ports, the certificate and
// the address of Gonets are others.
func Test18TheExamplesOfProxiesWork(t *testing.T) {
	t.Parallel()
	for _, proxy := range []struct {
		name  string
		start func(t *testing.T, w *world, at string)
	}{{"caddy", caddy}, {"nginx", nginx}} {
		t.Run(proxy.name, func(t *testing.T) {
			t.Parallel()
			tool(t, proxy.name)
			w := newWorld(t, 3*time.Minute, outbox.Options{})
			w.root.patch("/api/settings", object{
				"meta": object{"appURL": "https://" + proxied}, "trustedProxy": object{"headers": []string{"X-Real-IP"}},
			}).want(200)
			at := freeAddress(t)
			certificate, roots, err := smtptest.Certificate([]string{proxied})
			if err != nil {
				t.Fatal(err)
			}
			key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(w.folder, "certificate.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}))
			write(t, filepath.Join(w.folder, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
			proxy.start(t, w, at)

			// from is a visitor of the proxy who has this address.
			from := func(address string) *client {
				dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
				transport := &http.Transport{
					TLSClientConfig: &tls.Config{RootCAs: roots},
					DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
						return dialer.DialContext(ctx, network, at)
					},
				}
				t.Cleanup(transport.CloseIdleConnections)
				visitor := *w.nobody
				visitor.base, visitor.through = "https://"+proxied, &http.Client{Transport: transport}
				return &visitor
			}
			w.user("owner@gonets.example", "owner")
			visitor := from("127.0.0.1")
			eventually(w.ctx, t, "the proxy answers", func() bool {
				request, err := http.NewRequestWithContext(w.ctx, http.MethodGet, visitor.base+"/api/health", nil)
				if err != nil {
					t.Fatal(err)
				}
				answer, err := visitor.through.Do(request)
				if err != nil {
					return false
				}
				return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
			})
			var s signedIn
			visitor.signIn("users", "owner@gonets.example", password).want(200).into(&s)
			owner := visitor.as(s)

			// More than the 1 MB that nginx takes by itself, and than the 32 MB of PocketBase.
			var file strings.Builder
			file.WriteString("email,note\n")
			for i := 0; file.Len() < 33<<20; i++ {
				fmt.Fprintf(&file, "%s,%s\n", numbered(i), strings.Repeat("long ", 2000))
			}
			owner.upload("/api/gonets/clients/import", map[string]string{"dry_run": "true"}, "clients.csv", []byte(file.String())).want(202)

			// Events come while the stream goes on.
			w.addClients(w.nobody.as(s), 1, numbered)
			id := owner.mailing(owner.message(nil), nil)
			events := owner.subscribe("gonets/mailings")
			owner.verb(id, "send", nil).want(202)
			if e := events.next("gonets/mailings"); !strings.Contains(string(e.data), id) {
				t.Errorf("the event is %s", e.data)
			}
			owner.reaches(id, "completed")

			// The links of the email lead through the proxy.
			link := regexp.MustCompile(`<(https://[^>]+/u/[^>]+)>`).FindStringSubmatch(field(w.mails(numbered(0), 1), "List-Unsubscribe"))
			if link == nil || !strings.HasPrefix(link[1], visitor.base+"/u/") {
				t.Fatalf("the link to unsubscribe is %q", link)
			}
			path := strings.TrimPrefix(link[1], visitor.base)
			visitor.get(path).want(200)
			visitor.send(http.MethodPost, path, strings.NewReader("List-Unsubscribe=One-Click"), "application/x-www-form-urlencoded").want(200)
			query := "/api/collections/suppressions/records?filter=" + url.QueryEscape(`value="`+numbered(0)+`"`)
			if r := owner.get(query).want(200); !strings.Contains(string(r.body), `"reason":"unsubscribed"`) {
				t.Errorf("the stop list has %s", r.body)
			}

			// Whoever claims to have other addresses is counted as one.
			last := 0
			for i := 0; i < 40 && last != http.StatusTooManyRequests; i++ {
				claimed := fmt.Sprintf("203.0.113.%d", i+1)
				last = from("127.0.0.2").with("X-Real-IP", claimed).with("X-Forwarded-For", claimed).signIn("users", "nobody@gonets.example", "wrong").status
			}
			if last != http.StatusTooManyRequests {
				t.Errorf("40 attempts to sign in from one address: the last was answered with %d", last)
			}
			from("127.0.0.3").signIn("users", "owner@gonets.example", password).want(200)
		})
	}
}

// proxyExample is an example of packaging/proxy with other ports, certificate and address.
func proxyExample(t *testing.T, name string, changes ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "packaging", "proxy", name))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(string(text), changes[i]) {
			t.Fatalf("%s has no %q", name, changes[i])
		}
	}
	return strings.NewReplacer(changes...).Replace(string(text))
}

func caddy(t *testing.T, w *world, at string) {
	t.Helper()
	file := filepath.Join(w.folder, "Caddyfile")
	write(t, file, []byte("{\n admin off\n auto_https disable_redirects\n}\n"+proxyExample(t, "Caddyfile",
		proxied+" {", fmt.Sprintf("https://%s:%s {\n bind 127.0.0.1\n tls certificate.pem key.pem", proxied, portOf(t, at)), "127.0.0.1:8090", w.listen)))
	beside(t, w, "caddy", "run", "--config", file, "--adapter", "caddyfile")
}

func nginx(t *testing.T, w *world, at string) {
	t.Helper()
	file := filepath.Join(w.folder, "nginx.conf")
	write(t, file, []byte("daemon off; worker_processes 1; pid nginx.pid; error_log stderr;\n"+asRoot()+
		"events {}\nhttp {\naccess_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;\n"+
		proxyExample(t, "nginx.conf",
			"listen 443 ssl;", "listen "+at+" ssl;", "listen [::]:443 ssl;", "", "listen 80;", "listen "+freeAddress(t)+";", "listen [::]:80;", "",
			"/etc/letsencrypt/live/mail.example.org/fullchain.pem", filepath.Join(w.folder, "certificate.pem"),
			"/etc/letsencrypt/live/mail.example.org/privkey.pem", filepath.Join(w.folder, "key.pem"), "127.0.0.1:8090", w.listen)+"}\n"))
	beside(t, w, "nginx", "-p", w.folder, "-c", file)
}

// asRoot keeps the workers of nginx in a folder that only root may enter.
func asRoot() string {
	if os.Geteuid() == 0 {
		return "user root;\n"
	}
	return ""
}

// beside runs a program in the folder of the world until the test ends.
func beside(t *testing.T, w *world, name string, args ...string) {
	t.Helper()
	var said output
	p := exec.CommandContext(w.ctx, tool(t, name), args...)
	p.Dir, p.Env = w.folder, append(os.Environ(), "HOME="+w.folder, "XDG_DATA_HOME="+w.folder, "XDG_CONFIG_HOME="+w.folder)
	p.Stdout, p.Stderr = &said, &said
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Signal(os.Interrupt)
		_ = p.Wait()
		if t.Failed() {
			t.Log(ends(said.String()))
		}
	})
}

func portOf(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
