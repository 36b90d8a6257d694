package plaintext

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// ShownLinks returns the addresses of the links in an HTML document that a reader can see and click, in order: not those in
// comments, in hidden elements, without anything in them, or written in no size or color.
func ShownLinks(document string) (addresses []string) {
	h := newHiding(document)
	open, hasContent := "", false // the link that is open
	end := func() {
		if open != "" && hasContent {
			addresses = append(addresses, open)
		}
		open, hasContent = "", false
	}
	z := html.NewTokenizer(strings.NewReader(document))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			end()
			return addresses
		case html.TextToken:
			if h.by == "" && open != "" && strings.TrimSpace(strings.Map(withoutFiller, string(z.Text()))) != "" {
				hasContent = true
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if h.start(t, kind == html.SelfClosingTagToken || slices.Contains(voidElements, t.Data)) {
				continue
			}
			switch t.Data {
			case "a":
				if end(); !isInvisible(t) {
					open = strings.TrimSpace(attribute(t, "href"))
				}
			case "area":
				addresses = append(addresses, strings.TrimSpace(attribute(t, "href")))
			case "img":
				hasContent = hasContent || !isPixel(t)
			}
		case html.EndTagToken:
			if name := z.Token().Data; !h.end(name) && name == "a" {
				end()
			}
		}
	}
}

// isInvisible reports whether a link is written so that nobody sees it.
func isInvisible(t html.Token) bool {
	style := ";" + strings.ToLower(strings.Join(strings.Fields(attribute(t, "style")), "")) + ";"
	for _, nothing := range []string{";font-size:0;", ";font-size:0px;", ";opacity:0;", ";color:transparent;"} {
		if strings.Contains(style, nothing) {
			return true
		}
	}
	return false
}

// isPixel reports whether an image is too small to be seen.
func isPixel(t html.Token) bool {
	for _, side := range []string{"width", "height"} {
		if v := strings.TrimSuffix(attribute(t, side), "px"); v == "0" || v == "1" {
			return true
		}
	}
	return false
}

// ContentIDs returns what is behind cid: in the addresses of a document (RFC 2392), decoded.
func ContentIDs(document string) (ids []string) {
	for _, found := range contentID.FindAllStringSubmatch(document, -1) {
		id, err := url.PathUnescape(found[1])
		if err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

var contentID = regexp.MustCompile(`(?i)["'(=\s]cid:([^\s"'<>()]+)`)
