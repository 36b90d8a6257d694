package intake

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/denial"
	"gonets/internal/excerpt"
	"gonets/internal/mailing"
	"gonets/internal/printable"
)

// errNoHook says that there is no such record in bounce_hooks, or that it is not active.
var errNoHook = denial.New(http.StatusNotFound, "no_webhook", "webhook", "there is no such webhook, or it is not active")

const (
	// probeHeader has the word by which a webhook recognizes a request of Probe.
	probeHeader = "Gonets-Probe"
	// probeTime is how long our own public address may take to answer.
	probeTime = 10 * time.Second
)

// Probed is whether a provider can reach a webhook, as far as it can be seen from here.
type Probed struct {
	OK bool `json:"ok"`
	// Address is what the provider is to call.
	Address string `json:"address"`
	// Error says what is wrong, for the operator. It can be there although OK is true.
	Error string `json:"error"`
}

// probes are the words of the requests that are under way.
type probes struct {
	mu    sync.Mutex
	words map[string]bool
}

func (p *probes) begin() (word string, end func()) {
	word = rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.words == nil {
		p.words = map[string]bool{}
	}
	p.words[word] = true
	return word, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.words, word)
	}
}

// IsProbe is true for a request of Probe: nothing of it is to be taken.
func (k *Hook) IsProbe(header http.Header) bool {
	p := &k.hooks.probes
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.words[header.Get(probeHeader)]
}

// Probe calls a webhook at our own public address, as its provider would, with a request that changes nothing. It fails with
// errNoHook.
func (h *Hooks) Probe(ctx context.Context, id string) (Probed, error) {
	var rows []hookRow
	err := h.app.ConcurrentDB().NewQuery(`SELECT id, provider, key, topic FROM bounce_hooks WHERE id = {:id} AND active`).
		WithContext(ctx).Bind(dbx.Params{"id": id}).All(&rows)
	if err != nil {
		return Probed{}, fmt.Errorf("read the webhook: %w", err)
	}
	if len(rows) == 0 {
		return Probed{}, errNoHook
	}
	base := mailing.PublicAddress(h.app)
	p := Probed{Address: base + "/hooks/" + rows[0].Provider + "/" + rows[0].Key}
	public, err := url.Parse(base)
	if err != nil || public.Hostname() == "" {
		p.Error = "The public address of this service is not known: set it in Limits and retention → Public address."
		return p, nil
	}
	if p.Error = h.reach(ctx, p.Address, base); p.Error != "" {
		return p, nil
	}
	p.OK = true
	switch {
	case isThisMachine(public.Hostname()):
		p.Error = "Only this machine can reach " + base + ": set Limits and retention → Public address to the address on the internet."
	case public.Scheme != "https":
		p.Error = "Most providers call addresses with https only."
	}
	return p, nil
}

// reach says why an address of ours does not answer as it should; "" if it does. Base is the part of it that is no secret.
func (h *Hooks) reach(ctx context.Context, address, base string) string {
	word, end := h.probes.begin()
	defer end()
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, http.NoBody)
	if err != nil {
		return "The public address of this service cannot be called: " + base
	}
	request.Header.Set(probeHeader, word)
	response, err := prober.Do(request)
	if err != nil {
		var failed *url.Error // its text has the address with the key
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return fmt.Sprintf("%s cannot be reached from this machine: %s", base, excerpt.Of(printable.Line(err.Error()), 200))
	}
	_ = response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNoContent:
	case response.StatusCode == http.StatusUnauthorized: // another process of ours, which does not know the word
	case response.StatusCode >= 300 && response.StatusCode < 400:
		return fmt.Sprintf("%s sends requests on to another address, which providers do not follow: set Limits and retention → Public address to that one.", base)
	default:
		return fmt.Sprintf("%s answers %s in place of the webhook: does the proxy in front pass on /hooks/?", base, response.Status)
	}
	return ""
}

// prober follows no redirects, as providers do not.
var prober = &http.Client{
	Timeout:       probeTime,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func isThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}
