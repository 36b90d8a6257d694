package preflight

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"gonets/internal/compose"
	"gonets/internal/excerpt"
	"gonets/internal/message"
)

// brokenLink is a link or an image that will not work.
type brokenLink struct {
	URL     string `json:"url"`
	Problem string `json:"problem"` // empty, malformed, relative, anchor, private, insecure, scheme, embedded, not_attached or missing_alt
}

// mostLinks is how many of them a report lists.
const mostLinks = 20

// checkLinks checks the links in all branches of the body, and finds empty ones in the rendered e-mail.
func checkLinks(composer *compose.Composer, p compose.Preview, m Mailing) Check {
	links := composer.Links()
	anchors := anchorsOf(p.HTML)
	faults := faultsOf(links, func(link string) string {
		if name, is := strings.CutPrefix(link, "#"); is && name != "" {
			return anchorProblem(name, anchors)
		}
		if strings.HasPrefix(link, "{{") {
			return "" // the whole address is a value
		}
		if m.isOwn(link) {
			return ""
		}
		return linkProblem(link)
	})
	for _, element := range elements(p.HTML, "a", "href") {
		if problem := linkProblem(element.url); problem == "empty" {
			faults = append(faults, brokenLink{URL: element.url, Problem: problem})
		}
	}
	return checkAll(codeLinks, "links", len(links), faults)
}

// anchorProblem is the problem of a link to a place in the same e-mail.
func anchorProblem(name string, anchors []string) string {
	decoded, err := url.PathUnescape(name)
	if err != nil || slices.Contains(anchors, name) || slices.Contains(anchors, decoded) || strings.Contains(name, "{{") {
		return ""
	}
	return "anchor"
}

// anchorsOf are the names of places in a document.
func anchorsOf(document string) (names []string) {
	for _, attribute := range []string{"id", "name"} {
		for _, e := range elements(document, "", attribute) {
			names = append(names, e.url)
		}
	}
	return append(names, "top") // HTML Standard § 7.4.2.3.3
}

// checkImages checks the images of the rendered e-mail.
func checkImages(p compose.Preview, m Mailing) Check {
	images := elements(p.HTML, "img", "src")
	var faults []brokenLink
	for _, image := range images {
		problem := linkProblem(image.url)
		if m.isOwn(image.url) {
			problem = ""
		}
		id, isAttached := strings.CutPrefix(strings.ToLower(image.url), "cid:")
		switch {
		case isAttached && !slices.ContainsFunc(m.Attached, func(f message.File) bool {
			return compose.IsContentID(f.Name) && strings.EqualFold(f.Name, id)
		}):
			problem = "not_attached"
		case strings.HasPrefix(strings.ToLower(image.url), "data:"):
			problem = "embedded" // several mail services show none of these
		case problem == "" && !image.described:
			problem = "missing_alt"
		}
		if problem != "" {
			faults = append(faults, brokenLink{URL: excerpt.Of(image.url, longestURL), Problem: problem})
		}
	}
	return checkAll(codeImages, "images", len(images), faults)
}

// isOwn reports whether a link leads to this instance: such links work in the demo, although they lead to this machine.
func (m Mailing) isOwn(link string) bool {
	return m.Demo && m.PublicURL != "" && strings.HasPrefix(link, strings.TrimRight(m.PublicURL, "/")+"/")
}

func checkAll(code, what string, total int, faults []brokenLink) Check {
	named := append([]brokenLink{}, faults[:min(len(faults), mostLinks)]...)
	detail := Detail{"total": total, "faults": len(faults), what: named}
	if len(faults) == 0 {
		return found(code, detail, "no fault was found with %d %s", total, what)
	}
	return fault(code, Warning, named[0].Problem, detail, "%d of the %s may not work: %q is %s", len(faults), what, named[0].URL, named[0].Problem)
}

func faultsOf(urls []string, problem func(string) string) (faults []brokenLink) {
	for _, u := range urls {
		if p := problem(u); p != "" {
			faults = append(faults, brokenLink{URL: excerpt.Of(u, longestURL), Problem: p})
		}
	}
	return faults
}

// linkProblem is the problem of an address in an e-mail, "" for none. Recipients are on other machines: relative and private
// addresses do not work for them.
func linkProblem(link string) string {
	link = strings.TrimSpace(link)
	if link == "" || link == "#" {
		return "empty"
	}
	// Outputs of the template are not checked, because they can be any text.
	u, err := url.Parse(withoutOutputs(link))
	switch {
	case err != nil:
		return "malformed"
	case u.Scheme == "":
		return "relative"
	case slices.Contains([]string{"mailto", "tel", "sms", "cid"}, u.Scheme):
		return ""
	case u.Scheme != "http" && u.Scheme != "https":
		return "scheme"
	case u.Host == "" || strings.Contains(u.Host, " "):
		return "malformed"
	case isPrivate(u.Hostname()) && u.Hostname() != placeholder:
		return "private"
	case u.Scheme == "http":
		return "insecure"
	}
	return ""
}

// placeholder replaces {{ … }} in an address. It is random, so that no address can contain it.
var placeholder = "value" + strings.ToLower(rand.Text())

func withoutOutputs(link string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(link, "{{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteString(placeholder)
		_, link, _ = strings.Cut(rest, "}}")
	}
}

// longestURL is the length of an address in a report: an embedded image can have a megabyte.
const longestURL = 200

// element is the address in an HTML element.
type element struct {
	url       string
	described bool // has an alt attribute, which is empty for decoration
}

// elements finds the addresses of the elements of a kind, in order; "" is any kind. Elements without the attribute are
// skipped.
func elements(document, kind, attribute string) (all []element) {
	z := html.NewTokenizer(strings.NewReader(document))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return all
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if kind != "" && t.Data != kind {
				continue
			}
			e, points := element{}, false
			for _, a := range t.Attr {
				switch a.Key {
				case attribute:
					e.url, points = a.Val, true
				case "alt":
					e.described = true
				}
			}
			if points {
				all = append(all, e)
			}
		}
	}
}
