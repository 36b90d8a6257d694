package endpoint

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"gonets/internal/dnstest"
)

func TestWhatIsAnAddress(t *testing.T) {
	for address, want := range map[string]error{
		"https://example.org/hooks":                   nil,
		"http://user:pass@example.org:8080/a?token=1": nil,
		"https://[2001:db8::1]/":                      nil,
		"https://пример.рф/":                          nil,
		"":                                            errURL,
		"example.org/hooks":                           errURL,
		"ftp://example.org/":                          errURL,
		"file:///etc/passwd":                          errURL,
		"https:///path":                               errURL,
		"https://exa mple.org/":                       errURL,
		"https://example.org/a b":                     errURL,
		"https://example.org/\r\nHost: x":             errURL,
		"https://example.org/#part":                   errFragment,
		"https://example.org/" + strings.Repeat("a", maxURL): errLength,
	} {
		if _, err := Parse(address); !errors.Is(err, want) {
			t.Errorf("%.60q: %v, want %v", address, err, want)
		}
	}
}

func TestASecretInAnAddressIsNotShown(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org/hooks":                   "https://example.org/hooks",
		"https://ann:s3cret@example.org/a":            "https://…@example.org/a",
		"https://s3cret@example.org":                  "https://…@example.org",
		"https://example.org/a?token=s3cret&b=s3cret": "https://example.org/a?token=…&b=…",
		"https://example.org/a?s3cret":                "https://example.org/a?…",
		"https://ann:s3cret@[::1]:8080/?k=s3cret":     "https://…@[::1]:8080/?k=…",
		"nonsense s3cret":                             "…",
	} {
		got := Shown(address)
		if got != want {
			t.Errorf("%q is shown as %q, want %q", address, got, want)
		}
	}
}

func TestOnlyPublicAddressesAreCalled(t *testing.T) {
	for _, closed := range []string{
		"127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"169.254.169.254", "fe80::1", "100.64.0.1", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "ff02::1", "fd00::1", "fc00::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "198.18.0.1", "192.0.2.1", "2001:db8::1", "fec0::1",
	} {
		if err := (Networks{}).Check(netip.MustParseAddr(closed)); !errors.Is(err, errNetwork) {
			t.Errorf("%s may be called", closed)
		}
	}
	for _, open := range []string{"93.184.216.34", "8.8.8.8", "::ffff:8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "172.32.0.1", "100.128.0.1"} {
		if err := (Networks{}).Check(netip.MustParseAddr(open)); err != nil {
			t.Errorf("%s: %v", open, err)
		}
	}
	n, err := ParseNetworks("10.1.0.0/16, 127.0.0.1\nfd00::/8")
	if err != nil || len(n) != 3 {
		t.Fatal(n, err)
	}
	for address, may := range map[string]bool{"10.1.2.3": true, "10.2.0.1": false, "127.0.0.1": true, "::ffff:127.0.0.1": true, "127.0.0.2": false, "fd12::1": true, "::1": false} {
		if err := n.Check(netip.MustParseAddr(address)); (err == nil) != may {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, wrong := range []string{"10.1.0.0/33", "example.org", "10.1", "fe80::1%eth0", strings.Repeat("10.0.0.0/8 ", maxNetworks+1)} {
		if _, err := ParseNetworks(wrong); err == nil {
			t.Errorf("%.40q is taken", wrong)
		}
	}
}

// TestTheSignatureIsThatOfTheSpecification has the example of https://github.com/standard-webhooks/standard-webhooks.
func TestTheSignatureIsThatOfTheSpecification(t *testing.T) {
	m := Message{ID: "msg_p5jXN8AQM9LWM0D4loKWxJek", At: time.Unix(1614265330, 0), Body: []byte(`{"test": 2432232314}`)}
	got, err := m.Signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	for _, wrong := range []string{"", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_***", "whsec_" + strings.Repeat("QUFB", 22)} {
		if _, err := m.Signature(wrong); !errors.Is(err, errSecret) {
			t.Errorf("%q signs: %v", wrong, err)
		}
	}
	if one, two := NewSecret(), NewSecret(); one == two || CheckSecret(one) != nil {
		t.Errorf("%q, %q", one, two)
	}
}

var message = Message{ID: "msg_1", At: time.Unix(1614265330, 0), Body: []byte(`{"type":"webhook.test"}`)}

// local is a client that may call this machine.
func local(t *testing.T) *Client {
	t.Helper()
	c := NewClient()
	t.Cleanup(c.Close)
	n, err := ParseNetworks("127.0.0.1 ::1")
	if err != nil {
		t.Fatal(err)
	}
	c.Allow(n)
	return c
}

func serve(t *testing.T, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s
}

func TestACall(t *testing.T) {
	secret := NewSecret()
	signature, err := message.Signature(secret)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if r.Method != "POST" || r.Header.Get("webhook-signature") != signature || r.Header.Get("webhook-id") != "msg_1" ||
			r.Header.Get("webhook-timestamp") != "1614265330" || r.Header.Get("Content-Type") != "application/json" || user != "ann" || password != "p" {
			t.Errorf("%v", r.Header)
		}
		fmt.Fprint(w, "thanks\x1b[31m"+strings.Repeat("!", 2*maxAnswer))
	})
	a := local(t).Post(t.Context(), strings.Replace(s.URL, "//", "//ann:p@", 1), message, secret)
	if !a.OK() || a.Status != 200 || !strings.HasPrefix(a.Text, "thanks [31m!") || len([]rune(a.Text)) != maxShown {
		t.Errorf("%+v", a)
	}
}

