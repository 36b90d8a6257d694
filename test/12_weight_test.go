package e2e

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"gonets/internal/outbox"
)

const (
	// heaviest is what the first load of the signed-in home may be in bytes as they come over the line, headers included.
	heaviest = 150 << 10
	// deepest is how many requests may wait for one another: the page, a module, what the module asks for.
	deepest = 3
)

// Who comes to the service for the first time is not kept waiting: what the first page needs is little, and is asked
// for at once. What only some pages need comes with them.
func Test12TheFirstPageIsLightAndFlat(t *testing.T) {
	t.Parallel()
	for _, v := range []viewport{desktop, phone.in("ru")} {
		t.Run(v.name(), func(t *testing.T) {
			w := newWorld(t, 2*time.Minute, outbox.Options{})
			owner := w.user("owner@gonets.example", "owner")
			owner.patch(users+"records/"+owner.id, object{"language": v.language, "name": "Анна Anna"}).want(200)
			w.addClients(owner, 3, numbered)
			owner.after(owner.mailing(owner.message(nil), nil), "completed", "send", nil)
			b := w.openBrowser(v)
			b.signIn(owner.email, password)

			// The browser keeps what it has loaded; a second one, signed in like it, has nothing.
			session := ask[string](b, "JSON.stringify(localStorage)")
			fresh := w.openBrowser(v)
			fresh.expect("favicon.ico") // of a page that names none
			fresh.open("/robots.txt")
			ask[bool](fresh, fmt.Sprintf("Object.assign(localStorage, JSON.parse(%q)) && true", session))
			log := fresh.watchNetwork()
			fresh.open("/")
			fresh.see(fresh.word("home.recipients", nil))
			fresh.settled()
			log.settles(fresh)

			loads := log.all()
			var total float64
			for _, l := range loads {
				total += l.size
			}
			slices.SortFunc(loads, func(a, b load) int { return cmp.Compare(b.size, a.size) })
			if total > heaviest {
				t.Errorf("the first load of the home page is %.0f bytes in %d requests, may be %d", total, len(loads), heaviest)
			}
			for _, l := range loads {
				t.Logf("%7.0f bytes, %d deep: %s", l.size, l.depth, l.path)
				if l.depth > deepest {
					t.Errorf("%s is asked for by %s: %d requests wait for one another", l.path, l.by, l.depth)
				}
				for _, lazy := range []string{"squire", "dompurify", "prism", "pages/message", "pages/statistics", "pages/mailing", "pages/client", "i18n/" + other(v.language)} {
					if strings.Contains(l.path, lazy) {
						t.Errorf("the home page loads %s", l.path)
					}
				}
			}

			// The editor comes where it is needed.
			log.forget()
			fresh.goTo("/clients")
			if log.has("squire") {
				t.Error("the list of clients loads the editor")
			}
			fresh.goTo("/messages/new")
			eventually(fresh.ctx, t, "the editor has come", func() bool { return log.has("squire") && log.has("dompurify") })
		})
	}
}

func other(language string) string {
	if language == "ru" {
		return "en"
	}
	return "ru"
}

// load is one request and its answer.
type load struct {
	path  string
	by    string  // what asked for it, a path
	depth int     // 1 is the page
	size  float64 // as it came over the line, in bytes
	done  bool
}

// networkLog takes down what a browser loads.
type networkLog struct {
	base  string
	mu    sync.Mutex
	loads map[network.RequestID]*load
	// depths are those of all paths asked for so far.
	depths map[string]int
}

// watchNetwork takes down what the browser loads from now on.
func (b *browser) watchNetwork() *networkLog {
	b.t.Helper()
	log := &networkLog{base: b.base, loads: map[network.RequestID]*load{}, depths: map[string]int{}}
	if err := chromedp.Listen(b.ctx, log.listen); err != nil {
		b.t.Fatal(err)
	}
	return log
}

func (n *networkLog) listen(event any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		path := n.path(e.Request.URL)
		if !strings.HasPrefix(path, "/") || path == "/favicon.ico" {
			return // data: and blob: are no requests, and for an icon that no page names browsers ask when they like
		}
		by := n.path(initiator(e.Initiator))
		l := &load{path: path, by: by, depth: n.depths[by] + 1}
		if e.Type == network.ResourceTypeDocument {
			// Another page: what the last one had asked for and did not get is of no interest.
			clear(n.loads)
			clear(n.depths)
			l.depth = 1
		}
		n.loads[e.RequestID] = l
		if _, known := n.depths[path]; !known {
			n.depths[path] = l.depth
		}
	case *network.EventLoadingFinished:
		if l := n.loads[e.RequestID]; l != nil {
			l.size, l.done = e.EncodedDataLength, true
		}
	case *network.EventLoadingFailed:
		if l := n.loads[e.RequestID]; l != nil {
			l.done = true
		}
	}
}

// path is an address without the server's.
func (n *networkLog) path(address string) string {
	found, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, n.base) {
		return address
	}
	return found.Path
}

// initiator is the address of what asked for something: a document, a style sheet, or the script that ran.
func initiator(i *network.Initiator) string {
	if i.URL != "" {
		return i.URL
	}
	for s := i.Stack; s != nil; s = s.Parent {
		for _, frame := range s.CallFrames {
			if frame.URL != "" {
				return frame.URL
			}
		}
	}
	return ""
}

// settles waits until everything asked for has come, but for the line that is held open.
func (n *networkLog) settles(b *browser) {
	b.t.Helper()
	defer func() {
		if b.t.Failed() {
			b.t.Logf("not come: %v", n.missing())
		}
	}()
	eventually(b.ctx, b.t, "everything has come", func() bool { return len(n.missing()) == 0 })
}

// missing is what has been asked for and has not come.
func (n *networkLog) missing() []string {
	var paths []string
	for _, l := range n.all() {
		if !l.done && l.path != "/api/realtime" {
			paths = append(paths, l.path)
		}
	}
	return paths
}

func (n *networkLog) all() []load {
	n.mu.Lock()
	defer n.mu.Unlock()
	var loads []load
	for _, l := range n.loads {
		loads = append(loads, *l)
	}
	return loads
}

// has is whether something was loaded whose path contains this.
func (n *networkLog) has(part string) bool {
	return slices.ContainsFunc(n.all(), func(l load) bool { return strings.Contains(l.path, part) })
}

func (n *networkLog) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.loads)
}