func TestWhatIsNotASuccess(t *testing.T) {
	secret := NewSecret()
	target := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") })
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, target.URL, http.StatusTemporaryRedirect)
		}, "redirect"},
		"error": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "90000")
			w.WriteHeader(500)
		}, "HTTP 500"},
		"closes": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
		}, "closed the connection"},
		"a huge header": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 2*maxAnswer)) }, "The call failed"},
	} {
		t.Run(name, func(t *testing.T) {
			a := local(t).Post(t.Context(), serve(t, c.answer).URL, message, secret)
			if a.OK() || !strings.Contains(a.Error, c.says) || name == "error" && a.RetryAfter != longestWait {
				t.Errorf("%+v", a)
			}
		})
	}
	if a := local(t).Post(t.Context(), "https"+strings.TrimPrefix(target.URL, "http"), message, secret); !strings.Contains(a.Error, "TLS") {
		t.Errorf("%+v", a)
	}
	trusted := httptest.NewTLSServer(http.NotFoundHandler())
	defer trusted.Close()
	if a := local(t).Post(t.Context(), trusted.URL, message, secret); !strings.Contains(a.Error, "certificate") {
		t.Errorf("%+v", a)
	}
}

func TestAReceiverThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	quit := make(chan struct{})
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-quit:
		case <-r.Context().Done():
		}
	})
	defer close(quit)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond) // in place of callTime
	defer cancel()
	if a := local(t).Post(ctx, s.URL, message, NewSecret()); a.OK() || !strings.Contains(a.Error, "no answer within 10 seconds") {
		t.Errorf("%+v", a)
	}
}

// TestThisMachineIsNotCalled has addresses, spellings of them, and names that resolve to them.
func TestThisMachineIsNotCalled(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it was called") })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	c := NewClient()
	defer c.Close()
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::]", "0.0.0.0", "2130706433", "0x7f.1", "127.1"} {
		a := c.Post(t.Context(), "http://"+host+":"+port+"/?token=s3cret", message, NewSecret())
		if a.OK() || strings.Contains(a.Error, "s3cret") {
			t.Errorf("%s: %+v", host, a)
		}
		if host == "127.0.0.1" || host == "localhost" {
			if !strings.Contains(a.Error, "instance.webhook_networks") {
				t.Errorf("%s: %+v", host, a)
			}
		}
	}
}

// TestNamesOfPrivateAddressesAreNotCalled asks a real name server for names that anybody could publish.
func TestNamesOfPrivateAddressesAreNotCalled(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	at := dnstest.Start(t, map[string]string{
		"hooks.test": "here A 127.0.0.1\nhere6 AAAA ::1\nlan A 192.168.1.1\ncloud A 169.254.169.254\nalias CNAME here\nmapped AAAA ::ffff:127.0.0.1\nboth A 127.0.0.1\nboth A 10.0.0.1",
	})
	c := newClient(&net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, at)
	}})
	defer c.Close()
	for _, name := range []string{"here", "here6", "lan", "cloud", "alias", "mapped", "both"} {
		a := c.Post(t.Context(), "http://"+name+".hooks.test:"+port+"/", message, NewSecret())
		if a.OK() || !strings.Contains(a.Error, "instance.webhook_networks") {
			t.Errorf("%s: %+v", name, a)
		}
	}
	n, err := ParseNetworks("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	c.Allow(n)
	if a := c.Post(t.Context(), "http://alias.hooks.test:"+port+"/", message, NewSecret()); !a.OK() {
		t.Errorf("a name of an address that is allowed: %+v", a)
	}
}

// TestTheLibraryOfTheSpecificationAcceptsIt runs the package "standardwebhooks" of npm, where it is installed.
func TestTheLibraryOfTheSpecificationAcceptsIt(t *testing.T) {
	script := `
		const { Webhook } = require("standardwebhooks");
		const [secret, id, timestamp, signature, body] = process.argv.slice(1);
		const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
		new Webhook(secret).verify(body, headers);
		try { new Webhook(secret).verify(body + " ", headers); } catch { process.exit(0); }
		process.exit(1);`
	if err := exec.Command("node", "-e", `require("standardwebhooks")`).Run(); err != nil {
		if os.Getenv("GONETS_REQUIRE_ALL") == "1" {
			t.Fatal(err)
		}
		t.Skip("node has no package standardwebhooks: set NODE_PATH to a folder with it")
	}
	secret := NewSecret()
	m := Message{ID: "msg_1", At: time.Now(), Body: []byte(`{"type":"webhook.test","data":{"name":"Анна"}}`)}
	signature, err := m.Signature(NewSecret(), secret)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("node", "-e", script, secret, m.ID, m.Timestamp(), signature, string(m.Body)).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
